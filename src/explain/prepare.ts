/** Reads a model and finds out what a session on it needs: image input, logits, shapes. */
import * as ort from 'onnxruntime-node';
import { SmearLensError } from '../errors';
import type { ResolvedModel } from '../models/resolve';
import { inputsOf, type ImageInput, type ScalarInput } from '../models/network';
import { describeNode, Graph, intAttribute } from '../onnx/graph';
import { readModel, type OnnxModel } from '../onnx/model';
import { ElementType, sizeOf } from '../onnx/tensors';
import type { ClassInfo, ModelInfo } from '../protocol/analysis';
import { readExplained } from './explained';
import { probe, type Facts } from './facts';
import { toHalf } from './half';
import { chooseLayer, namedLayer, type Layer } from './layer';
import { findLogits, type Logits } from './logits';

/** A model that was read and probed. */
export interface Prepared {
  readonly resolved: ResolvedModel;
  readonly model: OnnxModel;
  readonly graph: Graph;
  readonly image: ImageInput;
  readonly facts: Facts;
  readonly logits: Logits;
  /** How many scores the logits hold. */
  readonly classes: number;
  /** Makes the feeds of one image, float32 in the network's layout, or of `count` of them, one after the other. */
  feeds(images: Float32Array, count?: number): ort.InferenceSession.FeedsType;
}

/** Throws SmearLensError where the file is no classifier of one colour image, or contradicts its manifest. */
export async function prepare(resolved: ResolvedModel): Promise<Prepared> {
  const model = readModel(resolved.onnxPath);
  const graph = new Graph(model);
  const { image, scalars } = inputsOf(graph, resolved.input.layout);
  checkInput(resolved, image);
  refuseTraining(graph);
  const logits = findLogits(graph, resolved.output);
  const features = resolved.domain?.features;
  if (features !== undefined && !graph.has(features)) {
    throw new SmearLensError('manifest-invalid', `${resolved.onnxPath}: has no tensor '${features}', which its manifest judges the domain by.`, "Correct 'domain.features' in model.json.");
  }
  const fixed = Object.fromEntries(scalars.map((s) => [s.name, zeroTensor(s, resolved.onnxPath)]));
  const feeds = (pixels: Float32Array, count = 1): ort.InferenceSession.FeedsType => ({ ...fixed, [image.name]: imageTensor(image, pixels, resolved, count) });
  const blank = new Float32Array(3 * resolved.input.width * resolved.input.height);
  const facts = await probe(model, [logits.tensor, ...(features === undefined ? [] : [features])], feeds(blank));
  return { resolved, model, graph, image, facts, logits, classes: classCount(resolved, facts, logits), feeds };
}

/** The layer asked for; `auto` means the manifest's, and there that of a self-explaining file, else the automatic one. Throws SmearLensError. */
export function layerOf(p: Prepared, name: string): Layer {
  const named = name === 'auto' ? p.resolved.layer : name;
  const wished = named === 'auto' ? (readExplained(p.model)?.layer ?? 'auto') : named;
  const find = wished === 'auto' ? chooseLayer : (...args: Parameters<typeof chooseLayer>): Layer => namedLayer(...args, wished);
  return find(p.graph, p.facts, p.image.name, p.logits.tensor);
}

/** What turns the model's logits into probabilities. */
export function activationOf({ resolved, logits }: Prepared): 'softmax' | 'sigmoid' {
  return resolved.activation ?? (logits.activation === 'sigmoid' ? 'sigmoid' : 'softmax');
}

/** The model as results name it; the classes of a bare file are numbered. */
export function modelInfo({ resolved, classes }: Prepared): ModelInfo {
  const numbered = (): ClassInfo[] => Array.from({ length: classes }, (_, i) => ({ id: String(i), name: String(i) }));
  return { id: resolved.id, name: resolved.name, sha256: resolved.sha256, classes: resolved.classes ?? numbered() };
}

function checkInput(resolved: ResolvedModel, image: ImageInput): void {
  const { width, height, layout, tensorName } = resolved.input;
  const wrong = (what: string, file: unknown, manifest: unknown, field: string): SmearLensError =>
    new SmearLensError('manifest-invalid', `${resolved.onnxPath}: its ${what} is ${String(file)}, its manifest says ${String(manifest)}.`, `Correct '${field}' in model.json.`);
  if (tensorName !== image.name) throw wrong('image input', image.name, tensorName, 'input.tensorName');
  if (layout !== image.layout) throw wrong('layout', image.layout, layout, 'input.layout');
  if ((image.width ?? width) !== width || (image.height ?? height) !== height) {
    throw wrong('input size', `${image.width ?? '?'}×${image.height ?? '?'}`, `${width}×${height}`, 'input.width');
  }
  if (image.batch !== undefined && image.batch !== 1) {
    throw new SmearLensError('model-unsupported', `${resolved.onnxPath}: takes batches of exactly ${image.batch} images.`, 'Export the model with batch size 1 or an open batch size.');
  }
}

/** A file that was exported while training gives an image other scores in other company. */
function refuseTraining({ model }: Graph): void {
  const node = model.proto.graph.node.find((n) => n.opType === 'BatchNormalization' && intAttribute(n, 'training_mode', 0) === 1);
  if (!node) return;
  throw new SmearLensError('model-unsupported', `${model.file}: ${describeNode(node)} normalises by the batch, as in training.`, 'Export the model for inference (PyTorch: model.eval() before the export).');
}

function classCount(resolved: ResolvedModel, facts: Facts, logits: Logits): number {
  const shape = facts.get(logits.tensor)?.shape ?? [];
  const classes = sizeOf(shape.slice(1));
  // One axis holds the classes; scores for each pixel or box have more.
  const isRow = shape.length >= 2 && shape[0] === 1 && shape.filter((d) => d !== 1).length === 1;
  if (!isRow) {
    const hint = classes === 1 ? 'a binary classifier needs a score for each of its two classes' : 'segmentation and detection are not covered';
    throw new SmearLensError('model-unsupported', `${resolved.onnxPath}: its output has the shape [${shape.join(', ')}], which is no row of class scores.`, `SmearLens reviews classifiers (${hint}); if the model has another output, name it in model.json ('output.name').`);
  }
  if (resolved.classes && resolved.classes.length !== classes) {
    throw new SmearLensError('manifest-invalid', `${resolved.onnxPath}: gives ${classes} scores, its manifest names ${resolved.classes.length} classes.`, "Correct 'classes' in model.json.");
  }
  return classes;
}

function imageTensor(image: ImageInput, pixels: Float32Array, resolved: ResolvedModel, count: number): ort.Tensor {
  const { width, height } = resolved.input;
  const dims = image.layout === 'NCHW' ? [count, 3, height, width] : [count, height, width, 3];
  if (pixels.length !== sizeOf(dims)) {
    throw new SmearLensError('input-invalid', `The network input has ${pixels.length} values; ${resolved.onnxPath} takes ${dims.join('×')}.`, 'Give a tensor of that shape.');
  }
  if (image.elementType === ElementType.FLOAT16) return new ort.Tensor('float16', toHalf(pixels), dims);
  if (image.elementType === ElementType.DOUBLE) return new ort.Tensor('float64', Float64Array.from(pixels), dims);
  return new ort.Tensor('float32', pixels, dims);
}

/** Scalar inputs switch training behaviour (Keras's learning phase); zero is inference. */
function zeroTensor(input: ScalarInput, file: string): ort.Tensor {
  const dims = Array.from({ length: input.rank }, () => 1);
  switch (input.elementType) {
    case ElementType.BOOL:
      return new ort.Tensor('bool', [false], dims);
    case ElementType.FLOAT:
      return new ort.Tensor('float32', [0], dims);
    case ElementType.INT32:
      return new ort.Tensor('int32', [0], dims);
    case ElementType.INT64:
      return new ort.Tensor('int64', [0n], dims);
    default:
      throw new SmearLensError('model-unsupported', `${file}: its input '${input.name}' has an element type (${input.elementType}) that SmearLens does not feed.`, 'Export the model without this input.');
  }
}
