/** Pooled features of many images by one model, decoded on threads of their own beside it and kept for the next time. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { env } from 'onnxruntime-node';
import { SmearLensError } from '../errors';
import type { FeatureTensor } from '../explain/features';
import { threadsFor } from '../evaluation/run/crew';
import { forEachImage, type ImageEvents, type NamedImage } from '../evaluation/run/forEachImage';
import { Pool, type Spawn } from '../evaluation/run/pool';
import type { Decoded } from '../evaluation/run/thread';
import type { Change } from '../images/change';
import { readImageFile } from '../images/decode';
import { hashFile, resolveModel, type ResolvedModel } from '../models/resolve';
import { cacheFolder } from './cacheFolder';
import { FeatureCache } from './featureCache';

export interface FeatureOptions<T = unknown> extends ImageEvents {
  /** As `resolveModel` takes it. */
  readonly model: string;
  readonly spawn: Spawn;
  readonly signal: AbortSignal;
  /** Cores that may be used; all where undefined. */
  readonly cores?: number | undefined;
  /** Where features are kept; the user's cache folder where undefined. */
  readonly cache?: string | undefined;
  readonly log: (text: string) => void;
  /** What is made of an image before the network sees it; none where undefined. */
  readonly changeOf?: ((image: T, sha256: string) => Change | undefined) | undefined;
}

/** Features of the images that could be read, in the order in which they were given. */
export interface Features<T extends NamedImage> {
  readonly images: readonly (T & { readonly sha256: string })[];
  /** Numbers an image. */
  readonly size: number;
  /** [images, size], row-major. */
  readonly values: Float32Array;
  /** Images that were known from before. */
  readonly cached: number;
}

/**
 * Features of images; those of an image that this model has seen before, whatever its name, come from the cache.
 * @throws SmearLensError `cancelled` (what was computed is kept), or what opening the model throws
 */
export async function featuresOf<T extends NamedImage>(images: readonly T[], options: FeatureOptions<T>): Promise<Features<T>> {
  const { model, spawn, signal, log, changeOf } = options;
  const resolved = await resolveModel(model);
  const weights = [resolved.onnxPath, ...resolved.dataFiles].reduce((sum, file) => sum + fs.statSync(file).size, 0);
  const threads = threadsFor(weights, options.cores ?? os.availableParallelism());
  const [decoders, extractors] = [new Pool(), new Pool()];
  let cache: FeatureCache | undefined;
  try {
    for (let i = 0; i < threads.predict; i++) extractors.add(spawn({ role: 'features', model, threads: threads.perRun }));
    for (let i = 0; i < threads.decode; i++) decoders.add(spawn({ role: 'decode', inputs: [resolved.input] }));
    const [tensor] = (await extractors.callAll('open')) as FeatureTensor[];
    const folder = path.join(options.cache ?? cacheFolder(), 'features', await keyOf(resolved, tensor));
    const kept = (cache = await FeatureCache.open(folder, tensor.size, (why) => log(`${folder}: features cannot be kept for the next time (${why}).`)));
    let cached = 0;
    const found = await forEachImage(images, { ...options, ahead: 4 * threads.decode + 3 * threads.predict }, async (image) => {
      const { sha256 } = await readImageFile(image.file);
      const change = changeOf?.(image, sha256);
      const known = kept.get(keyOfView(sha256, change));
      if (known) {
        cached++;
        return { image, sha256, features: known };
      }
      const decoded = (await decoders.call({ file: image.file, unless: undefined, tensors: true, fingerprint: false, change })) as Decoded;
      const [input] = decoded.tensors ?? [];
      const features = (await extractors.call({ input }, [input.buffer as ArrayBuffer])) as Float32Array;
      kept.add(keyOfView(decoded.sha256, change), features);
      return { image, sha256: decoded.sha256, features };
    });
    if (signal.aborted) throw new SmearLensError('cancelled', 'Computing features was cancelled; those that were computed are kept.', 'Start it again to go on.');
    const values = new Float32Array(found.length * tensor.size);
    found.forEach(({ features }, i) => values.set(features, i * tensor.size));
    return { images: found.map(({ image, sha256 }) => ({ ...image, sha256 })), size: tensor.size, values, cached };
  } finally {
    cache?.close();
    await Promise.all([decoders.close(), extractors.close()]);
  }
}

/** What a cache knows an image by: its sha256, and of a changed one a digest of that and of the change. */
function keyOfView(sha256: string, change: Change | undefined): string {
  return change ? createHash('sha256').update(JSON.stringify([sha256, change])).digest('hex') : sha256;
}

/** Names all that features depend on besides the image: weights, preprocessing, tensor and runtime. */
async function keyOf({ sha256, dataFiles, input }: ResolvedModel, tensor: FeatureTensor): Promise<string> {
  const data = await Promise.all(dataFiles.map(hashFile));
  return createHash('sha256').update(JSON.stringify({ sha256, data, input, tensor, runtime: env.versions.node ?? env.versions.common })).digest('hex').slice(0, 32);
}
