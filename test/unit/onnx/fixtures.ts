/** The ONNX fixtures, and copies of them that tests may damage. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const FIXTURES = join(__dirname, '../../fixtures/onnx');

export function fixture(name: string): string {
  return join(FIXTURES, `${name}.onnx`);
}

/** A folder of its own. */
export class Scratch {
  readonly path = mkdtempSync(join(tmpdir(), 'smearlens-onnx-'));

  /** Writes a file and returns its path. */
  write(name: string, bytes: Uint8Array): string {
    const file = join(this.path, name);
    writeFileSync(file, bytes);
    return file;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
