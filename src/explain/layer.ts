/** Chooses the activation to explain (docs/ARCHITECTURE.md, 'The explanation layer'). */
import { SmearLensError } from '../errors';
import { intsAttribute, type Graph } from '../onnx/graph';
import type { NodeProto } from '../onnx/onnx_pb';
import type { Facts } from './facts';

/** An activation with more than one pixel. */
export interface Layer {
  readonly tensor: string;
  /** Of a batch of one, as the tensor is laid out. */
  readonly shape: readonly number[];
  /** 1 for [n, K, h, w], 3 for [n, h, w, K]. */
  readonly channelAxis: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Operators that keep every pixel in its place; a layer may lie behind them. */
const IN_PLACE = new Set([
  ...['BatchNormalization', 'InstanceNormalization', 'LayerNormalization', 'GroupNormalization', 'Add', 'Sub', 'Mul', 'Div', 'Sum', 'Concat', 'Pow', 'Max', 'Min'],
  ...['Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Celu', 'Clip', 'Sigmoid', 'Tanh', 'HardSigmoid', 'HardSwish', 'Swish', 'Gelu', 'Erf', 'Mish', 'Softplus', 'Softsign', 'ThresholdedRelu', 'Exp', 'Log', 'Sqrt', 'Abs', 'Neg'],
  ...['Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Not', 'Where'],
  ...['GlobalAveragePool', 'GlobalMaxPool', 'ReduceMean', 'ReduceMax', 'ReduceSum', 'Gemm', 'MatMul', 'Reshape', 'Unsqueeze', 'Squeeze', 'Flatten'],
]);
/** Operators that change no value: the layer is looked for beyond them, but is not called by their name. */
const NEUTRAL = new Set(['Identity', 'Dropout', 'Cast', 'Transpose']);
/** Operators that begin something, such as a power mean or a deviation: a layer ends behind them only if another follows. */
const UNFINISHED = new Set([...NEUTRAL, 'Pow', 'Exp', 'Sub']);
const POOLING_AND_ACTIVATION = new Set([...IN_PLACE, ...NEUTRAL, 'AveragePool', 'MaxPool', 'Softmax']);

/**
 * The last tensor with more than one pixel through which every path from image to logits passes: behind the last
 * convolution and the in-place operators that follow it, before the first operator that changes the spatial size. A
 * class-score map (one channel a class, only activation and pooling behind it) is passed over, and so is a patch embedding.
 * @throws SmearLensError `no-explanation-layer`
 */
export function chooseLayer(graph: Graph, facts: Facts, image: string, logits: string): Layer {
  const stages = stagesOf(graph, facts, image, logits);
  const classes = facts.get(logits)?.shape.slice(1).reduce((a, b) => a * b, 1);
  for (let end = stages.length; ; ) {
    const last = lastIndex(stages.slice(0, end), (s) => s.convolves);
    if (last < 0) break;
    const layer = furthest(stages, last, end);
    const behind = graph.nodesBetween(layer.tensor, logits);
    const scoreMap = layer.channels === classes && behind.every((n) => POOLING_AND_ACTIVATION.has(n.opType ?? '') && n.opType !== 'Gemm' && n.opType !== 'MatMul');
    if (!scoreMap) return layer;
    end = last;
  }
  throw new SmearLensError(
    'no-explanation-layer',
    `${graph.model.file}: has no convolutional layer of more than one pixel through which every path to the logits passes.`,
    'A map needs a spatial layer (the patches of a vision transformer show no features yet). Name one if the model has one (`smearlens inspect` lists them); predictions work without.',
  );
}

/**
 * The layer of that name.
 * @throws SmearLensError `layer-unknown` where there is none, or it has no pixels, or the logits do not depend on it
 */
export function namedLayer(graph: Graph, facts: Facts, image: string, logits: string, name: string): Layer {
  const known = graph.descendants(image, 'value').has(name) && graph.ancestors(logits).has(name);
  const layer = known ? describe(graph, facts, name, image) : undefined;
  if (layer) return layer;
  const names = candidateLayers(graph, facts, image, logits).map((l) => l.tensor);
  throw new SmearLensError('layer-unknown', `${graph.model.file}: '${name}' is no activation with more than one pixel between the image and the logits.`, `Choose one of: ${names.slice(-12).join(', ')}.`);
}

/** Every activation that could be explained, from image to logits. */
export function candidateLayers(graph: Graph, facts: Facts, image: string, logits: string): Layer[] {
  return graph.nodesBetween(image, logits, 'value').flatMap((node) => describe(graph, facts, node.output[0], image) ?? []);
}

/** A tensor that every path passes, and what happens between the one before and it. */
interface Stage {
  readonly layer: Layer;
  readonly nodes: readonly NodeProto[];
  readonly convolves: boolean;
}

/** Cuts the way from image to logits at the tensors that every path passes, as long as they have pixels. */
function stagesOf(graph: Graph, facts: Facts, image: string, logits: string): Stage[] {
  const nodes = graph.nodesBetween(image, logits, 'value');
  const between = new Set(nodes);
  const pending = new Map<string, number>([[image, readers(graph, image, between)]]);
  const stages: Stage[] = [];
  let since: NodeProto[] = [];
  const patches = patchEmbedding(nodes);
  for (const node of nodes) {
    for (const name of new Set(node.input)) {
      const left = pending.get(name);
      if (left === undefined) continue;
      if (left > 1) pending.set(name, left - 1);
      else pending.delete(name);
    }
    for (const name of node.output) {
      const count = readers(graph, name, between);
      if (count > 0 || name === logits) pending.set(name, count);
    }
    since.push(node);
    // Nodes stand in topological order: if only one tensor waits to be read, every path passes it.
    const [only] = pending.keys();
    if (pending.size !== 1 || only !== node.output[0]) continue;
    const layer = describe(graph, facts, only, image);
    if (layer) stages.push({ layer, nodes: since, convolves: since.some((n) => isConvolution(n) && n !== patches && describe(graph, facts, n.output[0], image) !== undefined) });
    since = [];
  }
  return stages;
}

function readers(graph: Graph, tensor: string, among: ReadonlySet<NodeProto>): number {
  return graph.consumers(tensor).filter((n) => among.has(n)).length;
}

/** From the stage of the last convolution on, the furthest one reached by in-place operators alone. */
function furthest(stages: readonly Stage[], start: number, end: number): Layer {
  let chosen = stages[start].layer;
  let reached = chosen;
  for (const stage of stages.slice(start + 1, end)) {
    const sameSize = stage.layer.height === reached.height && stage.layer.width === reached.width;
    if (!sameSize || !stage.nodes.every((n) => IN_PLACE.has(n.opType ?? '') || NEUTRAL.has(n.opType ?? '') || isConvolution(n))) break;
    reached = stage.layer;
    if (!isUnfinished(stage.nodes[stage.nodes.length - 1])) chosen = reached;
  }
  return chosen;
}

/** The first convolution where all it does is to cut the image into patches that attend to each other, as in a vision transformer. */
function patchEmbedding(nodes: readonly NodeProto[]): NodeProto | undefined {
  const first = nodes.find(isConvolution);
  if (!first || !nodes.some((n) => n.opType === 'Softmax')) return undefined;
  const strides = intsAttribute(first, 'strides');
  return intsAttribute(first, 'kernel_shape')?.every((length, i) => length > 1 && length === strides?.[i]) ? first : undefined;
}

function isUnfinished(node: NodeProto): boolean {
  const squares = node.opType === 'Mul' && node.input[0] === node.input[1];
  return squares || UNFINISHED.has(node.opType ?? '');
}

function isConvolution(node: NodeProto): boolean {
  return node.opType === 'Conv' || node.opType === 'ConvTranspose';
}

/** Undefined for what is not four-dimensional or has a single pixel. */
function describe(graph: Graph, facts: Facts, tensor: string, image: string): Layer | undefined {
  const shape = facts.get(tensor)?.shape;
  if (!shape || shape.length !== 4) return undefined;
  const channelAxis = channelAxisOf(graph, facts, tensor, image);
  const [height, width] = channelAxis === 1 ? [shape[2], shape[3]] : [shape[1], shape[2]];
  return height * width > 1 ? { tensor, shape, channelAxis, channels: shape[channelAxis], height, width } : undefined;
}

/**
 * Convolutions and pools of ONNX have their channels on axis 1; from there a Transpose (as TensorFlow's exporters write
 * it) may have moved them, and in-place operators left them where they were.
 */
function channelAxisOf(graph: Graph, facts: Facts, tensor: string, image: string): number {
  const depends = graph.descendants(image, 'value');
  let axisBehind = (axis: number): number => axis;
  for (let name = tensor; ; ) {
    const node = graph.producer(name);
    const source = node?.input.find((i) => depends.has(i) && facts.get(i)?.shape.length === 4);
    if (!node || source === undefined) return axisBehind(1);
    if (node.opType === 'Transpose') {
      const permutation = intsAttribute(node, 'perm') ?? [3, 2, 1, 0];
      const behind = axisBehind;
      axisBehind = (axis) => behind(permutation.indexOf(axis));
    } else if (!IN_PLACE.has(node.opType ?? '') && !NEUTRAL.has(node.opType ?? '') && node.opType !== 'Slice' && node.opType !== 'Pad') {
      return axisBehind(1);
    }
    name = source;
  }
}

function lastIndex<T>(list: readonly T[], test: (item: T) => boolean): number {
  for (let i = list.length - 1; i >= 0; i--) if (test(list[i])) return i;
  return -1;
}
