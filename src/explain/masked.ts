/**
 * A session that runs one image under many masks, batched: the masks lie on the image itself (Score-CAM) or on an activation
 * (Recipro-CAM). Masking is part of the ONNX graph, so what crosses to the runtime is one image and the small masks.
 */
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { SmearLensError } from '../errors';
import { probeInput } from '../inference/agreement';
import { createSession, runSession } from '../inference/session';
import { openBatch } from '../onnx/batch';
import { Graph, prune } from '../onnx/graph';
import { cloneModel, skeletonBytes, type OnnxModel } from '../onnx/model';
import { ElementType } from '../onnx/tensors';
import { GraphWriter } from '../onnx/writer';
import type { ProviderName } from '../protocol/analysis';
import { largestBatchOf, openChecked } from './batches';
import { bilinearWeights } from './bilinear';
import type { Layer } from './layer';
import type { Prepared } from './prepare';

/** Where the masks lie. */
export type MaskPlace = 'image' | 'layer';

export interface MaskedSession {
  readonly prepared: Prepared;
  readonly layer: Layer;
  readonly place: MaskPlace;
  readonly provider: ProviderName;
  readonly session: InferenceSession;
  /** Masks that one run may take: 1 where the model cannot take more. */
  readonly largestBatch: number;
  readonly names: MaskedNames;
}

/** Inputs and outputs of the session. */
interface MaskedNames {
  /** float32, batch 1, in the model's layout. Masks on a layer leave the model's own input in its place. */
  readonly image: string;
  /** float32 [n, 1, h, w]. */
  readonly masks: string;
  /** float32, a value a channel of the image; absent for masks on a layer. */
  readonly fill: string;
  /** float32 [n, classes]. */
  readonly logits: string;
  /** float32 [n, K, h, w], before masks on the layer itself. */
  readonly activation: string;
}

export interface MaskedResult {
  /** [masks, classes], row-major. */
  readonly logits: Float32Array;
  /** The layer's activation of the first mask, [channels, height, width]; only where it was asked for. */
  readonly activation: Float32Array | undefined;
}

/**
 * Opens it. On the image, a mask that is flat leaves the image as it is (on a layer, a mask of ones leaves the activation), so the
 * same session also gives the plain logits and the activation.
 * @throws SmearLensError `provider-unavailable` also where the provider computes other values than the CPU
 */
export async function openMasked(p: Prepared, layer: Layer, provider: ProviderName, place: MaskPlace): Promise<MaskedSession> {
  const { model, names } = maskedModel(p, layer, place);
  const skeleton = skeletonBytes(model);
  const open = async (name: ProviderName): Promise<MaskedSession> => {
    const session = await createSession(skeleton, { provider: name, file: p.model.file, externalDataFolder: p.model.folder });
    return { prepared: p, layer, place, provider: name, session, largestBatch: largestBatchOf(p), names };
  };
  return openChecked(p, provider, open, probeMasks);
}

/**
 * Runs masks over one image.
 * @param pixels the network's input, float32, batch 1, in its own layout
 * @param masks [count, h, w] at the layer's size; any range, and min-max normalised after upsampling where they lie on the image,
 *   taken as they are where they lie on the layer
 * @param fill for each of the input's channels what a mask of 0 shows, in network space; of no meaning on a layer
 * @throws SmearLensError `numeric` where a score is no number
 */
export async function runMasked(open: MaskedSession, pixels: Float32Array, masks: Float32Array, fill: readonly number[], wantsActivation = false): Promise<MaskedResult> {
  const { prepared: p, layer, names, largestBatch } = open;
  const size = layer.height * layer.width;
  const count = masks.length / size;
  const logits = new Float32Array(count * p.classes);
  let activation: Float32Array | undefined;
  for (let at = 0; at < count; at += largestBatch) {
    const batch = Math.min(largestBatch, count - at);
    const wanted = wantsActivation && at === 0;
    const feeds = feedsOf(open, pixels, masks.slice(at * size, (at + batch) * size), fill);
    const outputs = await runSession(open.session, feeds, p.model.file, wanted ? [names.logits, names.activation] : [names.logits]);
    logits.set(outputs[names.logits].data as Float32Array, at * p.classes);
    if (wanted) activation = (outputs[names.activation].data as Float32Array).slice(0, layer.channels * size);
  }
  if (!logits.every(Number.isFinite)) {
    throw new SmearLensError('numeric', `${p.model.file}: gives scores that are no numbers for a masked image.`, 'The model overflows on it. Check its preprocessing in model.json, or use a float32 export.');
  }
  return { logits, activation };
}

function maskedModel(p: Prepared, layer: Layer, place: MaskPlace): { model: OnnxModel; names: MaskedNames } {
  const model = cloneModel(p.model);
  const { graph } = model.proto;
  const w = new GraphWriter(new Graph(model), 'smearlens_masked');
  openBatch(model, w, p.image.name, (tensor) => p.facts.get(tensor)?.shape[0]);
  const unmasked = place === 'layer' ? w.name('unmasked') : layer.tensor;
  const names = { image: place === 'image' ? w.name('image') : p.image.name, masks: w.name('masks'), fill: w.name('fill'), logits: w.name('logits'), activation: w.name('activation') };

  const asFloat = (tensor: string, type = p.facts.get(tensor)?.elementType): string => (type === ElementType.FLOAT ? tensor : w.cast(tensor, ElementType.FLOAT));
  graph.output = [];
  w.node('Identity', [w.reshape(asFloat(p.logits.tensor), w.ints([-1, p.classes]))], {}, names.logits);
  w.output(names.logits, ElementType.FLOAT, ['n', p.classes]);
  w.node('Identity', [w.transpose(asFloat(unmasked, p.facts.get(layer.tensor)?.elementType), layer.channelAxis === 1 ? [0, 1, 2, 3] : [0, 3, 1, 2])], {}, names.activation);
  w.output(names.activation, ElementType.FLOAT, ['m', layer.channels, layer.height, layer.width]);

  w.input(names.masks, ElementType.FLOAT, ['n', 1, layer.height, layer.width]);
  const made = graph.node.length;
  const at = place === 'image' ? maskImage(w, p, layer, names, graph) : maskLayer(w, p, layer, names.masks, unmasked, graph);
  // Nodes stand in topological order, and these come before their readers.
  graph.node.splice(at, 0, ...graph.node.splice(made));
  prune(model);
  return { model, names };
}

type GraphProto = OnnxModel['proto']['graph'];

/** Replaces the model's input by the masked image. Returns where the new nodes belong. */
function maskImage(w: GraphWriter, p: Prepared, layer: Layer, names: MaskedNames, graph: GraphProto): number {
  const { width, height } = p.resolved.input;
  const first = p.image.layout === 'NCHW';
  graph.input = graph.input.filter((i) => i.name !== p.image.name);
  w.input(names.image, ElementType.FLOAT, first ? [1, 3, height, width] : [1, height, width, 3]);
  w.input(names.fill, ElementType.FLOAT, first ? [1, 3, 1, 1] : [1, 1, 1, 3]);
  const mask = normalised(w, upsampled(w, names.masks, layer, height, width));
  const seen = w.mul(first ? mask : w.transpose(mask, [0, 2, 3, 1]), w.sub(names.image, names.fill));
  castTo(w, w.add(seen, names.fill), p.image.elementType, p.image.name);
  return 0;
}

/** Has every reader of the layer read it masked. Returns where the new nodes belong. */
function maskLayer(w: GraphWriter, p: Prepared, layer: Layer, masks: string, unmasked: string, graph: GraphProto): number {
  const producer = graph.node.findIndex((node) => node.output.includes(layer.tensor));
  const outputs = graph.node[producer].output;
  outputs[outputs.indexOf(layer.tensor)] = unmasked;
  const elementType = p.facts.get(layer.tensor)?.elementType ?? ElementType.FLOAT;
  const mask = layer.channelAxis === 1 ? masks : w.transpose(masks, [0, 2, 3, 1]);
  w.node('Mul', [unmasked, elementType === ElementType.FLOAT ? mask : w.cast(mask, elementType)], {}, layer.tensor);
  return producer + 1;
}

/** [n, 1, h, w] → [n, 1, H, W], bilinear with half-pixel centres: a product with a small matrix on each side, in any opset. */
function upsampled(w: GraphWriter, masks: string, layer: Layer, height: number, width: number): string {
  const rows = w.floats([height, layer.height], bilinearWeights(layer.height, height));
  const columns = w.transpose(w.floats([width, layer.width], bilinearWeights(layer.width, width)), [1, 0]);
  return w.node('MatMul', [rows, w.node('MatMul', [masks, columns])]);
}

/** Min-max normalised, each by itself; one that is flat becomes 1. */
function normalised(w: GraphWriter, masks: string): string {
  const least = w.reduceMin(masks, [2, 3], true);
  const range = w.sub(w.reduceMax(masks, [2, 3], true), least);
  const flat = w.sub(w.scalar(1), w.indicator(w.node('Greater', [range, w.scalar(0)])));
  return w.div(w.add(w.sub(masks, least), flat), w.add(range, flat));
}

function castTo(w: GraphWriter, x: string, elementType: number, name: string): void {
  if (elementType === ElementType.FLOAT) w.node('Identity', [x], {}, name);
  else w.node('Cast', [x], { to: { int: elementType } }, name);
}

function feedsOf({ prepared: p, layer, place, names }: MaskedSession, pixels: Float32Array, masks: Float32Array, fill: readonly number[]): InferenceSession.FeedsType {
  const own = p.feeds(pixels);
  const { [p.image.name]: _image, ...others } = own;
  const { width, height } = p.resolved.input;
  const first = p.image.layout === 'NCHW';
  const maskTensor = new Tensor('float32', masks, [masks.length / (layer.height * layer.width), 1, layer.height, layer.width]);
  if (place === 'layer') return { ...own, [names.masks]: maskTensor };
  return {
    ...others,
    [names.image]: new Tensor('float32', pixels, first ? [1, 3, height, width] : [1, height, width, 3]),
    [names.fill]: new Tensor('float32', Float32Array.from(fill), first ? [1, 3, 1, 1] : [1, 1, 1, 3]),
    [names.masks]: maskTensor,
  };
}

/** Logits of three masks without pattern. */
async function probeMasks(open: MaskedSession): Promise<Float32Array> {
  const { layer, prepared: p } = open;
  const size = layer.height * layer.width;
  const pixels = probeInput(3 * p.resolved.input.width * p.resolved.input.height);
  const masks = probeInput(3 * size).map(Math.abs);
  return (await runMasked(open, pixels, masks, [0, 0, 0])).logits;
}
