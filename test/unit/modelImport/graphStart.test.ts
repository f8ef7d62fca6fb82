/** What graphs do to pixels at their start, and which preset that speaks for. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeRescaling, presetFor, rescalingInside, type Rescaling } from '../../../src/modelImport/graphStart';
import { Graph } from '../../../src/onnx/graph';
import { cloneModel, readModel } from '../../../src/onnx/model';
import { floatTensor, intTensor } from '../../../src/onnx/tensors';
import { GraphWriter } from '../../../src/onnx/writer';

const imports = join(import.meta.dirname, '../../fixtures/imports');
const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];

function inside(file: string, image: string): Rescaling | undefined {
  return rescalingInside(new Graph(readModel(join(imports, file))), image);
}

function expectClose(actual: readonly number[] | undefined, expected: readonly number[], digits = 5): void {
  expect(actual?.length).toBe(expected.length);
  expected.forEach((value, i) => expect(actual?.[i]).toBeCloseTo(value, digits));
}

describe('rescaling inside', () => {
  it('joins a Rescaling and a Normalization of Keras, channels last', () => {
    const found = inside('keras-nhwc/efficientnet.onnx', 'input_2');
    expectClose(found?.factor, STD.map((s) => 1 / 255 / s), 7);
    expectClose(found?.offset, MEAN.map((m, c) => -m / STD[c]));
  });

  it('reads constants of half precision', () => {
    const found = inside('half/half.onnx', 'image');
    expectClose(found?.factor, STD.map((s) => 1 / s), 2);
    expectClose(found?.offset, MEAN.map((m, c) => -m / STD[c]), 2);
  });

  it('is none where pixels come into the first layer as they are, behind a Transpose too', () => {
    expect(inside('keras-tf/keras.onnx', 'input_1')).toBeUndefined();
    expect(inside('caffe/vgg.onnx', 'input')).toBeUndefined();
  });

  it('sees a turned order of channels, and goes on behind it', () => {
    const model = cloneModel(readModel(join(imports, 'caffe/vgg.onnx')));
    const graph = model.proto.graph;
    graph.initializer.push(intTensor('order', [3], [2, 1, 0]), floatTensor('means', [3, 1, 1], [103.939, 116.779, 123.68]));
    const [conv] = graph.node;
    const w = new GraphWriter(new Graph(model), 'test');
    const turned = w.node('Gather', ['input', 'order'], { axis: { int: 1 } });
    conv.input[0] = w.node('Sub', [turned, 'means']);
    const found = rescalingInside(new Graph(model), 'input');
    expect(found?.turnsChannels).toBe(true);
    expectClose(found?.offset, [-103.939, -116.779, -123.68], 3);
    expect(found && presetFor(found)).toBe('0-255');
    expect(found && describeRescaling(found)).toBe('the graph computes value × [1, 1, 1] − [103.94, 116.78, 123.68] and turns the order of the channels at its start');
  });
});

describe('the preset that a rescaling speaks for', () => {
  const rescaling = (factor: number[], offset: number[]): Rescaling => ({ factor, offset, turnsChannels: false });
  it.each([
    ['1/255', [1 / 255], [0], '0-255'],
    ['to −1 to 1, of bytes', [1 / 127.5], [-1], '0-255'],
    ["the means of Keras 'caffe'", [1], [-103.939, -116.779, -123.68], '0-255'],
    ['the ImageNet normalisation of 0 to 1', STD.map((s) => 1 / s), MEAN.map((m, c) => -m / STD[c]), '0-1'],
    ['0 to 1 becomes −1 to 1', [2], [-1], '0-1'],
    ['−1 to 1 becomes 0 to 1', [0.5], [0.5], 'keras-tf'],
    ['nothing', [1], [0], undefined],
    ['something else', [16], [0], undefined],
  ])('%s', (_, factor, offset, preset) => expect(presetFor(rescaling(factor, offset))).toBe(preset));
});
