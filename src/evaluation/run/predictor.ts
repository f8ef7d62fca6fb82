/** One open model that takes images in batches and gives an image the same numbers whatever its company. */
import { SmearLensError } from '../../errors';
import { openBatched, type BatchedSession } from '../../explain/batched';
import { openModel, runModel } from '../../explain/openModel';
import type { Prepared } from '../../explain/prepare';
import { probeInput } from '../../inference/agreement';
import { openWithFirstThatWorks } from '../../inference/providers';
import { runSession } from '../../inference/session';
import type { ProviderChoice, ProviderName } from '../../protocol/analysis';

/** Images of one run on a GPU. */
const GPU_BATCH = 16;

/** Of one image; an error where the model gives it scores that are no numbers. */
export type Scores = { readonly logits: number[]; readonly inDomain?: boolean | undefined } | { readonly error: SmearLensError };

export interface Predictor {
  readonly provider: ProviderName;
  /** Images that a run takes at most. */
  readonly batch: number;
  /** @param inputs network inputs as `images/tensor.ts` makes them, at most `batch` */
  predict(inputs: readonly Float32Array[]): Promise<Scores[]>;
  release(): Promise<void>;
}

/**
 * Opens a model for many images. On the CPU it takes them one by one: batches give nothing there (MobileNetV2, one thread: 207
 * images a second one by one, 158 in batches of 4, 116 of 16), and one image a run has fixed shapes. On a GPU it takes batches of one size,
 * the last one filled up, if that gives each image the same bits at any place and in any company; else one by one, too.
 * @param threads of a run on the CPU; all cores where undefined
 * @throws SmearLensError `provider-unavailable`, or what preparing a model throws
 */
export async function openPredictor(p: Prepared, choice: ProviderChoice, threads: number | undefined): Promise<Predictor> {
  const open = async (provider: ProviderName): Promise<Predictor> => (provider === 'cpu' ? undefined : await inBatches(p, provider)) ?? single(p, provider, threads);
  return (await openWithFirstThatWorks(choice, open)).value;
}

async function single(p: Prepared, provider: ProviderName, threads: number | undefined): Promise<Predictor> {
  const open = await openModel(p, provider, undefined, undefined, threads);
  const predict = async (input: Float32Array): Promise<Scores> => {
    try {
      const { logits, features } = await runModel(open, input);
      return { logits: Array.from(logits), inDomain: features && p.resolved.domain?.judge(features).inDomain };
    } catch (error) {
      return { error: asNumeric(error) };
    }
  };
  return {
    provider,
    batch: 1,
    async predict(inputs) {
      const scores: Scores[] = [];
      for (const input of inputs) scores.push(await predict(input));
      return scores;
    },
    release: () => open.session.release(),
  };
}

/** @returns undefined where a batch does not give the same bits at every place */
export async function inBatches(p: Prepared, provider: ProviderName, wished = GPU_BATCH): Promise<Predictor | undefined> {
  const open = await openBatched(p, provider);
  const batch = Math.min(wished, open.largestBatch);
  if (batch === 1 || !(await isSteady(open, batch))) {
    await open.session.release();
    return undefined;
  }
  return {
    provider,
    batch,
    async predict(inputs) {
      const { logits, features } = await runFilled(open, inputs, batch);
      return inputs.map((_, i) => scoresOf(p, logits[i], features?.[i]));
    },
    release: () => open.session.release(),
  };
}

/** Whether an image gets the same bits at other places, among others and alone in a batch. */
async function isSteady(open: BatchedSession, batch: number): Promise<boolean> {
  const image = open.prepared.resolved.input;
  const size = 3 * image.width * image.height;
  const probes = probeInput(size * batch);
  const inputs = Array.from({ length: batch }, (_, i) => probes.subarray(i * size, (i + 1) * size));
  const { logits } = await runFilled(open, inputs, batch);
  const turned = await runFilled(open, [...inputs.slice(1), inputs[0]], batch);
  const alone = await runFilled(open, [inputs[batch - 1]], batch);
  const same = (a: Float32Array, b: Float32Array): boolean => a.every((v, i) => v === b[i]);
  return logits.every((row, i) => same(row, turned.logits[(i + batch - 1) % batch])) && same(logits[batch - 1], alone.logits[0]);
}

/** Runs `batch` images, of which those that are lacking are zeros. */
async function runFilled({ prepared: p, session, logits, features }: BatchedSession, inputs: readonly Float32Array[], batch: number): Promise<{ logits: Float32Array[]; features: Float32Array[] | undefined }> {
  const { width, height } = p.resolved.input;
  const all = new Float32Array(batch * 3 * width * height);
  inputs.forEach((input, i) => all.set(input, i * 3 * width * height));
  const outputs = await runSession(session, p.feeds(all, batch), p.model.file, [logits, ...(features === undefined ? [] : [features])]);
  const rows = (name: string): Float32Array[] => {
    const data = outputs[name].data as Float32Array;
    return Array.from({ length: batch }, (_, i) => data.slice((i * data.length) / batch, ((i + 1) * data.length) / batch));
  };
  return { logits: rows(logits), features: features === undefined ? undefined : rows(features) };
}

function scoresOf(p: Prepared, logits: Float32Array, features: Float32Array | undefined): Scores {
  if (!logits.every(Number.isFinite)) {
    return { error: new SmearLensError('numeric', `${p.model.file}: gives scores that are no numbers.`, 'The model overflows on this image. Check its preprocessing in model.json, or use a float32 export.') };
  }
  return { logits: Array.from(logits), inDomain: features && p.resolved.domain?.judge(features).inDomain };
}

/** Every other error would come with every image. */
function asNumeric(error: unknown): SmearLensError {
  if (error instanceof SmearLensError && error.code === 'numeric') return error;
  throw error;
}
