/** A session that takes whole inputs, many a run: images that were changed outside the graph. */
import { SmearLensError } from '../errors';
import { probeInput } from '../inference/agreement';
import { createSession, runSession } from '../inference/session';
import { openBatch } from '../onnx/batch';
import { Graph, prune } from '../onnx/graph';
import { cloneModel, skeletonBytes, type OnnxModel } from '../onnx/model';
import { ElementType } from '../onnx/tensors';
import { GraphWriter } from '../onnx/writer';
import type { ProviderName } from '../protocol/analysis';
import { largestBatchOf, openChecked, Pace, type Batching } from './batches';
import { addFeatures } from './openModel';
import type { Prepared } from './prepare';

export interface BatchedSession extends Batching {
  readonly prepared: Prepared;
  readonly provider: ProviderName;
  /** Output, float32 [n, classes]. */
  readonly logits: string;
  /** Output, float32 [n, F], with the features that the domain is judged by; undefined where the manifest has none. */
  readonly features: string | undefined;
}

/** @throws SmearLensError `provider-unavailable` also where the provider computes other values than the CPU */
export async function openBatched(p: Prepared, provider: ProviderName): Promise<BatchedSession> {
  const { model, logits, features } = batchedModel(p);
  const skeleton = skeletonBytes(model);
  const open = async (name: ProviderName): Promise<BatchedSession> => {
    const session = await createSession(skeleton, { provider: name, file: p.model.file, externalDataFolder: p.model.folder });
    return { prepared: p, provider: name, session, largestBatch: largestBatchOf(p, name), logits, features };
  };
  return openChecked(p, provider, open, (session) => runBatched(session, probeInput(3 * inputSize(p))));
}

/**
 * @param inputs network inputs one after the other, float32, each as `images/tensor.ts` makes it
 * @returns [inputs, classes], row-major
 * @throws SmearLensError `numeric` where a score is no number
 */
export async function runBatched(open: BatchedSession, inputs: Float32Array): Promise<Float32Array> {
  const { prepared: p, largestBatch } = open;
  const size = inputSize(p);
  const count = inputs.length / size;
  const logits = new Float32Array(count * p.classes);
  for (let at = 0; at < count; at += largestBatch) {
    const batch = Math.min(largestBatch, count - at);
    const outputs = await runSession(open.session, p.feeds(inputs.slice(at * size, (at + batch) * size), batch), p.model.file, [open.logits]);
    logits.set(outputs[open.logits].data as Float32Array, at * p.classes);
  }
  if (!logits.every(Number.isFinite)) {
    throw new SmearLensError('numeric', `${p.model.file}: gives scores that are no numbers for a changed image.`, 'The model overflows on it. Check its preprocessing in model.json, or use a float32 export.');
  }
  return logits;
}

/**
 * Runs `count` inputs in batches that are short; yields after each.
 * @param session to be asked for anew before each batch: other calls may come between two
 * @param make the input of that position
 * @yields the position of the batch's first input, and the logits of each of its inputs
 */
export async function* runInSteps(session: () => Promise<BatchedSession>, count: number, make: (index: number) => Float32Array): AsyncGenerator<{ readonly from: number; readonly logits: readonly Float32Array[] }> {
  const pace = new Pace();
  for (let from = 0; from < count; ) {
    const open = await session();
    const { classes } = open.prepared;
    const start = performance.now();
    const batch = pace.next(count - from, open);
    const size = inputSize(open.prepared);
    const inputs = new Float32Array(batch * size);
    for (let i = 0; i < batch; i++) inputs.set(make(from + i), i * size);
    const all = await runBatched(open, inputs);
    pace.took(batch, performance.now() - start);
    yield { from, logits: Array.from({ length: batch }, (_, i) => all.slice(i * classes, (i + 1) * classes)) };
    from += batch;
  }
}

function inputSize({ resolved: { input } }: Prepared): number {
  return 3 * input.width * input.height;
}

function batchedModel(p: Prepared): { model: OnnxModel; logits: string; features: string | undefined } {
  const model = cloneModel(p.model);
  const { graph } = model.proto;
  const w = new GraphWriter(new Graph(model), 'smearlens_batched');
  openBatch(model, w, p.image.name, (tensor) => p.facts.get(tensor)?.shape[0]);
  const logits = w.node('Identity', [w.cast(w.reshape(p.logits.tensor, w.ints([-1, p.classes])), ElementType.FLOAT)], {}, w.name('logits'));
  graph.output = [];
  w.output(logits, ElementType.FLOAT, ['n', p.classes]);
  const features = p.resolved.domain && addFeatures(w, p, p.resolved.domain);
  const shape = p.facts.get(p.image.name)?.shape ?? [];
  graph.input = graph.input.filter((i) => i.name !== p.image.name);
  w.input(p.image.name, p.image.elementType, ['n', ...shape.slice(1)]);
  prune(model);
  return { model, logits, features };
}
