/**
 * `smearlens tensors`: a folder's images, decoded and resized as the product does it, as one array. Training reads this, so
 * that a model sees in training what it will see in use.
 */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { decodeFile } from '../images/decode';
import { writeNpy } from '../images/npy';
import { resizeRgb } from '../images/tensor';
import { imagesOf, oneAhead } from './inputs';
import type { Output } from './output';

/**
 * Writes FILE.npy, uint8 [N, H, W, 3] (RGB), and FILE.json, the images' paths relative to the folder, in the same order.
 * Unreadable images are reported and left out.
 */
export async function tensors(folder: string, options: { width: number; height: number; out: string }, output: Output): Promise<void> {
  const { width, height, out } = options;
  const spec = { width, height, resize: 'stretch', interpolation: 'bilinear', antialias: true, pad: [0, 0, 0] } as const;
  const files = await imagesOf(folder);
  const size = 3 * width * height;
  const all = new Uint8Array(files.length * size);
  const kept: string[] = [];
  for await (const { item: file, outcome } of oneAhead(files, async (f) => resizeRgb(await decodeFile(f), spec))) {
    if ('error' in outcome) output.failure(file, outcome.error);
    else {
      all.set(outcome.value, kept.length * size);
      kept.push(path.relative(folder, file).split(path.sep).join('/'));
    }
  }
  await fs.writeFile(out, writeNpy({ shape: [kept.length, height, width, 3], data: all.subarray(0, kept.length * size) }));
  await fs.writeFile(out.replace(/\.npy$/, '') + '.json', `${JSON.stringify(kept)}\n`);
  output.result({ out, images: kept.length }, () => `${out}: ${kept.length} images of ${width}×${height} pixels.`);
}
