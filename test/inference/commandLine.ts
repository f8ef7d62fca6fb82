/** Runs the command line as users do: dist/cli.js in a process of its own, in a folder of its own. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { expect } from 'vitest';
import { temporaryFolder } from './bundle';

const root = join(import.meta.dirname, '../..');
/** test/inference/build.ts sees to it that it is up to date. */
const cli = join(root, 'dist/cli.js');
const fixtures = join(root, 'test/fixtures/onnx');

/** A committed network; `plain` has four classes and takes 16×12 pixels. */
export const fixture = (name: string): string => join(fixtures, `${name}.onnx`);
export const plain = fixture('gap-linear-opset13');
export const photo = join(root, 'test/fixtures/images/photo.jpg');

/** What test/fixtures/onnx/make.py wrote of a network; see the README there. */
export function about<T>(name: string): T {
  return JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as T;
}

/** Codes of which a network that must be refused gives one. */
export const codesOf = (name: string): string[] => about<{ codes: string[] }>(name).codes;

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Line {
  readonly path: string;
  readonly predicted?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
  readonly [key: string]: unknown;
}

export class CommandLine {
  private readonly folder = temporaryFolder();
  /** The folder that commands run in. */
  readonly path = this.folder.path;
  /** 40×30 pixels of noise. */
  readonly image = this.at('a smear, ünïcode.png');

  async drawImage(): Promise<void> {
    await sharp({ create: { width: 40, height: 30, channels: 3, background: '#b06090', noise: { type: 'gaussian', mean: 128, sigma: 40 } } }).png().toFile(this.image);
  }

  dispose(): void {
    this.folder.remove();
  }

  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  start(...args: string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [cli, ...args], { cwd: this.path });
  }

  run(...args: string[]): Promise<Ended> {
    return ended(this.start(...args));
  }

  /** With --json: every line of stdout must be JSON. */
  async json(...args: string[]): Promise<{ status: number | null; lines: Line[] }> {
    const { status, stdout } = await this.run(...args, '--json');
    return { status, lines: linesOf(stdout) };
  }

  /** A folder with a manifest for the plain network; its classes are named after their ids. */
  manifest(name: string, ids: readonly string[], more: { input?: object; calibration?: object } = {}): string {
    mkdirSync(this.at(name));
    copyFileSync(plain, this.at(name, 'model.onnx'));
    const classes = ids.map((id) => ({ id, name: `the ${id}` }));
    const input = { width: 16, height: 12, ...more.input };
    writeFileSync(this.at(name, 'model.json'), JSON.stringify({ schemaVersion: 1, id: name, name, file: 'model.onnx', classes, ...more, input }));
    return this.at(name);
  }
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  return { status, stdout, stderr };
}

export function linesOf(stdout: string): Line[] {
  expect(stdout === '' || stdout.endsWith('\n')).toBe(true);
  return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}
