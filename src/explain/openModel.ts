/** An open session on a model, and what one run of it yields. */
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { SmearLensError } from '../errors';
import { disagreement, HALF_TOLERANCE, probeInput } from '../inference/agreement';
import { createSession, runSession } from '../inference/session';
import type { DomainModel } from '../models/domain';
import { Graph, prune } from '../onnx/graph';
import { cloneModel, skeletonBytes, type OnnxModel } from '../onnx/model';
import { ElementType } from '../onnx/tensors';
import { GraphWriter } from '../onnx/writer';
import type { CamMap, CamMethod, CamVariant, Explanation, ProviderName } from '../protocol/analysis';
import { camMapOf } from './camMap';
import { explainModel, MAP_OUTPUTS, readExplained, type Explained, type ExplainedOutput } from './explained';
import { layerOf, type Prepared } from './prepare';

export interface OpenModel {
  readonly prepared: Prepared;
  readonly session: InferenceSession;
  readonly provider: ProviderName;
  /** Absent where the session only predicts. */
  readonly explained: Explained | undefined;
  /** Which of the tensors of `explained` this session gives; none where it only predicts. */
  readonly outputs: readonly ExplainedOutput[];
  /** Output with the logits, float32 [1, classes]. */
  readonly logits: string;
  /** Output with the pooled features that the domain is judged by, float32 [1, F]. */
  readonly features: string | undefined;
}

/** What a run gives. */
export interface RunResult {
  readonly logits: Float32Array;
  readonly features: Float32Array | undefined;
  readonly explanation: Explanation | undefined;
  /** Wall time of the session's run, in milliseconds. */
  readonly milliseconds: number;
}

/**
 * Opens a session that predicts and, where a layer is named (or `auto`), explains.
 * A provider other than the CPU has by then run the model once and agreed with the CPU.
 * @param outputs of those that the session gives, 'logits' is one
 * @param threads of a run on the CPU; all cores where undefined
 * @throws SmearLensError `provider-unavailable`, or what preparing and explaining throw
 */
export async function openModel(p: Prepared, provider: ProviderName, layer: string | undefined, outputs: readonly ExplainedOutput[] = MAP_OUTPUTS, threads?: number): Promise<OpenModel> {
  const { model, explained } = layer === undefined ? { model: cloneModel(p.model), explained: undefined } : selfExplaining(p, layer, outputs);
  // Only what is read is computed: the model's own outputs (a softmax, say) are dropped from this session's graph.
  model.proto.graph.output = model.proto.graph.output.filter((o) => explained && outputs.some((name) => explained[name] === o.name));
  const w = new GraphWriter(new Graph(model), 'smearlens_read');
  const logits = explained?.logits ?? addLogits(w, p);
  const features = p.resolved.domain && addFeatures(w, p, p.resolved.domain);
  prune(model);
  fixShapes(model, p);
  const skeleton = skeletonBytes(model);
  const session = await createSession(skeleton, { provider, file: p.model.file, externalDataFolder: p.model.folder, threads });
  const open: OpenModel = { prepared: p, session, provider, explained, outputs: explained ? outputs : [], logits, features };
  if (provider === 'cpu') return open;
  try {
    await compareWithCpu(open, skeleton);
  } catch (error) {
    await session.release();
    throw error;
  }
  return open;
}

/** What tells whether a provider differentiates as the CPU does. */
const COMPARED: readonly ExplainedOutput[] = ['gradCam', 'gradients'];

/** A provider may take a model and then fail on it, or compute it wrongly: it is believed once it has agreed with the CPU. */
async function compareWithCpu(open: OpenModel, skeleton: Uint8Array): Promise<void> {
  const { prepared: p, provider, explained, outputs } = open;
  const file = p.model.file;
  const feeds = feedsOf(open, probeInput(3 * p.resolved.input.width * p.resolved.input.height), [0]);
  const names = [open.logits, ...(explained ? COMPARED.filter((o) => outputs.includes(o)).map((o) => explained[o]) : [])];
  const outputsOf = async (session: InferenceSession): Promise<Float32Array[]> => {
    const results = await runSession(session, feeds, file, names);
    return names.map((name) => results[name].data as Float32Array);
  };
  const actual = await outputsOf(open.session);
  const reference = await createSession(skeleton, { provider: 'cpu', file, externalDataFolder: p.model.folder });
  try {
    const expected = await outputsOf(reference);
    // A map of zeros has no scale to measure a difference by.
    const shown = expected.map((values, i) => ({ values, actual: actual[i] })).filter(({ values }) => values.some((v) => v !== 0));
    const half = p.image.elementType === ElementType.FLOAT16;
    const error = disagreement(provider, file, shown.map((s) => s.actual), shown.map((s) => s.values), half ? HALF_TOLERANCE : undefined);
    if (error) throw error;
  } finally {
    await reference.release();
  }
}

/**
 * Runs one network input. `rows` chooses the classes to explain in a model of many classes.
 * @throws SmearLensError `numeric` where the model yields NaN or infinity
 */
export async function runModel(open: OpenModel, pixels: Float32Array, rows: readonly number[] = []): Promise<RunResult> {
  const { prepared: p, explained } = open;
  const feeds = feedsOf(open, pixels, rows);
  const start = performance.now();
  const results = await runSession(open.session, feeds, p.model.file);
  const milliseconds = performance.now() - start;
  const read = (name: string): Float32Array => results[name].data as Float32Array;
  const logits = read(open.logits);
  if (!logits.every(Number.isFinite)) {
    throw new SmearLensError('numeric', `${p.model.file}: gives scores that are no numbers (${Array.from(logits).slice(0, 4).join(', ')}).`, 'The model overflows on this input. Check its preprocessing in model.json, or use a float32 export.');
  }
  return {
    logits,
    features: open.features === undefined ? undefined : read(open.features),
    explanation: explained && open.outputs.includes('gradCam') ? explanationOf(explained, p, rows, read) : undefined,
    milliseconds,
  };
}

/** The self-explaining form of a model: the file itself where it already is one. */
function selfExplaining(p: Prepared, layer: string, outputs: readonly ExplainedOutput[]): { model: OnnxModel; explained: Explained } {
  const ready = readExplained(p.model);
  if (ready && (ready.layer === layer || (layer === 'auto' && p.resolved.layer === 'auto'))) return { model: cloneModel(p.model), explained: ready };
  return explainModel(p.model, p.facts, p.logits.tensor, layerOf(p, layer), outputs);
}

function addLogits(w: GraphWriter, p: Prepared): string {
  const name = w.node('Identity', [w.cast(w.reshape(p.logits.tensor, w.ints([-1, p.classes])), ElementType.FLOAT)], {}, w.name('logits'));
  w.output(name, ElementType.FLOAT, ['n', p.classes]);
  return name;
}

/**
 * One image a run, of the manifest's size: with all shapes known the runtime folds what does not depend on the image, such
 * as the whole gradient of a head of global average pooling and one linear layer.
 */
function fixShapes(model: OnnxModel, p: Prepared): void {
  const { graph } = model.proto;
  const type = graph.input.find((i) => i.name === p.image.name)?.type?.value;
  const shape = p.facts.get(p.image.name)?.shape ?? [];
  if (type?.case === 'tensorType' && type.value.shape) {
    type.value.shape.dim.forEach((d, i) => (d.value = { case: 'dimValue', value: BigInt(shape[i]) }));
  }
  // Declared shapes with open dimensions would contradict.
  graph.valueInfo = [];
}

/**
 * Adds an output, float32 [n, F], with the features that the domain is judged by.
 * The features as a row: a four-dimensional activation is averaged over its pixels.
 * @throws SmearLensError `manifest-invalid` where they have another size
 */
export function addFeatures(w: GraphWriter, p: Prepared, { features, size }: DomainModel): string {
  const shape = p.facts.get(features)?.shape ?? [];
  if (shape[1] !== size || (shape.length !== 2 && shape.length !== 4)) {
    throw new SmearLensError('manifest-invalid', `${p.model.file}: '${features}' has the shape [${shape.join(', ')}]; its manifest judges the domain by ${size} features.`, "Correct 'domain' in model.json, or remove it.");
  }
  const float = w.cast(features, ElementType.FLOAT);
  const name = w.node('Identity', [shape.length === 4 ? w.reduceMean(float, [2, 3], false) : float], {}, w.name('features'));
  w.output(name, ElementType.FLOAT, ['n', size]);
  return name;
}

/** What a run takes: the image and, in a model of many classes, which of them to explain. */
export function feedsOf({ prepared: p, explained }: OpenModel, pixels: Float32Array, rows: readonly number[]): InferenceSession.FeedsType {
  return { ...p.feeds(pixels), ...(explained?.classRows ? { [explained.classRows]: rowTensor(p, rows) } : {}) };
}

function rowTensor(p: Prepared, rows: readonly number[]): InferenceSession.FeedsType[string] {
  if (rows.length === 0) throw new SmearLensError('internal', `${p.model.file}: no classes were chosen to explain.`, 'Please report this.');
  return new Tensor('int64', BigInt64Array.from(rows, BigInt), [rows.length]);
}

function explanationOf(explained: Explained, p: Prepared, rows: readonly number[], read: (name: string) => Float32Array): Explanation {
  const { height, width } = explained;
  const pixels = height * width;
  const classes = explained.classRows === null ? Array.from({ length: explained.classes }, (_, i) => i) : rows;
  const [singular, near] = [read(explained.singularChannels), read(explained.nearSingularChannels)];
  const method = (name: CamMethod, variant: CamVariant, output: string): CamMap[] => {
    const data = read(output);
    return classes.map((classIndex, row) => {
      const raw = data.slice(row * pixels, (row + 1) * pixels);
      const counts = variant === 'paper' ? { singularChannels: singular[row], nearSingularChannels: near[row] } : {};
      return camMapOf(p.model.file, { method: name, variant, classIndex, raw, ...counts });
    });
  };
  return {
    layer: explained.layer,
    height,
    width,
    channels: explained.channels,
    uniformGradient: explained.uniformGradient,
    maps: [
      ...method('grad-cam', 'none', explained.gradCam),
      ...method('grad-cam++', 'paper', explained.gradCamPlusPlusPaper),
      ...method('grad-cam++', 'normalised', explained.gradCamPlusPlusNormalised),
    ],
  };
}
