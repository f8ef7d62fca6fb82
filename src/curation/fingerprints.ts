/** The fingerprints of many image files, decoded on several threads. */
import * as os from 'node:os';
import { SmearLensError } from '../errors';
import { Pool, type Spawn } from '../evaluation/run/pool';
import type { Decoded } from '../evaluation/run/thread';
import type { Fingerprint } from '../images/fingerprint';
import { imageKey, walkImages } from '../images/folder';

export interface PrintedImage {
  /** '/'-separated, relative to the folder, in NFC. */
  readonly path: string;
  readonly file: string;
  readonly sha256: string;
  readonly fingerprint: Fingerprint;
}

export interface PrintOptions {
  readonly spawn: Spawn;
  readonly signal: AbortSignal;
  /** Told how many files are done. */
  readonly progress: (done: number) => void;
  /** Told of each file that cannot be read; it is passed over. */
  readonly failed: (path: string, error: SmearLensError) => void;
}

/** Files that a thread holds at a time. */
const AHEAD = 4;

/**
 * Reads all images of a folder and below.
 * @returns sorted as the folder is walked
 * @throws SmearLensError `image-not-found` where it holds no images, `cancelled`
 */
export async function fingerprintsIn(folder: string, { spawn, signal, progress, failed }: PrintOptions): Promise<PrintedImage[]> {
  const threads = os.availableParallelism();
  const pool = new Pool();
  for (let i = 0; i < threads; i++) pool.add(spawn({ role: 'decode', inputs: [] }));
  const found: (PrintedImage | undefined)[] = [];
  const running = new Set<Promise<void>>();
  let done = 0;
  try {
    for await (const file of walkImages(folder, failed)) {
      if (signal.aborted) break;
      const place = found.push(undefined) - 1;
      const path = imageKey(folder, file);
      const one = pool
        .call({ file, unless: undefined, tensors: false, fingerprint: true })
        .then((value) => {
          const { sha256, fingerprint } = value as Decoded;
          if (fingerprint) found[place] = { path, file, sha256, fingerprint };
        })
        .catch((error: unknown) => {
          if (!(error instanceof SmearLensError)) throw error;
          failed(path, error);
        })
        .finally(() => {
          running.delete(one);
          progress(++done);
        });
      running.add(one);
      if (running.size >= threads * AHEAD) await Promise.race(running);
    }
    await Promise.all(running);
  } finally {
    await pool.close();
  }
  if (signal.aborted) throw new SmearLensError('cancelled', `${folder}: reading its images was cancelled.`, 'Start it again.');
  if (found.length === 0) throw new SmearLensError('image-not-found', `${folder}: holds no images.`, 'Give a folder with JPEG, PNG, TIFF, BMP or WebP files.');
  return found.filter((image) => image !== undefined);
}

