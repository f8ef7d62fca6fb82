/** What a bare ONNX file says of its own input and output: the facts that a manifest would otherwise give. */
import { SmearLensError } from '../errors';
import type { InputSpec } from '../images/types';
import { attribute, type Graph } from '../onnx/graph';
import type { ValueInfoProto } from '../onnx/onnx_pb';
import { ElementType } from '../onnx/tensors';

/** The one input that takes an image. */
export interface ImageInput {
  readonly name: string;
  /** ElementType: FLOAT, FLOAT16 or DOUBLE. */
  readonly elementType: number;
  readonly layout: 'NCHW' | 'NHWC';
  /** The file leaves the layout open: neither its channels nor a Transpose tell it. */
  readonly isLayoutOpen: boolean;
  /** Pixels; undefined where the file leaves it open. */
  readonly height: number | undefined;
  readonly width: number | undefined;
  /** 1 where the file fixes it; undefined where it is open. */
  readonly batch: number | undefined;
}

/** Inputs of at most one element, such as Keras's learning phase: they are fed zero ('inference'). */
export interface ScalarInput {
  readonly name: string;
  readonly elementType: number;
  readonly rank: number;
}

/** The size that an input with open dimensions is given. */
export const DEFAULT_SIZE = 224;

/**
 * Finds the image input and the scalar ones.
 * @param wished the layout where the file leaves it open
 * @throws SmearLensError `model-unsupported` where there is not exactly one image input, naming all inputs
 */
export function inputsOf(graph: Graph, wished: ImageInput['layout'] = 'NCHW'): { image: ImageInput; scalars: ScalarInput[] } {
  const described = graph.inputs.map(describeInput);
  const images = described.filter((i) => i.dims.length === 4);
  const scalars = described.filter((i) => i.dims.length < 4 && i.dims.every((d) => d === 1));
  const list = described.map((i) => `'${i.name}' [${i.dims.map((d) => d ?? '?').join(', ')}]`).join(', ') || 'none';
  const { file } = graph.model;
  if (images.length > 1) {
    const names = images.map((i) => `'${i.name}'`);
    throw new SmearLensError('model-unsupported', `${file}: takes ${images.length} images at once (${names.join(' and ')}; its inputs are ${list}), and SmearLens has one, the smear.`, `Export a model of one image: either the part that reads ${names[0]} alone, or one that computes the other (a segmented image, say) inside its graph.`);
  }
  if (images.length !== 1 || images.length + scalars.length !== described.length) {
    throw new SmearLensError('model-unsupported', `${file}: needs exactly one image input of four dimensions; its inputs are ${list}.`, 'Export the model with one image input; everything else must be computed inside it.');
  }
  const [image] = images;
  const supported: readonly number[] = [ElementType.FLOAT, ElementType.FLOAT16, ElementType.DOUBLE];
  if (!supported.includes(image.elementType)) {
    throw new SmearLensError('model-unsupported', `${file}: its input '${image.name}' takes no floating-point numbers (element type ${image.elementType}).`, 'Export the model with a float32 or float16 input.');
  }
  const [batch, second, third, last] = image.dims;
  const told = layoutOf(graph, image.name, second, last);
  const nhwc = (told ?? wished) === 'NHWC';
  const channels = nhwc ? last : second;
  if (channels !== undefined && channels !== 3) {
    throw new SmearLensError('model-unsupported', `${file}: its input '${image.name}' has ${channels} channels, not 3.`, 'SmearLens feeds colour images; export the model with a three-channel input.');
  }
  const [height, width] = nhwc ? [second, third] : [third, last];
  return { image: { name: image.name, elementType: image.elementType, layout: nhwc ? 'NHWC' : 'NCHW', isLayoutOpen: told === undefined, height, width, batch }, scalars: scalars.map((s) => ({ name: s.name, elementType: s.elementType, rank: s.dims.length })) };
}

/** The input part of a manifest for a file that has none: the values are the ImageNet convention, which may be wrong. */
export function defaultInputSpec(image: ImageInput): InputSpec {
  return {
    tensorName: image.name,
    width: image.width ?? DEFAULT_SIZE,
    height: image.height ?? DEFAULT_SIZE,
    layout: image.layout,
    colour: 'RGB',
    resize: 'stretch',
    interpolation: 'bilinear',
    antialias: true,
    pad: [0, 0, 0],
    background: [255, 255, 255],
    window: 'full',
    scale: 1 / 255,
    mean: [0.485, 0.456, 0.406],
    std: [0.229, 0.224, 0.225],
  };
}

function describeInput(info: ValueInfoProto): { name: string; elementType: number; dims: (number | undefined)[] } {
  const tensor = info.type?.value.case === 'tensorType' ? info.type.value.value : undefined;
  const dims = tensor?.shape?.dim.map((d) => (d.value.case === 'dimValue' && d.value.value > 0n ? Number(d.value.value) : undefined)) ?? [];
  return { name: info.name ?? '', elementType: tensor?.elemType ?? 0, dims };
}

/** NHWC has its three channels last. Where the file leaves them open, a Transpose of the input to NCHW tells, or the one axis that is no open one. */
function layoutOf(graph: Graph, input: string, second: number | undefined, last: number | undefined): ImageInput['layout'] | undefined {
  if (second === 3) return 'NCHW';
  if (last === 3 || transposesToNchw(graph, input)) return 'NHWC';
  if (second === undefined && last === undefined) return undefined;
  return last === undefined ? 'NHWC' : 'NCHW';
}

function transposesToNchw(graph: Graph, input: string): boolean {
  return graph.consumers(input).some((node) => node.opType === 'Transpose' && attribute(node, 'perm')?.ints.join() === '0,3,1,2');
}
