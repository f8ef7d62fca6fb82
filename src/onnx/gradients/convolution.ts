/** Rules of convolutions: the adjoint of a convolution is the transposed convolution with the same weights, and back. */
import { intAttribute, intsAttribute, stringAttribute } from '../graph';
import type { NodeProto } from '../onnx_pb';
import { fold, notDifferentiable, reshapeLike, type GradientRule } from './rule';
import { transposedAttributes, windowOf } from './windows';

const conv: GradientRule = (c) => {
  if (c.wants(1) || c.wants(2)) throw notDifferentiable(c, 'its weights depend on the image');
  const axes = windowOf(c, c.inputShape(1).slice(2));
  const attributes = { ...transposedAttributes(axes), group: { int: intAttribute(c.node, 'group', 1) } };
  const folded = fold(c, c.g, c.outputShape(0).slice(1));
  return [reshapeLike(c, c.w.node('ConvTranspose', [folded, c.input(1)], attributes), c.node.input[0])];
};

/** A convolution with the same weights; taps that fell outside the output are reached by padding. */
const convTranspose: GradientRule = (c) => {
  if (c.wants(1) || c.wants(2)) throw notDifferentiable(c, 'its weights depend on the image');
  const kernel = c.inputShape(1).slice(2);
  const [input, output] = [c.inputShape(0).slice(2), c.outputShape(0).slice(2)];
  const strides = intsAttribute(c.node, 'strides') ?? kernel.map(() => 1);
  const dilations = intsAttribute(c.node, 'dilations') ?? kernel.map(() => 1);
  // Length of the output if nothing were padded away.
  const whole = kernel.map((k, i) => (input[i] - 1) * strides[i] + (k - 1) * dilations[i] + 1);
  const before = padsBefore(c.node, whole, output);
  const after = whole.map((length, i) => length - before[i] - output[i]);
  // A negative pad (output_padding) is a cut: the pixels behind the last window depend on nothing.
  const rest = c.outputShape(0).slice(1);
  let folded = fold(c, c.g, rest);
  const cut = after.map((a, i) => (a < 0 ? output[i] + a : output[i]));
  if (after.some((a) => a < 0)) folded = c.w.slice(folded, kernel.map((_, i) => i + 2), kernel.map(() => 0), cut);
  const attributes = {
    kernel_shape: { ints: kernel },
    strides: { ints: strides },
    dilations: { ints: dilations },
    pads: { ints: [...before.slice(0, kernel.length), ...after.map((a) => Math.max(0, a))] },
    group: { int: intAttribute(c.node, 'group', 1) },
  };
  return [reshapeLike(c, c.w.node('Conv', [folded, c.input(1)], attributes), c.node.input[0])];
};

/** The pads at the start of each axis of a ConvTranspose: given, or, like `output_shape`, chosen by the operator to fit. */
function padsBefore(node: NodeProto, whole: readonly number[], output: readonly number[]): readonly number[] {
  const auto = stringAttribute(node, 'auto_pad') ?? 'NOTSET';
  const fitted = auto.startsWith('SAME') || intsAttribute(node, 'output_shape') !== undefined;
  if (!fitted) return intsAttribute(node, 'pads') ?? whole.map(() => 0);
  const extra = intsAttribute(node, 'output_padding') ?? whole.map(() => 0);
  return whole.map((length, i) => {
    const total = Math.max(0, length + extra[i] - output[i]);
    return auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
  });
}

export const convolutionRules: Readonly<Record<string, GradientRule>> = { Conv: conv, ConvTranspose: convTranspose };
