/**
 * `smearlens tensors`: a folder's images, decoded and resized as the product does it, as one array. Training reads this, so
 * that a model sees in training what it will see in use.
 */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { decodeFile } from '../images/decode';
import { writeNpy } from '../images/npy';
import { resizeRgb } from '../images/tensor';
import { imagesIn, relativePath } from '../images/folder';
import { oneAhead } from './inputs';
import type { Output } from './output';

/**
 * Writes FILE.npy, uint8 [N, H, W, 3] (RGB), and FILE.json, the images' paths relative to the folder, in the same order.
 * Unreadable images are reported and left out.
 * @throws SmearLensError `image-not-found` where the folder holds no images, `output-unwritable`
 */
export async function tensors(folder: string, options: { width: number; height: number; out: string }, output: Output, signal: AbortSignal): Promise<void> {
  const { width, height, out } = options;
  const spec = { width, height, resize: 'stretch', interpolation: 'bilinear', antialias: true, pad: [0, 0, 0] } as const;
  const files = await imagesIn(folder);
  const size = 3 * width * height;
  const all = new Uint8Array(files.length * size);
  const kept: string[] = [];
  for await (const { item: file, outcome } of oneAhead(files, async (f) => resizeRgb(await decodeFile(f), spec))) {
    if (signal.aborted) return;
    if ('error' in outcome) output.failure(file, outcome.error);
    else {
      all.set(outcome.value, kept.length * size);
      kept.push(relativePath(folder, file));
    }
  }
  if (kept.length === 0) return;
  try {
    await fs.mkdir(path.dirname(out), { recursive: true });
    await fs.writeFile(out, writeNpy({ shape: [kept.length, height, width, 3], data: all.subarray(0, kept.length * size) }));
    await fs.writeFile(`${out.replace(/\.npy$/, '')}.json`, `${JSON.stringify(kept)}\n`);
  } catch (error) {
    throw new SmearLensError('output-unwritable', `${out}: cannot be written (${(error as Error).message}).`, 'Choose another file with --out.');
  }
  output.result({ out, images: kept.length }, () => `${out}: ${kept.length} images of ${width}×${height} pixels.`);
}
