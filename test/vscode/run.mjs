/**
 * Bundles the VS Code tests into out/ (ignored) and runs them.
 * usage: node test/vscode/run.mjs screenshot | [page] [browser] [host] [vsix] [--grep TEXT]
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = path.resolve('out/vscode-test');

// Found rather than listed, so that no test file can be forgotten.
const tests = fs.readdirSync(here, { recursive: true }).filter((file) => file.endsWith('.test.ts'));

fs.rmSync(out, { recursive: true, force: true });
await build({
  entryPoints: [...tests, 'suites/host/index.ts', 'harness/code.ts', 'main.ts', 'screenshot.ts'].map((file) => path.join(here, file)),
  outbase: here,
  outdir: out,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
const program = process.argv[2] === 'screenshot' ? 'screenshot.js' : 'main.js';
const { status } = spawnSync(process.execPath, ['--enable-source-maps', path.join(out, program), ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
