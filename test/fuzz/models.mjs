/**
 * Damages the ONNX fixtures at random and reads them: each must be read or end in a SmearLensError, and the reader must
 * neither crash nor hang. What is read goes all the way to an explained model. ONNX Runtime itself is left out: what it does with a
 * model that is damaged is its own affair, and happens in a process that is restarted.
 * Usage: node test/fuzz/models.mjs [count = 5000] [seed = 1]
 */
import { fork } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..');
const FIXTURES = join(ROOT, 'test', 'fixtures', 'onnx');
/** Milliseconds without an answer that count as a hang; a case takes a few. */
const HANG = 60_000;
