/** What sessions that take many images a run have in common: how many they take, and that they are believed only once checked. */
import type { InferenceSession } from 'onnxruntime-node';
import { SmearLensError } from '../errors';
import { disagreement, HALF_TOLERANCE, relativeDifference } from '../inference/agreement';
import { mixesBatch } from '../onnx/batch';
import { ElementType, sizeOf } from '../onnx/tensors';
import type { ProviderName } from '../protocol/analysis';
import type { Prepared } from './prepare';

/** Milliseconds: what waits behind a batch waits this long. */
const BATCH_MS = 100;
/** Elements of the largest tensor of a run: a quarter of a gigabyte in float32. */
const LARGEST_TENSOR = 2 ** 26;
const LARGEST_BATCH = 64;
/** On the CPU more images a run gain no speed, and hold more memory. */
const LARGEST_CPU_BATCH = 8;
/** Between a batch and its images one by one, relative to the largest logit. Kernels differ by batch size in the last digits only. */
const BATCH_TOLERANCE = 1e-3;

export interface Batching {
  readonly session: InferenceSession;
  /** Images that one run may take: 1 where the model cannot take more. */
  readonly largestBatch: number;
}

/** How many images a run may hold, for its memory. */
export function largestBatchOf({ graph, facts, image, logits }: Prepared, provider: ProviderName): number {
  if (mixesBatch(graph, image.name, logits.tensor)) return 1;
  const largest = Math.max(...[...facts.values()].map(({ shape }) => sizeOf(shape)));
  return Math.max(1, Math.min(provider === 'cpu' ? LARGEST_CPU_BATCH : LARGEST_BATCH, Math.floor(LARGEST_TENSOR / largest)));
}

/**
 * Opens a session, compares it with the CPU where it runs elsewhere, and finds out whether it takes batches.
 * @param probe gives the logits of three images or masks without pattern
 * @throws SmearLensError `provider-unavailable` also where the provider computes other values than the CPU
 */
export async function openChecked<T extends Batching>(p: Prepared, provider: ProviderName, open: (provider: ProviderName) => Promise<T>, probe: (session: T) => Promise<Float32Array>): Promise<T> {
  const session = await open(provider);
  try {
    const single = await probe({ ...session, largestBatch: 1 });
    if (provider !== 'cpu') await compareWithCpu(p, provider, single, open, probe);
    return (await takesBatches(session, single, probe)) ? session : { ...session, largestBatch: 1 };
  } catch (error) {
    await session.session.release();
    throw error;
  }
}

/** Whether a batch gives what its images give one by one: a file may have written down its batch size where nothing can be seen of it. */
async function takesBatches<T extends Batching>(session: T, single: Float32Array, probe: (session: T) => Promise<Float32Array>): Promise<boolean> {
  if (session.largestBatch === 1) return false;
  try {
    return relativeDifference(await probe(session), single) <= BATCH_TOLERANCE;
  } catch (error) {
    if (error instanceof SmearLensError) return false;
    throw error;
  }
}

async function compareWithCpu<T extends Batching>(p: Prepared, provider: ProviderName, actual: Float32Array, open: (provider: ProviderName) => Promise<T>, probe: (session: T) => Promise<Float32Array>): Promise<void> {
  const reference = await open('cpu');
  try {
    const tolerance = p.image.elementType === ElementType.FLOAT16 ? HALF_TOLERANCE : undefined;
    const error = disagreement(provider, p.model.file, [actual], [await probe({ ...reference, largestBatch: 1 })], tolerance);
    if (error) throw error;
  } finally {
    await reference.session.release();
  }
}

/** Chooses batches that take about {@link BATCH_MS} each, from what those before took; the first is one image, which may take long. */
export class Pace {
  private batch = 1;

  /** Images of the next batch, where `left` are left. */
  next(left: number, { largestBatch }: Batching): number {
    return Math.min(left, this.batch, largestBatch);
  }

  took(count: number, milliseconds: number): void {
    this.batch = Math.max(1, Math.min(2 * this.batch, Math.floor((BATCH_MS * count) / milliseconds)));
  }
}
