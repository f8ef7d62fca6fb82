/** Cases of the rules in src/onnx/gradients/arithmetic.ts: operands that broadcast in every direction. */
import { active, bools, derived, floats, ints, operator, weights, type Case, type Operand } from './operator';
import type { ValueRange } from './random';

const NONZERO: ValueRange = { low: 0.5, high: 2 };

/** Pairs of operands, each differentiated where it is active: as one or the other, alone, or both at once. */
function pairs(range: ValueRange): Operand[][] {
  const x = (...dims: (number | 'n')[]): Operand => active(dims, range);
  const constant = (...dims: number[]): Operand => weights(dims, range);
  return [
    [x('n', 3, 2), x('n', 3, 2)],
    [x('n', 3, 2), x('n', 1, 2)],
    [x('n', 3, 1), x('n', 1, 2)],
    // Of a lower rank: without a batch of its own.
    [x('n', 3, 2), x(3, 1)],
    [x(2), x('n', 3, 2)],
    [x('n', 3, 2), x()],
    [x('n', 3, 1), constant(4)],
    [constant(1, 3, 2), x('n', 1, 1)],
    [constant(2, 3, 2), x(3, 1)],
    [constant(), x('n', 3)],
  ];
}

const binary = (op: string, range: ValueRange, opset: number): Case[] => pairs(range).map((inputs) => operator(op, opset, inputs));
const apart: ValueRange = { apart: true };
const chosen = [true, false, false, true, true, false];

export const arithmeticCases: readonly Case[] = [
  ...[7, 24].flatMap((opset) => [
    ...binary('Add', {}, opset),
    ...binary('Sub', {}, opset),
    ...binary('Mul', {}, opset),
    ...binary('Div', NONZERO, opset),
    operator('Mul', opset, [active(['n', 3, 2]), derived('Tanh')]),
    operator('Sub', opset, [active(['n', 3, 2]), derived('Tanh')]),
    operator('Div', opset, [active(['n', 3, 2], NONZERO), derived('Exp')]),
    operator('Pow', opset, [active(['n', 3, 2], NONZERO), floats([], [2.5])]),
    operator('Pow', opset, [active(['n', 3, 1], NONZERO), floats([2], [0.5, -1])]),
    operator('Pow', opset, [active(['n', 3, 2]), floats([], [3])]),
    operator('Pow', opset, [active(['n', 2], {}), floats([3, 1, 2], [1, 2, 3, 2, 1, 0])]),
    operator('PRelu', opset, [active(['n', 3, 2], { kinks: [0] }), weights([3, 1])]),
    operator('PRelu', opset, [active(['n', 3, 2], { kinks: [0] }), floats([1], [0.25])]),
  ]),
  // Several operands broadcast from opset 8 on.
  ...['Sum', 'Mean'].flatMap((op) => [
    operator(op, 7, [active(['n', 3]), active(['n', 3]), active(['n', 3])]),
    ...[8, 24].map((opset) => operator(op, opset, [active(['n', 3, 2]), active([2]), active(['n', 1, 1]), weights([3, 1])])),
    operator(op, 13, [active(['n', 3])]),
  ]),
  ...['Max', 'Min'].flatMap((op) => [
    operator(op, 7, [active(['n', 12], apart), active(['n', 12], apart), active(['n', 12], apart)]),
    ...[8, 24].flatMap((opset) => [
      ...pairs(apart).slice(0, 6).map((inputs) => operator(op, opset, inputs)),
      operator(op, opset, [active(['n', 1, 4], apart), active([4], apart), active(['n', 6, 1], apart)]),
    ]),
    operator(op, 13, [active(['n', 3, 2], { kinks: [0, 0.5] }), floats([], [0.5])]),
    operator(op, 13, [active(['n', 3, 2], { kinks: [0] }), derived('Neg')]),
    operator(op, 13, [active(['n', 3, 2])]),
  ]),
  ...[9, 24].flatMap((opset) => [
    operator('Where', opset, [bools([1, 3, 2], chosen), active(['n', 3, 2]), active(['n', 3, 2])]),
    operator('Where', opset, [bools([3, 2], chosen), active(['n', 1, 2]), active([3, 1])]),
    operator('Where', opset, [bools([3, 2], chosen), active(['n', 1, 1]), floats([], [1])]),
    operator('Where', opset, [bools([1], [true]), active(['n', 3, 2]), weights([3, 1])]),
    operator('Where', opset, [bools([3, 2], chosen), active(['n', 3, 2]), derived('Exp')]),
    // Nothing flows through a condition, also where it is made of the same tensor.
    operator('Where', opset, [derived('Cast', { to: { int: 9 } }), active(['n', 3], { kinks: [0] }), floats([], [1])]),
    // Bigger than both operands.
    operator('Where', opset, [bools([2, 1, 3], chosen), active(['n', 3]), active([3])]),
  ]),
  ...[8, 24].flatMap((opset) => [
    operator('Expand', opset, [active(['n', 3, 1]), ints([1, 3, 4])]),
    operator('Expand', opset, [active([3, 1]), ints([2, 1, 4])]),
    operator('Expand', opset, [active(['n', 3, 4]), ints([1])]),
  ]),
];
