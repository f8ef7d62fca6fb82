/** Where energy lies in a drawn smear, and what changing the smear does. */
import { describe, expect, it } from 'vitest';
import { flattenBackground, grey, paintOut, recolour } from '../../../../src/explain/trust/changes';
import { energyOf } from '../../../../src/explain/trust/energy';
import { otsu } from '../../../../src/explain/trust/otsu';
import { PARTS, partsOf } from '../../../../src/explain/trust/parts';
import type { Picture } from '../../../../src/explain/trust/picture';
import { energySentences } from '../../../../src/protocol/trustText';
import type { MapInQuestion } from '../../../../src/protocol/trust';

const SIZE = 112;
type Rgb = readonly [number, number, number];
const [GROUND, RED_CELL, NUCLEUS]: Rgb[] = [[245, 243, 248], [190, 195, 205], [110, 60, 170]];

function smear(bar: Rgb | undefined): Picture {
  const planes = [0, 1, 2].map((c) => new Float32Array(SIZE * SIZE).fill(GROUND[c])) as unknown as Picture['planes'];
  const paint = (colour: Rgb, inside: (x: number, y: number) => boolean): void => {
    for (let y = 0; y < SIZE; y++) for (let x = 0; x < SIZE; x++) if (inside(x, y)) planes.forEach((p, c) => (p[y * SIZE + x] = colour[c]));
  };
  const disc = (cx: number, cy: number, r: number) => (x: number, y: number): boolean => Math.hypot(x - cx, y - cy) < r;
  paint(RED_CELL, disc(70, 30, 10));
  paint(RED_CELL, disc(20, 80, 10));
  paint(NUCLEUS, disc(30, 30, 12));
  if (bar) paint(bar, (x, y) => x >= 96 && x < 108 && (y === 108 || (y >= 104 && (x === 96 || x === 101 || x === 107))));
  return { height: SIZE, width: SIZE, planes };
}

/** A map of 7×7 with one spot. */
const at = (row: number, column: number): MapInQuestion => ({ method: 'grad-cam', variant: 'none', classIndex: 0, height: 7, width: 7, raw: Float32Array.from({ length: 49 }, (_, i) => (i === 7 * row + column ? 1 : 0)) });
const partAt = (picture: Picture, x: number, y: number): string => PARTS[partsOf(picture).labels[y * SIZE + x]];

describe('parts', () => {
  it.each([['black', [20, 20, 20]], ['red', [210, 40, 50]]] as [string, Rgb][])('are told apart by colour, with a %s scale bar', (_, ink) => {
    const picture = smear(ink);
    expect([partAt(picture, 30, 30), partAt(picture, 70, 30), partAt(picture, 20, 80), partAt(picture, 50, 60), partAt(picture, 100, 106)]).toEqual(['nuclei', 'other cells', 'other cells', 'background', 'scale bar']);
  });

  it('have no scale bar where there is none, nor in a nucleus in the corner', () => {
    expect(partsOf(smear(undefined)).scaleBar).toBeUndefined();
    const cell = smear(undefined);
    for (let y = 96; y < 112; y++) for (let x = 92; x < 112; x++) cell.planes.forEach((p, c) => (p[y * SIZE + x] = NUCLEUS[c]));
    expect(partsOf(cell).scaleBar).toBeUndefined();
  });

  it('are all background in a plain picture', () => {
    const plain: Picture = { height: 8, width: 8, planes: [new Float32Array(64).fill(200), new Float32Array(64).fill(190), new Float32Array(64).fill(210)] };
    expect(new Set(partsOf(plain).labels)).toEqual(new Set([PARTS.indexOf('background')]));
  });

  it('are separated by the threshold between two heaps', () => {
    const { value, lower, upper } = otsu([0, 1, 1, 2, 9, 10, 10, 11]) ?? { value: NaN, lower: NaN, upper: NaN };
    expect(value).toBeGreaterThan(2);
    expect(value).toBeLessThan(9);
    expect([lower, upper]).toEqual([1, 10]);
    expect(otsu([3, 3, 3])).toBeUndefined();
  });
});

describe('energy', () => {
  const picture = smear([20, 20, 20]);
  const parts = partsOf(picture);
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

  it.each([[1, 1], [6, 6], [3, 3]])('sums to 1 over the parts, as their areas do (spot at %d, %d)', (row, column) => {
    const shares = energyOf(at(row, column), picture, parts).parts;
    expect(sum(shares.map((s) => s.energy))).toBeCloseTo(1, 6);
    expect(sum(shares.map((s) => s.area))).toBeCloseTo(1, 12);
  });

  it('lies on the nucleus where the map does, and warns of nothing', () => {
    const answer = energyOf(at(1, 1), picture, parts);
    const nuclei = answer.parts[0];
    expect(nuclei.energy / nuclei.area).toBeGreaterThan(8);
    const { summary, warnings } = energySentences(answer);
    expect(summary).toMatch(/% of the map's energy lies on nuclei, which cover 3\.\d % of the picture/);
    expect(warnings).toEqual([]);
  });

  it('warns of the scale bar, and of a corner', () => {
    expect(energySentences(energyOf(at(6, 6), picture, parts)).warnings).toEqual([expect.stringMatching(/^The model looks at the scale bar: \d+ % of the map's energy on \d\.\d % of the picture/)]);
    expect(energySentences(energyOf(at(0, 6), picture, parts)).warnings).toEqual([expect.stringMatching(/^The model looks at the top right corner: /)]);
  });

  it('of a flat map lies nowhere', () => {
    const flat = energyOf({ ...at(0, 0), raw: new Float32Array(49) }, picture, parts);
    expect(energySentences(flat)).toEqual({ summary: 'The map is flat: its energy lies nowhere in particular.', warnings: [] });
  });
});

describe('changes', () => {
  const picture = smear([20, 20, 20]);
  const parts = partsOf(picture);

  it('paint the bar out with what lies around it, and touch nothing else', () => {
    const box = parts.scaleBar ?? { left: 0, top: 0, right: 0, bottom: 0 };
    const [red] = paintOut(picture, box).planes;
    const inside = (i: number): boolean => i % SIZE >= box.left && i % SIZE < box.right && i >= box.top * SIZE && i < box.bottom * SIZE;
    red.forEach((value, i) => (inside(i) ? expect(value).toBeCloseTo(GROUND[0], 3) : expect(value).toBe(picture.planes[0][i])));
  });

  it('flatten the background only', () => {
    const uneven = { ...picture, planes: picture.planes.map((p) => p.map((v, i) => v - (i % 3))) as unknown as Picture['planes'] };
    const [green] = flattenBackground(uneven, parts)?.planes.slice(1) ?? [];
    const labels = Array.from(parts.labels);
    expect(new Set(labels.flatMap((l, i) => (PARTS[l] === 'background' ? [green[i]] : []))).size).toBe(1);
    expect(green[30 * SIZE + 30]).toBe(uneven.planes[1][30 * SIZE + 30]);
  });

  it('make grey of luma', () => {
    const [r, g, b] = grey(picture).planes;
    expect(r[0]).toBeCloseTo(0.299 * 245 + 0.587 * 243 + 0.114 * 248, 3);
    expect([g, b]).toEqual([r, r]);
  });

  it('give the colours that were asked for', () => {
    const target = { mean: [150, 120, 160], std: [20, 10, 15] } as const;
    recolour(picture, target).planes.forEach((plane, c) => {
      const mean = plane.reduce((a, v) => a + v, 0) / plane.length;
      const std = Math.sqrt(plane.reduce((a, v) => a + (v - mean) ** 2, 0) / plane.length);
      // A few values are cut off at 0.
      expect(Math.abs(mean - target.mean[c])).toBeLessThan(2);
      expect(Math.abs(std - target.std[c])).toBeLessThan(2);
    });
  });
});
