import { describe, expect, it } from 'vitest';
import { areaOf, between, boundsOf, handlesOf, holds, isDrawable, isLargeEnough, moved, rounded, withHandle, type Shape } from '../../../src/protocol/shapes';

const box: Shape = { kind: 'box', x: 10, y: 20, width: 30, height: 40 };
const ellipse: Shape = { kind: 'ellipse', cx: 50, cy: 50, rx: 20, ry: 10 };
/** An L: its bounding box holds a corner that it does not. */
const polygon: Shape = { kind: 'polygon', points: [[0, 0], [40, 0], [40, 10], [10, 10], [10, 40], [0, 40]] };
const point: Shape = { kind: 'point', x: 5, y: 6 };

describe('a shape', () => {
  it('is drawn between two corners, whichever comes first', () => {
    expect(between('box', [40, 60], [10, 20])).toEqual(box);
    expect(between('ellipse', [70, 40], [30, 60])).toEqual(ellipse);
  });

  it('has bounds and an area', () => {
    expect(boundsOf(ellipse)).toEqual({ left: 30, top: 40, right: 70, bottom: 60 });
    expect(boundsOf(polygon)).toEqual({ left: 0, top: 0, right: 40, bottom: 40 });
    expect([box, polygon, point].map(areaOf)).toEqual([1200, 700, 0]);
    expect(areaOf(ellipse)).toBeCloseTo(Math.PI * 200);
  });

  it('holds what is in it, and no more', () => {
    expect([holds(box, [10, 20], 0), holds(box, [9, 20], 0), holds(box, [9, 20], 1)]).toEqual([true, false, true]);
    expect([holds(ellipse, [69, 50], 0), holds(ellipse, [69, 59], 0)]).toEqual([true, false]);
    expect([holds(polygon, [5, 30], 0), holds(polygon, [30, 30], 0), holds(polygon, [13, 30], 3), holds(polygon, [13.1, 30], 3)]).toEqual([true, false, true, false]);
    expect([holds(point, [8, 6], 3), holds(point, [8.1, 6], 3)]).toEqual([true, false]);
  });

  it('changes at a handle and keeps what is opposite, also when turned inside out', () => {
    expect(withHandle(box, 2, [50, 70])).toEqual({ kind: 'box', x: 10, y: 20, width: 40, height: 50 });
    expect(withHandle(box, 0, [60, 80])).toEqual({ kind: 'box', x: 40, y: 60, width: 20, height: 20 });
    expect(withHandle(ellipse, 0, [999, 20])).toEqual({ kind: 'ellipse', cx: 50, cy: 40, rx: 20, ry: 20 });
    expect(withHandle(ellipse, 1, [90, 0])).toEqual({ kind: 'ellipse', cx: 60, cy: 50, rx: 30, ry: 10 });
    expect(withHandle(ellipse, 2, [0, 80])).toEqual({ kind: 'ellipse', cx: 50, cy: 60, rx: 20, ry: 20 });
    expect(withHandle(ellipse, 3, [10, 0])).toEqual({ kind: 'ellipse', cx: 40, cy: 50, rx: 30, ry: 10 });
    expect(boundsOf(withHandle(polygon, 1, [80, 5]))).toEqual({ left: 0, top: 0, right: 80, bottom: 40 });
    for (const shape of [box, ellipse, polygon]) handlesOf(shape).forEach((at, i) => expect(withHandle(shape, i, at)).toEqual(shape));
  });

  it('moves as a whole, and not out of the image', () => {
    const size = { width: 100, height: 100 };
    expect(moved(box, 5, -5, size)).toEqual({ ...box, x: 15, y: 15 });
    expect(moved(ellipse, 999, -999, size)).toEqual({ ...ellipse, cx: 80, cy: 10 });
    expect(boundsOf(moved(polygon, 80, 80, size))).toEqual({ left: 60, top: 60, right: 100, bottom: 100 });
    expect(moved(point, -9, 0, size)).toEqual({ kind: 'point', x: 0, y: 6 });
  });

  it('is none where it is a slip of the hand or has no extent', () => {
    expect([box, ellipse, polygon, point].map((shape) => isLargeEnough(shape, 20))).toEqual([true, true, true, true]);
    expect(isLargeEnough(ellipse, 21)).toBe(false);
    expect(isLargeEnough(between('box', [5, 5], [5, 5]), 0)).toBe(false);
    expect(isDrawable({ kind: 'polygon', points: [[0, 0], [9, 9]] })).toBe(false);
    expect(isDrawable({ kind: 'polygon', points: [[0, 0], [5, 5], [9, 9]] })).toBe(false);
    expect(isDrawable({ ...box, x: NaN })).toBe(false);
    expect(isDrawable({ kind: 'point', x: Infinity, y: 0 })).toBe(false);
  });

  it('is rounded to a tenth, without a minus zero', () => {
    expect(rounded({ kind: 'box', x: -0.01, y: 1.26, width: 3.14, height: 0.05 })).toEqual({ kind: 'box', x: 0, y: 1.3, width: 3.1, height: 0.1 });
    expect(rounded({ kind: 'polygon', points: [[0.04, 0.06]] })).toEqual({ kind: 'polygon', points: [[0, 0.1]] });
  });
});
