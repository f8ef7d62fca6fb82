/** Builds the self-explaining model: the skeleton plus nodes that compute gradients and maps. Weights are not touched. */
import { create } from '@bufbuild/protobuf';
import { SmearLensError } from '../errors';
import { differentiate } from '../onnx/differentiate';
import { Graph } from '../onnx/graph';
import { cloneModel, type OnnxModel } from '../onnx/model';
import { StringStringEntryProtoSchema } from '../onnx/onnx_pb';
import { ElementType, sizeOf } from '../onnx/tensors';
import { GraphWriter } from '../onnx/writer';
import { emitCams } from './camGraph';
import type { Facts } from './facts';
import type { Layer } from './layer';

/** Up to so many classes all rows are explained at once and the model has no extra input. */
export const MAX_CONSTANT_CLASSES = 16;
/** Metadata key under which a self-explaining file says so. */
export const METADATA_KEY = 'smearlens.explained';
const PREFIX = 'smearlens';

/** What a self-explaining model offers, by tensor name. Stored as JSON in the file's metadata. */
export interface Explained {
  readonly version: 1;
  readonly layer: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Size of the logits. */
  readonly classes: number;
  /** int64 input [C] with the class indices to explain; null where all classes are. */
  readonly classRows: string | null;
  /** float32 [n, classes]. */
  readonly logits: string;
  /** float32 [n, K, h, w]: A. */
  readonly activation: string;
  /** float32 [C, n, K, h, w]: dY_c/dA. */
  readonly gradients: string;
  readonly uniformGradient: boolean;
  /** float32 [n, C, h, w], ReLU applied, not normalised. */
  readonly gradCam: string;
  readonly gradCamPlusPlusPaper: string;
  readonly gradCamPlusPlusNormalised: string;
  /** float32 [n, C]: counts of channels. */
  readonly singularChannels: string;
  readonly nearSingularChannels: string;
}

/** The maps and counts: what a run needs to fetch besides the logits. */
export type ExplainedOutput = 'logits' | 'activation' | 'gradients' | 'gradCam' | 'gradCamPlusPlusPaper' | 'gradCamPlusPlusNormalised' | 'singularChannels' | 'nearSingularChannels';
export const MAP_OUTPUTS: readonly ExplainedOutput[] = ['logits', 'gradCam', 'gradCamPlusPlusPaper', 'gradCamPlusPlusNormalised', 'singularChannels', 'nearSingularChannels'];
/** What maps are computed from outside the runtime. */
export const GRADIENT_OUTPUTS: readonly ExplainedOutput[] = ['logits', 'activation', 'gradients'];
export const ALL_OUTPUTS: readonly ExplainedOutput[] = [...MAP_OUTPUTS, 'activation', 'gradients'];

/**
 * Adds explanation to a model.
 * @param logits tensor of the pre-softmax scores, [n, classes] or with axes of length 1 behind
 * @param outputs which tensors become graph outputs; the model's own outputs stay
 * @throws SmearLensError `op-not-differentiable`, `no-explanation-layer`
 */
export function explainModel(model: OnnxModel, facts: Facts, logits: string, layer: Layer, outputs: readonly ExplainedOutput[]): { model: OnnxModel; explained: Explained } {
  const copy = cloneModel(model);
  const graph = new Graph(copy);
  if (graph.opset < 7) throw new SmearLensError('model-unsupported', `${model.file}: is of opset ${graph.opset}; gradients need opset 7 or newer.`, 'Export the model again with a newer opset, or convert it with onnx.version_converter.');
  const w = new GraphWriter(graph, PREFIX);
  const logitShape = facts.get(logits)?.shape ?? [];
  const classes = sizeOf(logitShape.slice(1));
  const { seed, classCount, classRows } = emitSeed(w, logits, logitShape, classes);
  const gradient = differentiate(graph, w, { input: layer.tensor, output: logits, seed, classCount, facts: (name) => facts.get(name) });

  const { channels, height, width } = layer;
  const pixels = height * width;
  const asFloat = (name: string): string => (facts.get(name)?.elementType === ElementType.FLOAT ? name : w.once(`float:${name}`, () => w.cast(name, ElementType.FLOAT)));
  // Channels first, whatever the model's layout: [n, K, h, w] and [C, n, K, h, w].
  const first = layer.channelAxis === 1 ? [0, 1, 2, 3] : [0, 3, 1, 2];
  const behindClass = [0, ...first.map((axis) => axis + 1)];
  const activation = w.transpose(asFloat(layer.tensor), first);
  const uniform = gradient.uniform && isOverPixels(gradient.uniform.axes, layer) ? gradient.uniform.name : undefined;
  const gradients = w.transpose(gradient.name, behindClass);
  const cams = emitCams(w, {
    activation: w.reshape(activation, w.ints([0, channels, pixels])),
    gradient: w.reshape(uniform ?? gradients, w.ints(uniform === undefined ? [0, 0, channels, pixels] : [0, 0, channels])),
    uniform: uniform !== undefined,
    height,
    width,
  });

  const named = (hint: string, tensor: string): string => w.node('Identity', [tensor], {}, w.name(hint));
  const explained: Explained = {
    version: 1,
    layer: layer.tensor,
    channels,
    height,
    width,
    classes,
    classRows,
    logits: named('logits', w.reshape(asFloat(logits), w.ints([-1, classes]))),
    activation: named('activation', activation),
    gradients: named('gradients', gradients),
    uniformGradient: uniform !== undefined,
    gradCam: named('grad_cam', cams.gradCam),
    gradCamPlusPlusPaper: named('grad_cam_pp_paper', cams.paper),
    gradCamPlusPlusNormalised: named('grad_cam_pp_normalised', cams.normalised),
    singularChannels: named('singular_channels', cams.singular),
    nearSingularChannels: named('near_singular_channels', cams.nearSingular),
  };
  const rows = classRows === null ? classes : 'C';
  const dims: Record<ExplainedOutput, (number | string)[]> = {
    logits: ['n', classes],
    activation: ['n', channels, height, width],
    gradients: [rows, 'n', channels, height, width],
    gradCam: ['n', rows, height, width],
    gradCamPlusPlusPaper: ['n', rows, height, width],
    gradCamPlusPlusNormalised: ['n', rows, height, width],
    singularChannels: ['n', rows],
    nearSingularChannels: ['n', rows],
  };
  // The batch keeps the name or the number that the model's own input gives it.
  const batch = batchOf(copy);
  for (const output of outputs) w.output(explained[output], ElementType.FLOAT, dims[output].map((d) => (d === 'n' ? batch : d)));
  // A model that explained another layer is one that explains this layer now.
  copy.proto.metadataProps = copy.proto.metadataProps.filter((m) => m.key !== METADATA_KEY);
  copy.proto.metadataProps.push(create(StringStringEntryProtoSchema, { key: METADATA_KEY, value: JSON.stringify(explained) }));
  return { model: copy, explained };
}

/** What a file that is already self-explaining offers; undefined for others. */
export function readExplained(model: OnnxModel): Explained | undefined {
  const entry = model.proto.metadataProps.find((m) => m.key === METADATA_KEY)?.value;
  if (entry === undefined) return undefined;
  const explained = JSON.parse(entry) as Explained;
  const outputs = new Set(model.proto.graph.output.map((o) => o.name));
  return explained.version === 1 && ALL_OUTPUTS.every((o) => outputs.has(explained[o])) ? explained : undefined;
}

/**
 * The cotangents of the logits: the identity, one row a class, for every image of the batch. Few classes are a constant;
 * of many, an input says which.
 */
function emitSeed(w: GraphWriter, logits: string, shape: readonly number[], classes: number): { seed: string; classCount: string; classRows: string | null } {
  const tail = shape.slice(1);
  const constant = classes <= MAX_CONSTANT_CLASSES;
  const classRows = constant ? null : w.name('class_rows');
  let rows: string;
  if (classRows === null) {
    rows = w.floats([classes, classes], Float32Array.from({ length: classes * classes }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0)));
  } else {
    w.input(classRows, ElementType.INT64, ['C']);
    const all = w.ints(Array.from({ length: classes }, (_, i) => i));
    rows = w.indicator(w.node('Equal', [w.unsqueeze(classRows, [1]), all]));
  }
  const classCount = classRows === null ? w.ints([classes]) : w.shape(classRows);
  const single = w.reshape(rows, w.ints([constant ? classes : -1, 1, ...tail]));
  // Repeated over the batch, whose size is known at run time only.
  const batch = w.slice(w.shape(logits), [0], [0], [1]);
  const seed = w.node('Tile', [single, w.concat([w.ints([1]), batch, w.ints(tail.map(() => 1))], 0)]);
  return { seed, classCount, classRows };
}

/** Are these axes of the layer just its pixels? */
function isOverPixels(axes: readonly number[], layer: Layer): boolean {
  return [...axes].sort().join() === (layer.channelAxis === 1 ? '2,3' : '1,2');
}

function batchOf(model: OnnxModel): number | string {
  const shapes = model.proto.graph.input.map(({ type }) => (type?.value.case === 'tensorType' ? (type.value.value.shape?.dim ?? []) : []));
  // The image input; others are scalars (see inputsOf).
  const dim = shapes.find((shape) => shape.length === 4)?.[0]?.value;
  if (dim?.case === 'dimValue' && dim.value > 0n) return Number(dim.value);
  return dim?.case === 'dimParam' && dim.value ? dim.value : 'n';
}
