/**
 * Rules of windowed pooling. MaxUnpool would overwrite where windows overlap and has no CUDA kernel, so both rules go
 * through convolutions with constant kernels, which every opset and execution provider has.
 */
import { intAttribute } from '../graph';
import { globalAveragePool, globalMaxPool } from './reductions';
import { fold, notDifferentiable, reshapeLike, type GradientRule, type RuleContext } from './rule';
import { extent, forEachIndex, isGlobal, transposedAttributes, windowOf, type WindowAxis } from './windows';

/** Number of pixels that each window averages over, [1, ...output]: padding counts where the node says so, overhang never. */
function windowSizes(c: RuleContext, axes: readonly WindowAxis[]): Float32Array {
  const includePad = intAttribute(c.node, 'count_include_pad', 0) === 1;
  const sizes = new Float32Array(axes.reduce((n, a) => n * a.output, 1));
  forEachIndex(axes.map((a) => a.output), (index, position) => {
    sizes[position] = axes.reduce((product, a, i) => {
      const start = index[i] * a.stride - a.padBefore;
      const [low, high] = includePad ? [-a.padBefore, a.input + a.padAfter] : [0, a.input];
      let taps = 0;
      for (let t = 0; t < a.kernel; t++) if (start + t * a.dilation >= low && start + t * a.dilation < high) taps++;
      return product * taps;
    }, 1);
  });
  return sizes;
}

const averagePool: GradientRule = (c) => {
  const axes = windowOf(c, []);
  if (isGlobal(axes)) return globalAveragePool(c);
  const output = axes.map((a) => a.output);
  const kernel = axes.map((a) => a.kernel);
  const share = c.w.div(c.g, c.w.floats(output, windowSizes(c, axes)));
  const ones = c.w.floats([1, 1, ...kernel], new Float32Array(kernel.reduce((a, b) => a * b, 1)).fill(1));
  // Each channel alone: channels are folded into the batch, so the kernel has one.
  const spread = c.w.node('ConvTranspose', [fold(c, share, [1, ...output]), ones], transposedAttributes(axes));
  return [reshapeLike(c, spread, c.node.input[0])];
};

/** A lower value than any activation that still is finite, so that 0 · padding stays 0 in the one-hot convolution. */
const LOWEST = -3e38;

/**
 * MaxPool: each tap of the window becomes a channel (one-hot convolution), the first maximum wins (as in PyTorch), and the
 * winners' cotangents are scattered and summed by the transposed convolution. Overlap, dilation and padding need no care.
 */
const maxPool: GradientRule = (c) => {
  if (c.cotangent(1) !== undefined) throw notDifferentiable(c, 'its indices are used');
  const axes = windowOf(c, []);
  if (isGlobal(axes)) return globalMaxPool(c);
  const kernel = axes.map((a) => a.kernel);
  const taps = kernel.reduce((a, b) => a * b, 1);
  const oneHot = new Float32Array(taps * taps);
  for (let t = 0; t < taps; t++) oneHot[t * taps + t] = 1;
  const [input, output] = [axes.map((a) => a.input), axes.map((a) => a.output)];

  const planes = c.w.reshape(c.input(0), c.w.ints([-1, 1, ...input]));
  const padded = padLowest(c, planes, axes);
  const geometry = { kernel_shape: { ints: kernel }, strides: { ints: axes.map((a) => a.stride) }, dilations: { ints: axes.map((a) => a.dilation) } };
  const patches = c.w.node('Conv', [padded, c.w.floats([taps, 1, ...kernel], oneHot)], geometry);
  const winners = c.w.firstMaximum(patches, 1, 2 + axes.length, taps);

  // [C, n, K, ...output] → [C, n·K, 1, ...output], times [n·K, taps, ...output]
  const rows = c.w.reshape(c.g, c.w.concat([c.classCount, c.w.ints([-1, 1, ...output])], 0));
  const routed = fold(c, c.w.mul(rows, winners), [taps, ...output]);
  const scattered = c.w.node('ConvTranspose', [routed, c.w.floats([taps, 1, ...kernel], oneHot)], transposedAttributes(axes));
  return [reshapeLike(c, scattered, c.node.input[0])];
};

/** Pads so that every window lies inside, with values that never win. */
function padLowest(c: RuleContext, x: string, axes: readonly WindowAxis[]): string {
  const after = axes.map((a) => Math.max(0, (a.output - 1) * a.stride + extent(a) - a.padBefore - a.input));
  const pads = [0, 0, ...axes.map((a) => a.padBefore), 0, 0, ...after];
  if (pads.every((p) => p === 0)) return x;
  return c.w.opset >= 11
    ? c.w.node('Pad', [x, c.w.ints(pads), c.w.scalar(LOWEST)])
    : c.w.node('Pad', [x], { pads: { ints: pads }, value: { float: LOWEST } });
}

export const poolingRules: Readonly<Record<string, GradientRule>> = { AveragePool: averagePool, MaxPool: maxPool };
