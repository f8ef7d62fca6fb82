/** Rules of operators that reduce axes to one value: sums, means, maxima, norms, global pooling. */
import { intAttribute } from '../graph';
import { numbers, positiveAxis, signOf, type GradientRule, type RuleContext } from './rule';

/** The axes that a Reduce operator removes; all of them where it names none. */
function reducedAxes(c: RuleContext): number[] {
  const rank = c.inputShape(0).length;
  const axes = numbers(c, 'axes', 1);
  if (axes && axes.length > 0) return axes.map((a) => positiveAxis(a, rank));
  return intAttribute(c.node, 'noop_with_empty_axes', 0) === 1 ? [] : Array.from({ length: rank }, (_, i) => i);
}

/** `x` (a cotangent, or with `shift` 0 a forward value) with the reduced axes put back at length 1. */
function keepAxes(c: RuleContext, x: string, axes: readonly number[], shift: 0 | 1): string {
  const kept = intAttribute(c.node, 'keepdims', 1) === 1;
  return kept || axes.length === 0 ? x : c.w.unsqueeze(x, [...axes].map((a) => a + shift).sort((a, b) => a - b));
}

/** Repeats a cotangent of length 1 in the reduced axes over the input's lengths there. */
function spread(c: RuleContext, base: string, axes: readonly number[]): string {
  const repeats = [1, ...c.inputShape(0).map((length, i) => (axes.includes(i) ? length : 1))];
  const tiled = c.w.tile(base, repeats);
  if (tiled !== base) c.markUniform(tiled, base, axes);
  return tiled;
}

function count(c: RuleContext, axes: readonly number[]): number {
  return axes.reduce((product, a) => product * c.inputShape(0)[a], 1);
}

/** cotangent · factor, the same for every element of the reduced axes. */
function linear(factor: (c: RuleContext, axes: readonly number[]) => number): GradientRule {
  return (c) => {
    const axes = reducedAxes(c);
    const f = factor(c, axes);
    const base = keepAxes(c, c.g, axes, 1);
    return [spread(c, f === 1 ? base : c.w.mul(base, c.w.scalar(f)), axes)];
  };
}

/** cotangent · derivative, which is given as a tensor that broadcasts to the input's shape. */
function weighted(derivative: (c: RuleContext, y: string, axes: readonly number[]) => string): GradientRule {
  return (c) => {
    const axes = reducedAxes(c);
    return [c.w.mul(keepAxes(c, c.g, axes, 1), derivative(c, keepAxes(c, c.output(0), axes, 0), axes))];
  };
}

/** Maxima (or minima) that tie share the cotangent equally (PyTorch's amax, TensorFlow's reduce_max). */
function shareOfExtremum(beaten: 'Less' | 'Greater') {
  return (c: RuleContext, y: string, axes: readonly number[]): string => {
    const winners = c.w.sub(c.w.scalar(1), c.w.indicator(c.w.node(beaten, [c.input(0), y])));
    return c.w.div(winners, c.w.reduceSum(winners, axes, true));
  };
}

export function spatialAxes(c: RuleContext): number[] {
  return c.inputShape(0).map((_, i) => i).slice(2);
}

/** Global max pooling: ties go to the first maximum in row-major order, as in PyTorch's AdaptiveMaxPool2d(1). */
export const globalMaxPool: GradientRule = (c) => {
  const [, channels, ...size] = c.inputShape(0);
  const pixels = size.reduce((a, b) => a * b, 1);
  const flat = c.w.reshape(c.input(0), c.w.ints([-1, channels, pixels]));
  const mask = c.w.reshape(c.w.firstMaximum(flat, 2, 3, pixels), c.w.ints([-1, channels, ...size]));
  return [c.w.mul(c.g, mask)];
};

/** Mean over the spatial axes, for GlobalAveragePool and for an AveragePool whose window is the whole image. */
export const globalAveragePool: GradientRule = (c) => {
  const axes = spatialAxes(c);
  return [spread(c, c.w.mul(c.g, c.w.scalar(1 / count(c, axes))), axes)];
};

export const reductionRules: Readonly<Record<string, GradientRule>> = {
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
  ReduceSum: linear(() => 1),
  ReduceMean: linear((c, axes) => 1 / count(c, axes)),
  ReduceMax: weighted(shareOfExtremum('Less')),
  ReduceMin: weighted(shareOfExtremum('Greater')),
  ReduceL1: weighted((c) => signOf(c.w, c.input(0))),
  // y = √Σx²: dy/dx = x/y, and 0 for the zero vector
  ReduceL2: weighted((c, y) => {
    const zero = c.w.sub(c.w.scalar(1), c.w.indicator(c.w.node('Greater', [y, c.w.scalar(0)])));
    return c.w.div(c.input(0), c.w.add(y, zero));
  }),
  ReduceSumSquare: weighted((c) => c.w.mul(c.input(0), c.w.scalar(2))),
  ReduceLogSumExp: weighted((c, y) => c.w.node('Exp', [c.w.sub(c.input(0), y)])),
};
