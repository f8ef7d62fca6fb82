/** The table of presets as tensors, against Keras's and torchvision's formulas written down anew. */
import { describe, expect, it } from 'vitest';
import { SmearLensError } from '../../../src/errors';
import { toTensor } from '../../../src/images/tensor';
import type { InputSpec } from '../../../src/images/types';
import { defaultInputSpec } from '../../../src/models/network';
import { presetInput, presetNamed, PRESETS } from '../../../src/modelImport/presets';
import { idOf } from '../../../src/modelImport/save';
import type { PresetId } from '../../../src/protocol/modelImport';

const base = defaultInputSpec({ name: 'x', elementType: 1, layout: 'NHWC', isLayoutOpen: false, width: 1, height: 1, batch: 1 });
const pixel = { width: 1, height: 1, data: Uint8Array.of(10, 100, 200) };
const [r, g, b] = pixel.data;

const EXPECTED: Readonly<Record<PresetId, readonly number[]>> = {
  '0-1': [r / 255, g / 255, b / 255],
  imagenet: [(r / 255 - 0.485) / 0.229, (g / 255 - 0.456) / 0.224, (b / 255 - 0.406) / 0.225],
  'keras-caffe': [b - 103.939, g - 116.779, r - 123.68],
  'keras-tf': [r / 127.5 - 1, g / 127.5 - 1, b / 127.5 - 1],
  '0-255': [r, g, b],
};

describe('presets', () => {
  it.each(PRESETS.map(({ id }) => id))('%s', async (id) => {
    const spec: InputSpec = { ...base, ...presetInput(id) };
    const tensor = await toTensor(pixel, spec);
    EXPECTED[id].forEach((value, i) => expect(tensor[i]).toBeCloseTo(value, 4));
  });

  it('are known by their other names, and by no wrong one', () => {
    expect(presetNamed('Keras-Torch').id).toBe('imagenet');
    expect(presetNamed('caffe').id).toBe('keras-caffe');
    expect(() => presetNamed('keras')).toThrow(SmearLensError);
  });
});

describe('idOf', () => {
  it.each([
    ['VGG16 (mine), épreuve 2', 'VGG16-mine-e-preuve-2'],
    ['.hidden', 'hidden'],
    ['模型', 'model'],
    ['net_v1.2', 'net_v1.2'],
  ])('%s', (text, id) => expect(idOf(text)).toBe(id));
});
