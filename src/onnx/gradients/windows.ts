/** The geometry that convolutions and pooling share: window, stride, dilation and padding per spatial axis. */
import { intsAttribute, stringAttribute } from '../graph';
import type { RuleContext } from './rule';

/** One spatial axis of a sliding window, in pixels. */
export interface WindowAxis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBefore: number;
  /** As declared; see {@link transposedAttributes} for what the transposed convolution needs. */
  readonly padAfter: number;
}

/** Pixels from the first to the last tap of a window, inclusive. */
export function extent(axis: WindowAxis): number {
  return (axis.kernel - 1) * axis.dilation + 1;
}

/** Reads the window of a Conv or pooling node; `kernel` is its size where the node may leave it out. */
export function windowOf(c: RuleContext, kernel: readonly number[]): WindowAxis[] {
  const input = c.inputShape(0).slice(2);
  const output = c.outputShape(0).slice(2);
  const size = intsAttribute(c.node, 'kernel_shape') ?? kernel;
  const strides = intsAttribute(c.node, 'strides');
  const dilations = intsAttribute(c.node, 'dilations');
  const pads = intsAttribute(c.node, 'pads');
  const auto = stringAttribute(c.node, 'auto_pad') ?? 'NOTSET';
  return input.map((length, i) => {
    const [stride, dilation] = [strides?.[i] ?? 1, dilations?.[i] ?? 1];
    let [padBefore, padAfter] = [pads?.[i] ?? 0, pads?.[i + input.length] ?? 0];
    if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
      const total = Math.max(0, (output[i] - 1) * stride + (size[i] - 1) * dilation + 1 - length);
      padBefore = auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2);
      padAfter = total - padBefore;
    }
    return { input: length, output: output[i], kernel: size[i], stride, dilation, padBefore, padAfter };
  });
}

/**
 * ConvTranspose attributes that bring a cotangent of the output's size back to exactly the input's size. Pixels behind the
 * last window get no gradient (output_padding); windows that hang over the end are cut (a larger end pad).
 */
export function transposedAttributes(axes: readonly WindowAxis[]): Record<string, { ints: readonly number[] }> {
  const overhang = axes.map((a) => (a.output - 1) * a.stride + extent(a) - a.padBefore - a.input);
  return {
    kernel_shape: { ints: axes.map((a) => a.kernel) },
    strides: { ints: axes.map((a) => a.stride) },
    dilations: { ints: axes.map((a) => a.dilation) },
    pads: { ints: [...axes.map((a) => a.padBefore), ...overhang.map((o) => Math.max(0, o))] },
    output_padding: { ints: overhang.map((o) => Math.max(0, -o)) },
  };
}

/** Does one window cover the whole image, without padding? Then pooling is global. */
export function isGlobal(axes: readonly WindowAxis[]): boolean {
  return axes.every((a) => a.output === 1 && a.kernel === a.input && a.padBefore === 0 && a.padAfter === 0 && a.dilation === 1);
}

/** Calls `visit` for every index tuple below `lengths`, last axis fastest. */
export function forEachIndex(lengths: readonly number[], visit: (index: readonly number[], position: number) => void): void {
  const total = lengths.reduce((a, b) => a * b, 1);
  const index = lengths.map(() => 0);
  for (let position = 0; position < total; position++) {
    visit(index, position);
    for (let axis = lengths.length - 1; axis >= 0 && ++index[axis] === lengths[axis]; axis--) index[axis] = 0;
  }
}

