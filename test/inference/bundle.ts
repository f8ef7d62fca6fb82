/** Bundles of test fixtures, so that tests fork what users fork: one file of plain JavaScript. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Native packages are not bundled; this lets a bundle outside the project find the project's own. */
export const NODE_PATH = join(import.meta.dirname, '../../node_modules');

export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'smearlens-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Bundles `fixtures/NAME.ts` into `folder`; returns the path of each bundle, in order. */
export async function bundleFixtures(folder: string, ...names: string[]): Promise<string[]> {
  await build({
    entryPoints: names.map((name) => join(import.meta.dirname, 'fixtures', `${name}.ts`)),
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['onnxruntime-node', 'sharp'],
    logLevel: 'error',
  });
  return names.map((name) => join(folder, `${name}.js`));
}
