/** `smearlens curate similarity`: the images of a folder in an order in which like ones stand beside each other. */
import { fingerprintsIn } from '../../curation/fingerprints';
import { similarityOrder } from '../../curation/similarity';
import type { Spawn } from '../../evaluation/run/pool';
import type { Output } from '../output';

/** One `{path, sha256, place}` an image, in the order. */
export async function similarity(folder: string, spawn: Spawn, output: Output, signal: AbortSignal): Promise<void> {
  const images = await fingerprintsIn(folder, { spawn, signal, progress: (done) => output.progress(`${done} images read`), failed: (path, error) => output.failure(path, error) });
  const order = await similarityOrder(images.map(({ fingerprint }) => fingerprint), signal);
  output.progress('');
  for (const [place, index] of order.entries()) {
    const { path, sha256 } = images[index];
    output.result({ path, sha256, place }, () => path);
  }
}
