/** Forms that a rule declines, each of which would otherwise give a wrong gradient in silence. */
import { absent, active, derived, floats, ints, operator, weights, type Case } from './operator';

const image = active(['n', 2, 4, 4]);
const positive = active(['n', 3], { low: 0.5, high: 2 });

export const refusedCases: readonly Case[] = [
  operator('Sin', 13, [active(['n', 3])]),
  operator('Pow', 13, [positive, derived('Tanh')]),
  operator('PRelu', 13, [active(['n', 3]), derived('Tanh')]),
  operator('Slice', 13, [active([6, 2]), ints([0]), ints([6]), ints([0]), ints([2])]),
  operator('Pad', 13, [image, ints([0, 0, 1, 1, 0, 0, 1, 1])], { mode: { string: 'reflect' } }),
  operator('Pad', 13, [image, ints([0, 0, -1, 0, 0, 0, 0, 0])]),
  operator('Gather', 13, [active(['n', 3]), ints([0, 1, 2, 0], [2, 2])], { axis: { int: 1 } }),
  operator('MatMul', 13, [active(['n', 3]), weights([3])]),
  operator('Conv', 13, [active([2, 2, 3, 3]), derived('Tanh')]),
  operator('ConvTranspose', 13, [active([2, 2, 3, 3]), derived('Tanh')]),
  operator('LayerNormalization', 17, [active([3]), derived('Tanh')]),
  operator('BatchNormalization', 15, [active([3, 3]), derived('ReduceMean', { axes: { ints: [0] }, keepdims: { int: 0 } }), weights([3]), weights([3]), weights([3], { low: 1 })]),
  operator('Resize', 13, [active([1, 2, 3, 4]), floats([8], [0, 0, 0, 0, 1, 1, 0.5, 0.5]), absent, ints([1, 2, 4, 4])], { mode: { string: 'linear' }, coordinate_transformation_mode: { string: 'tf_crop_and_resize' } }),
  operator('Resize', 18, [active([1, 2, 3, 4]), absent, absent, ints([6, 6])], { mode: { string: 'linear' }, axes: { ints: [2, 3] }, keep_aspect_ratio_policy: { string: 'not_larger' } }),
];
