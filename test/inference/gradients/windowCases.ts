/** Cases of the rules in src/onnx/gradients/convolution.ts and pooling.ts. */
import { active, operator, weights, type Attributes, type Case, type Operand } from './operator';

const x = (...dims: (number | 'n')[]): Operand => active(dims);
const distinct = (...dims: (number | 'n')[]): Operand => active(dims, { apart: true });

/** By the operators' own names, shortened: a list is INTS, a number or a flag INT. */
interface Window {
  readonly kernel?: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
  readonly output_padding?: readonly number[];
  readonly output_shape?: readonly number[];
  readonly group?: number;
  readonly ceil_mode?: number;
  readonly count_include_pad?: number;
  readonly auto?: string;
}

/** What is left out stays at the operator's default. */
function window({ kernel, auto, ...rest }: Window): Attributes {
  const attributes: Attributes = {};
  if (kernel) attributes.kernel_shape = { ints: kernel };
  if (auto) attributes.auto_pad = { string: auto };
  for (const [name, value] of Object.entries<number | readonly number[]>(rest)) attributes[name] = typeof value === 'number' ? { int: value } : { ints: value };
  return attributes;
}

const convolutions: readonly Case[] = [
  ...[7, 22].flatMap((opset) => [
    operator('Conv', opset, [x('n', 2, 4, 5), weights([3, 2, 3, 3]), weights([3])], window({})),
    operator('Conv', opset, [x('n', 2, 5, 4), weights([3, 2, 1, 1])], window({ strides: [2, 2] })),
    operator('Conv', opset, [x('n', 2, 5, 6), weights([2, 2, 3, 2])], window({ kernel: [3, 2], strides: [2, 3], pads: [1, 0, 2, 1] })),
    operator('Conv', opset, [x('n', 2, 5, 5), weights([2, 2, 2, 3])], window({ dilations: [2, 2], pads: [0, 2, 1, 1] })),
    // Grouped, depthwise, and depthwise with two kernels a channel.
    operator('Conv', opset, [x('n', 4, 3, 3), weights([6, 2, 2, 2])], window({ group: 2 })),
    operator('Conv', opset, [x('n', 3, 4, 4), weights([3, 1, 3, 3])], window({ group: 3, pads: [1, 1, 1, 1], strides: [2, 2] })),
    operator('Conv', opset, [x('n', 2, 3, 4), weights([4, 1, 2, 2])], window({ group: 2, dilations: [1, 2] })),
    ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].flatMap((auto) => [
      operator('Conv', opset, [x('n', 1, 4, 5), weights([2, 1, 2, 3])], window({ auto, strides: [1, 2] })),
      operator('Conv', opset, [x('n', 1, 5, 6), weights([2, 1, 3, 4])], window({ auto, strides: [3, 3] })),
    ]),
    operator('Conv', opset, [x('n', 2, 7), weights([3, 2, 3])], window({ strides: [2], pads: [1, 0] })),
    operator('Conv', opset, [x('n', 1, 3, 3, 2), weights([2, 1, 2, 2, 2])], window({ pads: [0, 1, 0, 1, 0, 1] })),
  ]),
  ...[7, 22].flatMap((opset) => [
    operator('ConvTranspose', opset, [x('n', 2, 3, 3), weights([2, 3, 2, 2]), weights([3])], window({})),
    operator('ConvTranspose', opset, [x('n', 2, 3, 2), weights([2, 3, 3, 3])], window({ strides: [2, 2], pads: [1, 0, 1, 1] })),
    operator('ConvTranspose', opset, [x('n', 2, 3, 2), weights([2, 2, 3, 3])], window({ strides: [2, 3], pads: [1, 1, 1, 1], output_padding: [1, 2] })),
    operator('ConvTranspose', opset, [x('n', 2, 3, 3), weights([2, 1, 1, 1])], window({ strides: [2, 2], output_padding: [1, 1] })),
    operator('ConvTranspose', opset, [x('n', 2, 3, 3), weights([2, 2, 2, 3])], window({ dilations: [2, 1], strides: [1, 2] })),
    operator('ConvTranspose', opset, [x('n', 4, 2, 3), weights([4, 2, 2, 2])], window({ group: 2, kernel: [2, 2] })),
    operator('ConvTranspose', opset, [x('n', 2, 4), weights([2, 3, 3])], window({ strides: [2] })),
    // Pads that the operator derives from the size of its output.
    ...['SAME_UPPER', 'SAME_LOWER'].flatMap((auto) => [
      operator('ConvTranspose', opset, [x('n', 1, 3, 3), weights([1, 2, 4, 3])], window({ auto, strides: [1, 2] })),
      operator('ConvTranspose', opset, [x('n', 1, 3, 3), weights([1, 2, 3, 4])], window({ auto, strides: [2, 1] })),
      operator('ConvTranspose', opset, [x('n', 1, 3, 2), weights([1, 2, 3, 4])], window({ auto, output_shape: [6, 4], strides: [2, 2] })),
    ]),
    operator('ConvTranspose', opset, [x('n', 1, 3, 3), weights([1, 2, 3, 3])], window({ auto: 'VALID', strides: [2, 2] })),
    operator('ConvTranspose', opset, [x('n', 1, 3, 3), weights([1, 2, 3, 3])], window({ output_shape: [6, 5], strides: [2, 2] })),
  ]),
];

const poolings: readonly Case[] = [
  ...[7, 22].flatMap((opset) => [
    operator('AveragePool', opset, [x('n', 2, 4, 5)], window({ kernel: [2, 2] })),
    operator('AveragePool', opset, [x('n', 2, 5, 6)], window({ kernel: [3, 2], strides: [2, 3] })),
    operator('AveragePool', opset, [x('n', 2, 4, 5)], window({ kernel: [3, 3], pads: [1, 0, 1, 2] })),
    operator('AveragePool', opset, [x('n', 2, 4, 5)], window({ kernel: [3, 3], pads: [1, 0, 1, 2], count_include_pad: 1, strides: [2, 2] })),
    ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].map((auto) => operator('AveragePool', opset, [x('n', 2, 4, 5)], window({ kernel: [3, 2], strides: [2, 2], auto }))),
    // The whole image: global.
    operator('AveragePool', opset, [x('n', 3, 3, 2)], window({ kernel: [3, 2] })),
    operator('AveragePool', opset, [x('n', 2, 3)], window({ kernel: [3] })),
    operator('AveragePool', opset, [x('n', 2, 7)], window({ kernel: [3], strides: [2] })),
  ]),
  ...[10, 22].flatMap((opset) =>
    [0, 1].flatMap((counted) => [
      operator('AveragePool', opset, [x('n', 2, 5, 6)], window({ kernel: [2, 3], strides: [2, 2], ceil_mode: 1, count_include_pad: counted })),
      operator('AveragePool', opset, [x('n', 1, 6, 6)], window({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1, count_include_pad: counted })),
    ]),
  ),
  ...[0, 1].flatMap((counted) => [
    operator('AveragePool', 19, [x('n', 1, 6, 6)], window({ kernel: [2, 3], dilations: [2, 2], pads: [1, 1, 0, 1], count_include_pad: counted })),
    operator('AveragePool', 19, [x('n', 1, 6, 7)], window({ kernel: [2, 2], dilations: [2, 3], strides: [2, 2], ceil_mode: 1, count_include_pad: counted })),
  ]),
  ...[7, 22].flatMap((opset) => [
    operator('MaxPool', opset, [distinct('n', 2, 4, 4)], window({ kernel: [2, 2], strides: [2, 2] })),
    // Windows that overlap.
    operator('MaxPool', opset, [distinct('n', 2, 4, 5)], window({ kernel: [3, 2] })),
    operator('MaxPool', opset, [distinct('n', 1, 5, 5)], window({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })),
    operator('MaxPool', opset, [distinct('n', 1, 5, 5)], window({ kernel: [3, 3], strides: [2, 2], pads: [0, 1, 2, 0] })),
    // Pixels behind the last window.
    operator('MaxPool', opset, [distinct('n', 2, 5, 4)], window({ kernel: [1, 2], strides: [3, 3] })),
    ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].map((auto) => operator('MaxPool', opset, [distinct('n', 1, 4, 5)], window({ kernel: [3, 2], strides: [2, 2], auto }))),
    operator('MaxPool', opset, [distinct('n', 3, 3, 2)], window({ kernel: [3, 2] })),
    operator('MaxPool', opset, [distinct('n', 2, 7)], window({ kernel: [3], strides: [2], pads: [1, 1] })),
    operator('MaxPool', opset, [distinct('n', 1, 3, 3, 2)], window({ kernel: [2, 2, 2] })),
  ]),
  ...[10, 22].flatMap((opset) => [
    operator('MaxPool', opset, [distinct('n', 1, 6, 6)], window({ kernel: [2, 3], dilations: [3, 2], strides: [1, 2], pads: [1, 2, 0, 1] })),
    operator('MaxPool', opset, [distinct('n', 1, 5, 6)], window({ kernel: [2, 3], strides: [2, 2], ceil_mode: 1 })),
    operator('MaxPool', opset, [distinct('n', 1, 6, 6)], window({ kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1], ceil_mode: 1 })),
  ]),
];

export const windowCases: readonly Case[] = [...convolutions, ...poolings];
