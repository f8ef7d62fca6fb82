/** Cases of the rules in src/onnx/gradients/shapes.ts and resize.ts. */
import { absent, active, derived, floats, ints, operator, weights, type Attributes, type Case, type Operand } from './operator';

const x = (...dims: (number | 'n')[]): Operand => active(dims);
const axis = (value: number): Attributes => ({ axis: { int: value } });

/** Numbers that are an attribute before opset `since` and an input from there on. */
function numbered(op: string, opset: number, since: number, input: Operand, name: string, values: readonly number[]): Case {
  return opset >= since ? operator(op, opset, [input, ints(values)]) : operator(op, opset, [input], { [name]: { ints: values } });
}

function slice(opset: number, input: Operand, starts: number[], ends: number[], axes?: number[], steps?: number[]): Case {
  if (opset < 10) return operator('Slice', opset, [input], { starts: { ints: starts }, ends: { ints: ends }, ...(axes && { axes: { ints: axes } }) });
  return operator('Slice', opset, [input, ints(starts), ints(ends), ...(axes ? [ints(axes)] : []), ...(steps ? [ints(steps)] : [])]);
}

function pad(opset: number, input: Operand, pads: number[], value: number): Case {
  if (opset < 11) return operator('Pad', opset, [input], { pads: { ints: pads }, value: { float: value } });
  return operator('Pad', opset, [input, ints(pads), floats([], [value])], { mode: { string: 'constant' } });
}

const FAR = 2 ** 53;

const shapes: readonly Case[] = [
  ...[7, 24].flatMap((opset) => [
    operator('Reshape', opset, [x('n', 3, 4), ints([-1, 6, 2])]),
    operator('Reshape', opset, [x('n', 3, 4), ints([0, -1])]),
    operator('Reshape', opset, [x(2, 6), ints([3, 4])]),
    operator('Flatten', opset, [x('n', 3, 2)]),
    operator('Flatten', opset, [x('n', 3, 2)], axis(2)),
    operator('Flatten', opset, [x(3, 2)], axis(0)),
    operator('Transpose', opset, [x('n', 3, 4)], { perm: { ints: [0, 2, 1] } }),
    operator('Transpose', opset, [x('n', 3, 2, 4)], { perm: { ints: [2, 0, 3, 1] } }),
    operator('Transpose', opset, [x('n', 3, 4)]),
    operator('Concat', opset, [x('n', 2, 2), x('n', 3, 2), weights([1, 1, 2])].slice(0, 2), axis(1)),
    operator('Concat', opset, [x('n', 2), derived('Tanh'), derived('Neg')], axis(1)),
    operator('Concat', opset, [x(2, 3), weights([2, 2]), x(2, 1)], axis(1)),
  ]),
  ...[11, 24].flatMap((opset) => [
    operator('Flatten', opset, [x('n', 3, 2)], axis(-1)),
    operator('Concat', opset, [x('n', 3, 1), x('n', 3, 2)], axis(-1)),
    operator('Concat', opset, [x('n', 1, 2), x('n', 3, 2)], axis(-2)),
  ]),
  ...[7, 12, 13, 24].flatMap((opset) => [
    numbered('Squeeze', opset, 13, x('n', 1, 3, 1), 'axes', [1, 3]),
    numbered('Unsqueeze', opset, 13, x('n', 3), 'axes', [1, 3]),
    numbered('Split', opset, 13, x('n', 3, 2), 'split', [1, 2]),
  ].map((c) => (c.op === 'Split' ? { ...c, attributes: { ...c.attributes, ...axis(1) }, outputs: { count: 2, used: [0, 1], axis: 1 } } : c))),
  operator('Squeeze', 13, [x(1, 3, 1)]),
  ...[11, 13, 24].flatMap((opset) => [numbered('Squeeze', opset, 13, x('n', 1, 3, 1), 'axes', [-1]), numbered('Unsqueeze', opset, 13, x('n', 3), 'axes', [-1, 1])]),
  // Parts that the logits do not depend on: the first, the last, all but one, in another order.
  ...[7, 9, 13].flatMap((opset) =>
    [[0], [2], [1, 2], [2, 0]].map((used) => operator('Split', opset, [x('n', 6, 2)], axis(1), { count: 3, used, axis: 1 })),
  ),
  ...[11, 24].map((opset) => operator('Split', opset, [x('n', 2, 4)], opset < 18 ? axis(-1) : { ...axis(-1), num_outputs: { int: 2 } }, { count: 2, used: [1], axis: 2 })),
  ...[7, 9, 10, 24].flatMap((opset) => [
    slice(opset, x('n', 4, 5), [1, 0], [3, FAR], [1, 2]),
    slice(opset, x('n', 4, 5), [-3], [-1], [2]),
    slice(opset, x(4, 5), [1, 2], [3, 5]),
  ]),
  // In steps, backwards, several axes.
  ...[10, 13, 24].flatMap((opset) => [
    slice(opset, x('n', 4, 5), [1], [FAR], [2], [2]),
    slice(opset, x('n', 4, 5), [3, -1], [0, -FAR], [1, 2], [-1, -2]),
    slice(opset, x('n', 4, 5), [0, 1], [FAR, 4], [-1, 1], [3, 1]),
  ]),
  ...[10, 24].flatMap((opset) => [slice(opset, x('n', 4, 5), [1], [4], [-1], [1]), slice(opset, x('n', 4, 5), [-FAR, 1], [2, FAR], [-1, -2])]),
  ...[7, 10, 11, 24].flatMap((opset) => [pad(opset, x('n', 2, 3), [0, 1, 2, 0, 0, 1], 0), pad(opset, x('n', 2, 3), [0, 0, 1, 0, 0, 0], 1.5), pad(opset, x('n', 2, 3), [0, 0, 0, 0, 0, 0], 1)]),
  operator('Pad', 18, [x('n', 2, 3), ints([1, 2]), absent, ints([-1])]),
  operator('Pad', 24, [x('n', 2, 3, 2), ints([1, 0, 0, 2]), floats([], [3]), ints([3, 1])]),
  ...[7, 24].flatMap((opset) => [
    operator('Gather', opset, [x('n', 4, 2), ints([2, 0, 2])], axis(1)),
    operator('Gather', opset, [x('n', 4, 2), ints([3], [])], axis(1)),
    operator('Gather', opset, [x(4, 2), ints([1, 3])]),
  ]),
  ...[11, 24].flatMap((opset) => [
    operator('Gather', opset, [x('n', 4, 3), ints([-1, 0])], axis(-1)),
    operator('Gather', opset, [x('n', 4, 3), ints([-2], [])], axis(-2)),
  ]),
];

const roi = floats([0], []);
const COORDINATES = ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric'];
const mode = (value: string, coordinates: string, others: Attributes = {}): Attributes => ({ mode: { string: value }, coordinate_transformation_mode: { string: coordinates }, ...others });

/** Scales of the last two axes. */
function scaled(opset: number, vertical: number, horizontal: number, attributes: Attributes): Case {
  const factors = floats([4], [1, 1, vertical, horizontal]);
  return operator('Resize', opset, opset >= 11 ? [x('n', 2, 3, 4), roi, factors] : [x('n', 2, 3, 4), factors], attributes);
}

function sized(opset: number, height: number, width: number, attributes: Attributes): Case {
  // Opset 11 wants the region and the scales even where sizes are given.
  const empty = opset >= 13 ? absent : floats([0], []);
  return operator('Resize', opset, [x(1, 2, 3, 4), empty, empty, ints([1, 2, height, width])], attributes);
}

const resizes: readonly Case[] = [
  ...[7, 9].flatMap((opset) =>
    ['nearest', 'linear'].map((m) =>
      opset < 9
        ? operator('Upsample', opset, [x('n', 2, 3, 4)], { mode: { string: m }, scales: { floats: [1, 1, 2, 1.5] } })
        : operator('Upsample', opset, [x('n', 2, 3, 4), floats([4], [1, 1, 2, 1.5])], { mode: { string: m } }),
    ),
  ),
  ...['nearest', 'linear'].flatMap((m) => [[2, 3], [1.5, 1], [0.6, 0.5]].map(([v, h]) => scaled(10, v, h, { mode: { string: m } }))),
  ...[11, 13, 19].flatMap((opset) => [
    ...COORDINATES.flatMap((coordinates) => [
      ...['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'].flatMap((rounding) => [
        scaled(opset, 2, 1.5, mode('nearest', coordinates, { nearest_mode: { string: rounding } })),
        sized(opset, 2, 7, mode('nearest', coordinates, { nearest_mode: { string: rounding } })),
      ]),
      scaled(opset, 2, 1.3, mode('linear', coordinates)),
      sized(opset, 5, 3, mode('linear', coordinates)),
    ]),
    sized(opset, 1, 7, mode('linear', 'pytorch_half_pixel')),
    sized(opset, 6, 8, mode('cubic', 'half_pixel', { cubic_coeff_a: { float: -0.5 } })),
    sized(opset, 5, 3, mode('cubic', 'align_corners', { exclude_outside: { int: 1 } })),
    scaled(opset, 1, 2, {}),
  ]),
  ...[11, 12].map((opset) => sized(opset, 6, 8, mode('nearest', 'tf_half_pixel_for_nn'))),
  ...['linear', 'cubic'].map((m) => sized(18, 2, 2, mode(m, 'half_pixel', { antialias: { int: 1 } }))),
  sized(19, 4, 5, mode('linear', 'half_pixel_symmetric')),
  operator('Resize', 18, [x('n', 2, 3, 4), absent, floats([2], [2, 1.5])], mode('linear', 'half_pixel', { axes: { ints: [-1, 2] } })),
  // Channels last, and one spatial axis.
  operator('Resize', 13, [x('n', 3, 4, 2), absent, floats([4], [1, 2, 1.5, 1])], mode('linear', 'asymmetric')),
  operator('Resize', 13, [x('n', 2, 4), absent, floats([3], [1, 1, 2])], mode('nearest', 'half_pixel')),
  operator('Resize', 13, [x(1, 2, 2, 3, 2), absent, floats([5], [1, 1, 2, 1.5, 2])], mode('linear', 'half_pixel')),
];

export const shapeCases: readonly Case[] = [...shapes, ...resizes];
