/** Cases of the rules in src/onnx/gradients/reductions.ts. */
import { active, ints, operator, type Attributes, type Case, type Operand } from './operator';
import type { ValueRange } from './random';

/** The opset from which on each operator takes its axes as an input. */
const AXES_AS_INPUT: Record<string, number> = { ReduceSum: 13, ReduceMean: 18, ReduceMax: 18, ReduceMin: 18, ReduceL1: 18, ReduceL2: 18, ReduceSumSquare: 18, ReduceLogSumExp: 18 };

function reduction(op: string, opset: number, x: Operand, axes: readonly number[] | undefined, attributes: Attributes = {}): Case {
  if (axes === undefined) return operator(op, opset, [x], attributes);
  return opset >= AXES_AS_INPUT[op] ? operator(op, opset, [x, ints(axes)], attributes) : operator(op, opset, [x], { ...attributes, axes: { ints: axes } });
}

const dropped: Attributes = { keepdims: { int: 0 } };

function forms(op: string, range: ValueRange): Case[] {
  const x = (): Operand => active(['n', 3, 2, 2], range);
  const since = AXES_AS_INPUT[op];
  return [
    ...[7, since - 1, since, 24].flatMap((opset) => [
      reduction(op, opset, x(), [2, 3]),
      reduction(op, opset, x(), [2, 3], dropped),
      reduction(op, opset, x(), [1], dropped),
      reduction(op, opset, active([1, 3, 4], range), undefined),
      reduction(op, opset, active([3, 4], range), undefined, dropped),
    ]),
    // Negative axes, out of order.
    ...[11, 24].flatMap((opset) => [reduction(op, opset, x(), [-1, 1]), reduction(op, opset, x(), [-1, -3], dropped)]),
    operator(op, 24, [x()], { noop_with_empty_axes: { int: 1 } }),
  ];
}

export const reductionCases: readonly Case[] = [
  ...forms('ReduceSum', {}),
  ...forms('ReduceMean', {}),
  ...forms('ReduceMax', { apart: true }),
  ...forms('ReduceMin', { apart: true }),
  ...forms('ReduceL1', { kinks: [0] }),
  ...forms('ReduceL2', {}),
  ...forms('ReduceSumSquare', {}),
  ...forms('ReduceLogSumExp', {}),
  ...[7, 22].flatMap((opset) => [
    operator('GlobalAveragePool', opset, [active(['n', 3, 3, 2])]),
    operator('GlobalAveragePool', opset, [active(['n', 2, 5])]),
    operator('GlobalAveragePool', opset, [active(['n', 4, 1, 1])]),
    operator('GlobalMaxPool', opset, [active(['n', 3, 3, 2], { apart: true })]),
    operator('GlobalMaxPool', opset, [active(['n', 2, 5], { apart: true })]),
  ]),
];
