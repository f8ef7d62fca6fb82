/** Cases of the rules in src/onnx/gradients/linear.ts and normalisation.ts. */
import { active, derived, floats, operator, weights, type Attributes, type Case, type Operand } from './operator';

const x = (...dims: (number | 'n')[]): Operand => active(dims);

/** Y = α·A′·B′ + β·C with A′ [n, 3] and B′ [3, 4]; a transposed A has the batch behind. */
function gemm(opset: number, transA: number, transB: number, activeB: boolean, addend: Operand | undefined, factors: Attributes): Case {
  const a = transA ? x(3, 'n') : x('n', 3);
  const bDims = transB ? [4, 3] : [3, 4];
  return operator('Gemm', opset, [a, activeB ? x(...bDims) : weights(bDims), ...(addend ? [addend] : [])], { transA: { int: transA }, transB: { int: transB }, ...factors });
}

const factors: Attributes = { alpha: { float: 0.7 }, beta: { float: -1.3 } };

const products: readonly Case[] = [
  ...[7, 24].flatMap((opset) =>
    [0, 1].flatMap((transA) =>
      [0, 1].flatMap((transB) => [
        gemm(opset, transA, transB, false, weights([4]), {}),
        gemm(opset, transA, transB, false, weights([4]), factors),
        gemm(opset, transA, transB, true, x(4), factors),
        gemm(opset, transA, transB, true, x('n', 4), factors),
      ]),
    ),
  ),
  gemm(13, 0, 0, true, undefined, factors),
  gemm(13, 0, 1, false, x('n', 1), factors),
  gemm(13, 0, 1, false, x(), factors),
  // Both factors from the same tensor: a Gram matrix.
  operator('Gemm', 13, [x(2, 3), derived('Tanh')], { transB: { int: 1 } }),
  // Weights that are large enough to be the first factor.
  operator('Gemm', 13, [x('n', 2100), weights([2100, 2000])]),
  operator('Gemm', 9, [x('n', 2100), weights([2000, 2100]), weights([2000])], { transB: { int: 1 }, alpha: { float: 0.5 } }),
  operator('MatMul', 13, [x('n', 2100), weights([2100, 2000])]),
  ...[7, 24].flatMap((opset) => [
    operator('MatMul', opset, [x('n', 3), weights([3, 4])]),
    operator('MatMul', opset, [x('n', 2, 3), weights([3, 4])]),
    operator('MatMul', opset, [x('n', 2, 2, 3), weights([3, 2])]),
    operator('MatMul', opset, [x('n', 2, 3), x('n', 3, 4)]),
    operator('MatMul', opset, [x('n', 2, 2, 3), x('n', 2, 3, 2)]),
    // Batch axes that broadcast, in both directions and in rank.
    operator('MatMul', opset, [x('n', 1, 2, 3), x('n', 2, 3, 2)]),
    operator('MatMul', opset, [x('n', 2, 2, 3), x(3, 2)]),
    operator('MatMul', opset, [x(2, 3), x('n', 3, 2)]),
    operator('MatMul', opset, [weights([2, 3]), x('n', 3, 2)]),
    operator('MatMul', opset, [x('n', 2, 3), weights([1, 3, 2])]),
    operator('MatMul', opset, [x(2, 3), weights([2, 3, 2])]),
    operator('MatMul', opset, [x('n', 2, 3), derived('Transpose', { perm: { ints: [0, 2, 1] } })]),
  ]),
];

const axis = (value: number): Attributes => ({ axis: { int: value } });
const statistics = (channels: number): Operand[] => [weights([channels]), weights([channels]), weights([channels]), weights([channels], { low: 0.5, high: 2 })];

const normalisations: readonly Case[] = [
  ...[7, 9, 14, 15, 24].flatMap((opset) => [
    operator('BatchNormalization', opset, [x('n', 3, 2, 2), ...statistics(3)]),
    operator('BatchNormalization', opset, [x('n', 4), ...statistics(4)], { epsilon: { float: 0.1 } }),
  ]),
  ...[7, 24].flatMap((opset) => [
    operator('InstanceNormalization', opset, [x('n', 3, 4, 2), weights([3]), weights([3])]),
    operator('InstanceNormalization', opset, [x('n', 2, 6), weights([2]), weights([2])], { epsilon: { float: 0.1 } }),
  ]),
  ...[17, 24].flatMap((opset) => [
    operator('LayerNormalization', opset, [x('n', 3, 4), weights([4])]),
    operator('LayerNormalization', opset, [x('n', 3, 4), weights([3, 4]), weights([3, 4])], { ...axis(1), epsilon: { float: 0.1 } }),
    operator('LayerNormalization', opset, [x('n', 2, 3, 2), weights([3, 2])], axis(-2)),
  ]),
  ...['Softmax', 'LogSoftmax'].flatMap((op) => [
    // Coerced to two dimensions before opset 13, one axis from there on.
    ...[7, 11, 12, 13, 24].flatMap((opset) => [
      operator(op, opset, [x('n', 5)]),
      operator(op, opset, [x('n', 3, 2)]),
      operator(op, opset, [x('n', 3, 2)], axis(1)),
      operator(op, opset, [x('n', 3, 2)], axis(2)),
    ]),
    ...[11, 13].flatMap((opset) => [operator(op, opset, [x('n', 3, 2)], axis(-1)), operator(op, opset, [x('n', 3, 2)], axis(-2))]),
    operator(op, 12, [x(3, 2)], axis(0)),
  ]),
  operator('Softmax', 13, [x(3, 'n')], axis(0)),
  operator('LayerNormalization', 17, [x(2, 'n', 4), floats([4], [1, 2, 3, 4])]),
];

export const linearCases: readonly Case[] = [...products, ...normalisations];
