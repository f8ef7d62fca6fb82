/** Removed areas, their controls and what stands in their place. */
import { describe, expect, it } from 'vitest';
import { gaussian } from '../../../../src/explain/trust/blur';
import { controlsOf, orderOf, rotate, shift } from '../../../../src/explain/trust/controls';
import { impute, solve } from '../../../../src/explain/trust/impute';
import { inputOf, pictureOf } from '../../../../src/explain/trust/picture';
import type { InputSpec } from '../../../../src/images/types';
import type { MapInQuestion } from '../../../../src/protocol/trust';

const size = { height: 12, width: 12 };
/** One spot at the top left. */
const spot: MapInQuestion = { method: 'grad-cam', variant: 'none', classIndex: 0, height: 3, width: 3, raw: Float32Array.of(5, 0, 0, 0, 0, 0, 0, 0, 0) };
const spec: InputSpec = { tensorName: 'x', width: 4, height: 3, layout: 'NHWC', colour: 'BGR', resize: 'stretch', interpolation: 'bilinear', antialias: true, pad: [0, 0, 0], background: [0, 0, 0], window: 'full', scale: 1 / 255, mean: [0.5, 0.4, 0.3], std: [0.2, 0.3, 0.4] };

const sorted = (places: Uint32Array): number[] => Array.from(places).sort((a, b) => a - b);

describe('controls', () => {
  const { places } = orderOf(spot, size);

  it('rank every pixel once, the spot first and what lies near it before what lies far', () => {
    expect(sorted(places)).toEqual(Array.from({ length: 144 }, (_, i) => i));
    expect(places.indexOf(0)).toBe(0);
    expect(places[11 * 12 + 11]).toBe(143);
  });

  it.each([90, 180, 270] as const)('turned by %d° keep every fraction at its area', (degrees) => {
    expect(sorted(rotate(places, size, degrees))).toEqual(sorted(places));
  });

  it('turn and move as they say', () => {
    const grid = Uint32Array.of(0, 1, 2, 3);
    const square = { height: 2, width: 2 };
    expect(Array.from(rotate(grid, square, 90))).toEqual([1, 3, 0, 2]);
    expect(Array.from(rotate(grid, square, 180))).toEqual([3, 2, 1, 0]);
    expect(Array.from(rotate(grid, square, 270))).toEqual([2, 0, 3, 1]);
    const wide = { height: 2, width: 3 };
    expect(Array.from(shift(Uint32Array.of(0, 1, 2, 3, 4, 5), wide, 1, 1))).toEqual([5, 3, 4, 2, 0, 1]);
    expect(Array.from(rotate(Uint32Array.of(0, 1, 2, 3, 4, 5), wide, 180))).toEqual([5, 4, 3, 2, 1, 0]);
  });

  it('are eight, and lie elsewhere', () => {
    const controls = controlsOf({ name: 'the map', places }, size);
    expect(controls).toHaveLength(8);
    for (const control of controls) {
      const both = Array.from(places.keys()).filter((i) => places[i] < 14 && control.places[i] < 14).length;
      expect(both / 14, control.name).toBeLessThanOrEqual(0.25);
    }
  });

  it('leave out copies that cover the same, such as the middle turned', () => {
    const middle = { ...spot, raw: Float32Array.of(0, 0, 0, 0, 5, 0, 0, 0, 0) };
    expect(controlsOf(orderOf(middle, size), size).filter((c) => c.name.startsWith('turned'))).toEqual([]);
  });
});

describe('replacements', () => {
  it('blur a point to a Gaussian that sums to 1 and leave a plain plane alone', () => {
    const point = new Float32Array(21 * 21);
    point[10 * 21 + 10] = 1;
    const blurred = gaussian(point, 21, 21, 2);
    expect(blurred.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
    expect(blurred[10 * 21 + 12] / blurred[10 * 21 + 10]).toBeCloseTo(Math.exp(-0.5), 5);
    expect(blurred[8 * 21 + 10]).toBeCloseTo(blurred[10 * 21 + 12], 7);
    for (const value of gaussian(new Float32Array(35).fill(3), 5, 7, 4)) expect(value).toBeCloseTo(3, 5);
  });

  it('impute a slope as a slope: it is its own mean', () => {
    const [h, w] = [24, 30];
    const slope = Float32Array.from({ length: h * w }, (_, i) => 3 * (i % w) + 2 * Math.floor(i / w));
    const kept = Uint8Array.from(slope, (_, i) => Number(i % w < 5 || i % w > 22 || i < 4 * w || i >= 20 * w));
    const solved = solve(slope.map((v, i) => (kept[i] ? v : -1000)), kept, h, w);
    const worst = Math.max(...solved.map((v, i) => Math.abs(v - slope[i])));
    expect(worst).toBeLessThan(2);
  });

  it('impute noisily where pixels were removed, and nowhere else', () => {
    const plane = Float32Array.from({ length: 64 }, (_, i) => i);
    const picture = { height: 8, width: 8, planes: [plane, plane, plane] as const };
    const kept = Uint8Array.from(plane, (_, i) => Number(i !== 27 && i !== 28));
    const [red, green] = impute(picture, kept).planes;
    expect(Array.from(red).filter((v, i) => v !== plane[i] && kept[i])).toEqual([]);
    expect(red[27]).not.toBe(green[27]);
    expect(Math.abs(red[27] - 27)).toBeLessThan(10);
    expect(impute(picture, kept).planes[0]).toEqual(red);
  });

  it('take pictures apart and put them together again, whatever the layout', () => {
    for (const layout of ['NCHW', 'NHWC'] as const) {
      for (const colour of ['RGB', 'BGR'] as const) {
        const input = Float32Array.from({ length: 36 }, (_, i) => Math.sin(i));
        const back = inputOf(pictureOf(input, { ...spec, layout, colour }), { ...spec, layout, colour });
        back.forEach((value, i) => expect(value).toBeCloseTo(input[i], 4));
      }
    }
    // NHWC, BGR: the third value is the first pixel's red.
    expect(pictureOf(new Float32Array(36), spec).planes.map((p) => Math.round(p[0]))).toEqual([77, 102, 128]);
  });
});
