/** The native and the WebAssembly build of sharp must give the same bytes. Needs @img/sharp-wasm32 beside sharp. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { EXPECTED, fixturePath } from './fixtures';

const ROOT = join(__dirname, '..', '..', '..');

function wasmIsInstalled(): boolean {
  try {
    const fromSharp = createRequire(createRequire(__filename).resolve('sharp'));
    fromSharp.resolve('@img/sharp-wasm32/sharp.node');
    return true;
  } catch {
    return false;
  }
}

/** Prints a digest of each image decoded and resized, and whether sharp's native library came into the process. */
const PROGRAM = `
  import { createHash } from 'node:crypto';
  import { decodeFile } from './src/images/decode';
  import { encodePng } from './src/images/render';
  import { resizeRgb } from './src/images/tensor';
  async function main() {
    const digests = [];
    for (const file of JSON.parse(process.argv[2])) {
      const image = await decodeFile(file);
      const hash = createHash('sha256').update(image.data);
      for (const interpolation of ['nearest', 'bilinear', 'bicubic', 'lanczos3']) {
        const spec = { width: 9, height: 8, resize: 'contain', interpolation, antialias: true, pad: [1, 2, 3] };
        hash.update(await resizeRgb(image, spec));
      }
      hash.update(await encodePng(image.data, image.width, image.height));
      digests.push(hash.digest('hex'));
    }
    const native = process.report.getReport().sharedObjects.some((file) => /sharp.*\\.node$/.test(file));
    console.log(JSON.stringify({ native, digests }));
  }
  void main();
`;

it.skipIf(!wasmIsInstalled())('native and WebAssembly builds agree to the bit (skipped where @img/sharp-wasm32 is not installed)', async () => {
  const folder = mkdtempSync(join(ROOT, 'node_modules', '.smearlens-wasm-')); // inside the project, so that sharp is found
  try {
    const program = join(folder, 'program.cjs');
    const { outputFiles } = await build({
      stdin: { contents: PROGRAM, resolveDir: ROOT, loader: 'ts' },
      bundle: true, platform: 'node', format: 'cjs', target: 'node20', external: ['sharp'], write: false,
    });
    writeFileSync(program, outputFiles[0].contents);
    const files = JSON.stringify([...EXPECTED.map(([file]) => file), 'alpha.png', 'cmyk.jpg', 'rgb.avif'].map(fixturePath));
    const run = async (build: string): Promise<{ native: boolean; digests: string[] }> => {
      const { stdout } = await promisify(execFile)(process.execPath, [program, files], { env: { ...process.env, SMEARLENS_SHARP: build } });
      return JSON.parse(stdout) as { native: boolean; digests: string[] };
    };
    const [native, wasm] = [await run(''), await run('wasm')];
    expect([native.native, wasm.native]).toEqual([true, false]);
    expect(wasm.digests).toEqual(native.digests);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);
