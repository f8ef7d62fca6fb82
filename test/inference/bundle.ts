/** Bundles made for tests, so that they fork what users fork: one file of plain JavaScript. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** A folder of its own, in which native packages (which are not bundled) are found where the project has them. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'smearlens-'));
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(path, 'node_modules'), 'junction');
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Bundles TypeScript files, named from this folder, into `folder`; returns the path of each bundle, in order. */
export async function bundle(folder: string, ...files: string[]): Promise<string[]> {
  await build({
    entryPoints: files.map((file) => ({ in: join(import.meta.dirname, file), out: basename(file, '.ts') })),
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['onnxruntime-node', 'sharp'],
    logLevel: 'error',
  });
  return files.map((file) => join(folder, `${basename(file, '.ts')}.js`));
}
