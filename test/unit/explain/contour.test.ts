import { describe, expect, it } from 'vitest';
import { contourPath } from '../../../src/explain/contour';

/** The points of a path, and how many lines they make. */
function points(path: string): { x: number; y: number }[] {
  return [...path.matchAll(/[ML]([\d.-]+),([\d.-]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

const lines = (path: string): number => path.split('M').length - 1;

describe('contourPath', () => {
  const side = 41;
  const cone = (cx: number, cy: number): Float32Array => Float32Array.from({ length: side * side }, (_, i) => Math.max(0, 1 - Math.hypot((i % side) + 0.5 - cx, Math.floor(i / side) + 0.5 - cy) / 20));

  it('is a circle on a cone, with half-pixel centres', () => {
    const path = contourPath(cone(20.5, 20.5), side, side, 0.5);
    expect(lines(path)).toBe(1);
    const radii = points(path).map(({ x, y }) => Math.hypot(x - 20.5, y - 20.5));
    expect(radii.length).toBeGreaterThan(30);
    for (const radius of radii) expect(Math.abs(radius - 10)).toBeLessThan(0.15);
  });

  it('is left open where the area reaches the edge of the map', () => {
    const path = contourPath(cone(0, 20.5), side, side, 0.5);
    expect(lines(path)).toBe(1);
    const ends = points(path);
    expect([ends[0]?.x, ends.at(-1)?.x]).toEqual([0, 0]);
    expect(ends.slice(1, -1).every(({ x }) => x > 0)).toBe(true);
  });

  it('has a line of its own around each area, and around a hole', () => {
    const map = cone(20.5, 20.5).map((value) => (value > 0.75 ? 0 : value));
    expect(lines(contourPath(map, side, side, 0.5))).toBe(2);
  });

  it.each([0, 1.01])('is empty at %d, which the map does not cross', (value) => expect(contourPath(cone(20.5, 20.5), side, side, value)).toBe(''));
});
