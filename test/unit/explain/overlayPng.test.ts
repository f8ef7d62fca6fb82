import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { overlayPng } from '../../../src/explain/overlayPng';
import type { CamMap } from '../../../src/protocol/analysis';

const image = { width: 6, height: 4, data: new Uint8Array(72).fill(100) };
const map = (raw: number[]): CamMap => ({ method: 'grad-cam', variant: 'none', classIndex: 0, raw: Float32Array.from(raw), flat: false });
const pixels = async (png: Uint8Array): Promise<number[]> => [...(await sharp(png).raw().toBuffer())];

describe('overlayPng', () => {
  it('blends the map half and half over the whole image', async () => {
    const shown = await pixels(await overlayPng(image, map([0, 1]), { height: 1, width: 2 }));
    // Viridis: (68, 1, 84) at its low end, (253, 231, 37) at its high end.
    expect(shown.slice(0, 3)).toEqual([84, 50, 92]);
    expect(shown.slice(15, 18)).toEqual([177, 166, 68]);
  });

  it('leaves the image alone outside the field, and where the map is flat', async () => {
    const shown = await pixels(await overlayPng(image, map([0, 1]), { height: 1, width: 2 }, { field: { x: 1, y: 0, width: 4, height: 4 } }));
    expect([shown.slice(0, 3), shown.slice(15, 18)]).toEqual([[100, 100, 100], [100, 100, 100]]);
    expect(shown.slice(3, 6)).toEqual([84, 50, 92]);
    expect(await pixels(await overlayPng(image, map([1, 1]), { height: 1, width: 2 }))).toEqual([...image.data]);
  });

  it('cuts a field that reaches over the edges', async () => {
    const shown = await pixels(await overlayPng(image, map([0, 1]), { height: 1, width: 2 }, { field: { x: -3, y: 0, width: 12, height: 4 } }));
    expect(shown).toHaveLength(72);
    expect(shown.slice(0, 3)).not.toEqual([84, 50, 92]);
  });
});
