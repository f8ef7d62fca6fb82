import { describe, expect, it } from 'vitest';
import { windowTo8Bit } from '../../../src/images/window';

describe('windowTo8Bit', () => {
  it('maps the whole range, rounding half up', () => {
    const samples = new Uint16Array([0, 128, 129, 257, 32768, 65406, 65407, 65535]);
    expect([...windowTo8Bit(samples, 1, 'full')]).toEqual([0, 0, 1, 1, 128, 254, 255, 255]);
  });

  it('maps an image of one value by the whole range', () => {
    expect([...windowTo8Bit(new Uint16Array(6).fill(32768), 3, 'percentile')]).toEqual([128, 128, 128, 128, 128, 128]);
  });

  it('scales alpha by its full range and leaves it out of the percentiles', () => {
    const samples = new Uint16Array([1000, 65535, 2000, 0]);
    expect([...windowTo8Bit(samples, 2, 'percentile')]).toEqual([0, 255, 255, 0]);
  });
});
