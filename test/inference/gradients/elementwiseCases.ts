/** Cases of the rules in src/onnx/gradients/elementwise.ts. */
import { absent, active, floats, operator, type Case } from './operator';
import type { ValueRange } from './random';

const X = ['n', 3, 4] as const;
const x = (range: ValueRange = {}): ReturnType<typeof active> => active([...X], range);
const at0 = { kinks: [0] };
const positive = { low: 0.5, high: 3 };
const bound = (value: number): ReturnType<typeof floats> => floats([], [value]);

export const elementwiseCases: readonly Case[] = [
  ...[7, 24].flatMap((opset) => [
    operator('Identity', opset, [x()]),
    operator('Dropout', opset, [x()]),
    operator('Cast', opset, [x()], { to: { int: 11 } }),
    operator('Neg', opset, [x()]),
    operator('Abs', opset, [x(at0)]),
    operator('Relu', opset, [x(at0)]),
    operator('LeakyRelu', opset, [x(at0)]),
    operator('LeakyRelu', opset, [x(at0)], { alpha: { float: 0.3 } }),
    operator('Elu', opset, [x(at0)]),
    operator('Elu', opset, [x(at0)], { alpha: { float: 0.7 } }),
    operator('Selu', opset, [x(at0)]),
    operator('Selu', opset, [x(at0)], { alpha: { float: 1.2 }, gamma: { float: 0.8 } }),
    operator('Softsign', opset, [x()]),
    operator('Sigmoid', opset, [x()]),
    operator('Tanh', opset, [x()]),
    operator('HardSigmoid', opset, [x({ low: -4, high: 4, kinks: [-2.5, 2.5] })]),
    operator('HardSigmoid', opset, [x({ low: -4, high: 4, kinks: [-3, 3] })], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
    operator('Softplus', opset, [x({ low: -4, high: 4 })]),
    operator('Exp', opset, [x()]),
    operator('Log', opset, [x(positive)]),
    operator('Sqrt', opset, [x(positive)]),
    operator('Reciprocal', opset, [x(positive)]),
    operator('Reciprocal', opset, [x({ low: -3, high: -0.5 })]),
  ]),
  ...[12, 24].flatMap((opset) => [operator('Celu', opset, [x(at0)]), operator('Celu', opset, [x(at0)], { alpha: { float: 0.7 } })]),
  ...[10, 24].flatMap((opset) => [operator('ThresholdedRelu', opset, [x({ kinks: [1] })]), operator('ThresholdedRelu', opset, [x({ kinks: [-0.5] })], { alpha: { float: -0.5 } })]),
  ...[9, 24].map((opset) => operator('Erf', opset, [x()])),
  // Bounds are attributes up to opset 10.
  operator('Clip', 7, [x({ kinks: [-0.5, 1] })], { min: { float: -0.5 }, max: { float: 1 } }),
  operator('Clip', 10, [x(at0)], { min: { float: 0 } }),
  operator('Clip', 10, [x({ kinks: [1] })], { max: { float: 1 } }),
  operator('Clip', 10, [x()]),
  ...[11, 24].flatMap((opset) => [
    operator('Clip', opset, [x({ kinks: [-0.5, 1] }), bound(-0.5), bound(1)]),
    operator('Clip', opset, [x(at0), bound(0)]),
    operator('Clip', opset, [x({ kinks: [1] }), absent, bound(1)]),
    operator('Clip', opset, [x()]),
  ]),
  ...[14, 24].map((opset) => operator('HardSwish', opset, [x({ low: -5, high: 5, kinks: [-3, 3] })])),
  operator('Mish', 18, [x({ low: -4, high: 4 })]),
  ...['none', 'tanh'].map((approximate) => operator('Gelu', 20, [x({ low: -3, high: 3 })], { approximate: { string: approximate } })),
  operator('Gelu', 24, [x()]),
  operator('Swish', 24, [x({ low: -4, high: 4 })]),
  operator('Swish', 24, [x()], { alpha: { float: 1.7 } }),
];
