/** Rules of matrix products. */
import { floatAttribute, intAttribute } from '../graph';
import { sizeOf } from '../tensors';
import { fold, notDifferentiable, reshapeLike, unbroadcast, type GradientRule, type RuleContext } from './rule';

/** Swaps the last two axes of a tensor of the given rank. */
function swapLast(c: RuleContext, x: string, rank: number): string {
  const order = Array.from({ length: rank }, (_, i) => i);
  [order[rank - 2], order[rank - 1]] = [order[rank - 1], order[rank - 2]];
  return c.w.transpose(x, order);
}

/**
 * Weights of more elements than this (16 MB) are made the first factor: the runtime packs a constant second factor into a
 * copy of its own, which for VGG's dense layers is half a gigabyte. For small ones the packed copy is a little faster.
 */
const LARGE_WEIGHT = 1 << 22;

/**
 * cotangent · B, or · Bᵀ where `transposed`. Gemm reads a weight in either orientation, so that no transposed copy is made.
 * @param inner length of the cotangent's last axis
 */
function timesWeight(c: RuleContext, transposed: boolean, alpha: number, inner: number): string {
  const rows = fold(c, c.g, [inner]);
  // Before opset 11 Gemm's addend is not optional.
  const addend = c.w.opset >= 11 ? [] : [c.w.floats([1], [0])];
  const gemm = (a: string, b: string, transA: boolean, transB: boolean): string =>
    c.w.node('Gemm', [a, b, ...addend], { transA: { int: Number(transA) }, transB: { int: Number(transB) }, alpha: { float: alpha } });
  const product =
    sizeOf(c.inputShape(1)) > LARGE_WEIGHT
      ? c.w.transpose(gemm(c.input(1), c.w.transpose(rows, [1, 0]), !transposed, false), [1, 0])
      : gemm(rows, c.input(1), false, transposed);
  return reshapeLike(c, product, c.node.input[0]);
}

/** Y = α·A′·B′ + β·C. */
const gemm: GradientRule = (c) => {
  const [alpha, beta] = [floatAttribute(c.node, 'alpha', 1), floatAttribute(c.node, 'beta', 1)];
  const [transA, transB] = [intAttribute(c.node, 'transA', 0) === 1, intAttribute(c.node, 'transB', 0) === 1];
  const scaled = (x: string, factor: number): string => (factor === 1 ? x : c.w.mul(x, c.w.scalar(factor)));
  const gradients: (string | undefined)[] = [undefined, undefined, undefined];
  if (c.wants(0)) {
    if (!transA) gradients[0] = timesWeight(c, !transB, alpha, c.outputShape(0)[1]);
    else {
      const b = transB ? c.w.transpose(c.input(1), [1, 0]) : c.input(1);
      gradients[0] = scaled(c.w.node('MatMul', [b, swapLast(c, c.g, 3)]), alpha);
    }
  }
  if (c.wants(1)) {
    const a = transA ? c.input(0) : c.w.transpose(c.input(0), [1, 0]);
    const product = scaled(c.w.node('MatMul', [a, c.g]), alpha);
    gradients[1] = transB ? swapLast(c, product, 3) : product;
  }
  if (c.node.input[2] && c.wants(2)) gradients[2] = unbroadcast(c, scaled(c.g, beta), c.outputShape(0), c.inputShape(2));
  return gradients;
};

const matMul: GradientRule = (c) => {
  const [a, b] = [c.inputShape(0), c.inputShape(1)];
  if (a.length < 2 || b.length < 2) throw notDifferentiable(c, 'one of its factors is a vector');
  const y = c.outputShape(0);
  const gradients: (string | undefined)[] = [undefined, undefined];
  if (c.wants(0)) {
    if (b.length === 2 && !c.wants(1)) gradients[0] = timesWeight(c, true, 1, y[y.length - 1]);
    else gradients[0] = unbroadcast(c, c.w.node('MatMul', [c.g, swapLast(c, c.input(1), b.length)]), [...y.slice(0, -2), ...a.slice(-2)], a);
  }
  if (c.wants(1)) gradients[1] = unbroadcast(c, c.w.node('MatMul', [swapLast(c, c.input(0), a.length), c.g]), [...y.slice(0, -2), ...b.slice(-2)], b);
  return gradients;
};

export const linearRules: Readonly<Record<string, GradientRule>> = { Gemm: gemm, MatMul: matMul };
