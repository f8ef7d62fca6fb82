/** `smearlens curate similarity`: the images of a folder in an order in which like ones stand beside each other. */
import { availableParallelism } from 'node:os';
import { fingerprintImages } from '../../curation/fingerprints';
import { similarityOrder } from '../../curation/similarity';
import type { AddCommand, CurateTools } from '../curate';
import type { Output } from '../output';

export function similarityCommand(add: AddCommand, { perform, spawn }: CurateTools): void {
  add('similarity', 'the images of a folder in an order in which like ones stand beside each other')
    .argument('<folder>')
    .action((folder: string, o: { json?: boolean }) => perform(o, folder, (output, signal) => similarity(folder, spawn, output, signal)));
}

/** One `{path, sha256, place}` an image, in the order. */
async function similarity(folder: string, spawn: CurateTools['spawn'], output: Output, signal: AbortSignal): Promise<void> {
  const images = await fingerprintImages(folder, { spawn, threads: availableParallelism(), signal, progress: (done, total) => output.progress(`${done} of ${total} images looked at`), failed: (file, error) => output.failure(file, error) });
  const order = await similarityOrder(images.map(({ fingerprint }) => fingerprint), signal);
  output.progress('');
  for (const [place, index] of order.entries()) {
    const { path, sha256 } = images[index];
    output.result({ path, sha256, place }, () => path);
  }
}
