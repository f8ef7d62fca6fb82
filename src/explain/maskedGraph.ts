/** A model that takes masks beside its image: they lie on the image itself or on an activation. */
import { SmearLensError } from '../errors';
import { openBatch } from '../onnx/batch';
import { Graph, prune } from '../onnx/graph';
import { cloneModel, type OnnxModel } from '../onnx/model';
import { ElementType } from '../onnx/tensors';
import { GraphWriter } from '../onnx/writer';
import { bilinearWeights } from './bilinear';
import type { Layer } from './layer';
import type { Prepared } from './prepare';

/** Where the masks lie. */
export type MaskPlace = 'image' | 'layer';

const FLOATING: ReadonlySet<number> = new Set([ElementType.FLOAT, ElementType.FLOAT16, ElementType.DOUBLE]);

/** Inputs and outputs of the session. */
export interface MaskedNames {
  /** float32, batch 1, in the model's layout. Masks on a layer leave the model's own input in its place, unless it is the layer. */
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

/** Adds the masks, and logits and activation as the only outputs. @throws SmearLensError `model-unsupported` */
export function maskedModel(p: Prepared, layer: Layer, place: MaskPlace): { model: OnnxModel; names: MaskedNames } {
  const model = cloneModel(p.model);
  const { graph } = model.proto;
  const w = new GraphWriter(new Graph(model), 'smearlens_masked');
  openBatch(model, w, p.image.name, (tensor) => p.facts.get(tensor)?.shape[0]);
  const renamed = place === 'image' || layer.tensor === p.image.name;
  const names = { image: renamed ? w.name('image') : p.image.name, masks: w.name('masks'), fill: w.name('fill'), logits: w.name('logits'), activation: w.name('activation') };

  const unmasked = place === 'image' ? layer.tensor : layer.tensor === p.image.name ? names.image : w.name('unmasked');

  const asFloat = (tensor: string, type = p.facts.get(tensor)?.elementType): string => (type === ElementType.FLOAT ? tensor : w.cast(tensor, ElementType.FLOAT));
  graph.output = [];
  w.node('Identity', [w.reshape(asFloat(p.logits.tensor), w.ints([-1, p.classes]))], {}, names.logits);
  w.output(names.logits, ElementType.FLOAT, ['n', p.classes]);
  w.node('Identity', [w.transpose(asFloat(unmasked, p.facts.get(layer.tensor)?.elementType), layer.channelAxis === 1 ? [0, 1, 2, 3] : [0, 3, 1, 2])], {}, names.activation);
  w.output(names.activation, ElementType.FLOAT, ['m', layer.channels, layer.height, layer.width]);

  w.input(names.masks, ElementType.FLOAT, ['n', 1, layer.height, layer.width]);
  if (place === 'image') maskImage(w, p, layer, names, graph);
  else maskLayer(w, p, layer, names, unmasked, graph);
  prune(model);
  return { model, names };
}

type GraphProto = OnnxModel['proto']['graph'];

/** Nodes stand in topological order: moves those that `emit` appends to where their readers come later. */
function emitAt(graph: GraphProto, at: number, emit: () => void): void {
  const made = graph.node.length;
  emit();
  graph.node.splice(at, 0, ...graph.node.splice(made));
}

/** Replaces the model's input by the masked image. */
function maskImage(w: GraphWriter, p: Prepared, layer: Layer, names: MaskedNames, graph: GraphProto): void {
  const { width, height } = p.resolved.input;
  const first = p.image.layout === 'NCHW';
  graph.input = graph.input.filter((i) => i.name !== p.image.name);
  w.input(names.image, ElementType.FLOAT, first ? [1, 3, height, width] : [1, height, width, 3]);
  w.input(names.fill, ElementType.FLOAT, first ? [1, 3, 1, 1] : [1, 1, 1, 3]);
  emitAt(graph, 0, () => {
    const mask = normalised(w, upsampled(w, names.masks, layer, height, width));
    const seen = w.mul(first ? mask : w.transpose(mask, [0, 2, 3, 1]), w.sub(names.image, names.fill));
    castTo(w, w.add(seen, names.fill), p.image.elementType, p.image.name);
  });
}

/** Has every reader of the layer read it masked. */
function maskLayer(w: GraphWriter, p: Prepared, layer: Layer, names: MaskedNames, unmasked: string, graph: GraphProto): void {
  const elementType = p.facts.get(layer.tensor)?.elementType ?? 0;
  if (!FLOATING.has(elementType)) {
    throw new SmearLensError('model-unsupported', `${p.model.file}: '${layer.tensor}' holds no floating-point numbers, so parts of it cannot be masked.`, 'Choose another layer; `smearlens inspect` lists them.');
  }
  const producer = graph.node.findIndex((node) => node.output.includes(layer.tensor));
  const slots = producer < 0 ? [] : graph.node[producer].output;
  if (producer >= 0) slots[slots.indexOf(layer.tensor)] = unmasked;
  else graph.input.filter((i) => i.name === layer.tensor).forEach((i) => (i.name = unmasked));
  emitAt(graph, producer + 1, () => {
    const mask = layer.channelAxis === 1 ? names.masks : w.transpose(names.masks, [0, 2, 3, 1]);
    w.node('Mul', [unmasked, elementType === ElementType.FLOAT ? mask : w.cast(mask, elementType)], {}, layer.tensor);
  });
  repeatBeside(w, p, layer, names.masks, graph);
}

/**
 * Repeats for each mask what comes from the image beside the layer and meets it later (a shortcut, a neighbour in a Concat): that part
 * of the network runs once, with a batch of one.
 */
function repeatBeside(w: GraphWriter, p: Prepared, layer: Layer, masks: string, graph: GraphProto): void {
  const behind = p.graph.descendants(layer.tensor, 'value');
  const fromImage = p.graph.descendants(p.image.name, 'value');
  const shapeOf = (tensor: string): readonly number[] => p.facts.get(tensor)?.shape ?? [];
  const readers = graph.node.filter((node) => node.output.some((name) => name !== layer.tensor && behind.has(name)));
  const beside = new Set(readers.flatMap((node) => node.input).filter((t) => fromImage.has(t) && !behind.has(t) && shapeOf(t)[0] === 1));
  if (beside.size === 0) return;
  let count = '';
  emitAt(graph, 0, () => (count = w.slice(w.shape(masks), [0], [0], [1])));
  for (const tensor of beside) {
    const repeated = w.name(`repeated_${tensor}`);
    const at = graph.node.findIndex((node) => node.output.includes(tensor)) + 1;
    // The count comes first; of what reads the image itself nothing else has to.
    emitAt(graph, Math.max(at, 2), () => w.node('Tile', [tensor, w.concat([count, w.ints(shapeOf(tensor).slice(1).map(() => 1))], 0)], {}, repeated));
    for (const node of readers) node.input = node.input.map((name) => (name === tensor ? repeated : name));
  }
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

