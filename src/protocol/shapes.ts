/** Marked shapes, in pixels of the image (after its EXIF orientation) from the upper left corner of the first pixel, and what both sides compute of them. Pure. */

export type Point = readonly [x: number, y: number];

/** A closed set: what a region of another shape says stays in the log, but is not drawn. */
export type Shape =
  | { readonly kind: 'box'; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  | { readonly kind: 'ellipse'; readonly cx: number; readonly cy: number; readonly rx: number; readonly ry: number }
  /** Closed; three corners or more. */
  | { readonly kind: 'polygon'; readonly points: readonly Point[] }
  | { readonly kind: 'point'; readonly x: number; readonly y: number };

export type ShapeKind = Shape['kind'];

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The box or ellipse between two corners. */
export function between(kind: 'box' | 'ellipse', [ax, ay]: Point, [bx, by]: Point): Shape {
  const [x, y, width, height] = [Math.min(ax, bx), Math.min(ay, by), Math.abs(ax - bx), Math.abs(ay - by)];
  if (kind === 'box') return { kind, x, y, width, height };
  return { kind, cx: x + width / 2, cy: y + height / 2, rx: width / 2, ry: height / 2 };
}

export function boundsOf(shape: Shape): Bounds {
  switch (shape.kind) {
    case 'box':
      return { left: shape.x, top: shape.y, right: shape.x + shape.width, bottom: shape.y + shape.height };
    case 'ellipse':
      return { left: shape.cx - shape.rx, top: shape.cy - shape.ry, right: shape.cx + shape.rx, bottom: shape.cy + shape.ry };
    case 'point':
      return { left: shape.x, top: shape.y, right: shape.x, bottom: shape.y };
    case 'polygon': {
      const [xs, ys] = [shape.points.map(([x]) => x), shape.points.map(([, y]) => y)];
      return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
    }
  }
}

/** In square pixels; by the shoelace formula for a polygon. */
export function areaOf(shape: Shape): number {
  switch (shape.kind) {
    case 'box':
      return shape.width * shape.height;
    case 'ellipse':
      return Math.PI * shape.rx * shape.ry;
    case 'point':
      return 0;
    case 'polygon':
      return Math.abs(edgesOf(shape.points).reduce((sum, [[ax, ay], [bx, by]]) => sum + ax * by - bx * ay, 0)) / 2;
  }
}

/** Whether every number is finite and the shape holds something; a point needs no extent. */
export function isDrawable(shape: Shape): boolean {
  const numbers = shape.kind === 'polygon' ? shape.points.flat() : Object.values(shape).filter((value) => typeof value === 'number');
  if (!numbers.every((value) => Number.isFinite(value))) return false;
  return shape.kind === 'point' || (shape.kind === 'polygon' ? shape.points.length >= 3 : true) && areaOf(shape) > 0;
}

/**
 * Whether a drawn shape is meant, and no click that slipped.
 * @param least pixels that each side must have
 */
export function isLargeEnough(shape: Shape, least: number): boolean {
  if (shape.kind === 'point') return true;
  const { left, top, right, bottom } = boundsOf(shape);
  return isDrawable(shape) && right - left >= least && bottom - top >= least;
}

/** Whether the shape holds the place, or has its edge within `slack` pixels of it. */
export function holds(shape: Shape, [x, y]: Point, slack: number): boolean {
  const { left, top, right, bottom } = boundsOf(shape);
  if (x < left - slack || x > right + slack || y < top - slack || y > bottom + slack) return false;
  if (shape.kind === 'ellipse') return ((x - shape.cx) / (shape.rx + slack)) ** 2 + ((y - shape.cy) / (shape.ry + slack)) ** 2 <= 1;
  if (shape.kind !== 'polygon') return true;
  const edges = edgesOf(shape.points);
  const crossed = edges.filter(([[ax, ay], [bx, by]]) => ay > y !== by > y && x < ax + ((y - ay) * (bx - ax)) / (by - ay));
  return crossed.length % 2 === 1 || edges.some((edge) => distanceTo(edge, [x, y]) <= slack);
}

/** Where the shape can be taken hold of: the corners of a box or a polygon, the ends of an ellipse's axes. */
export function handlesOf(shape: Shape): readonly Point[] {
  if (shape.kind === 'polygon') return shape.points;
  if (shape.kind === 'point') return [];
  const { left, top, right, bottom } = boundsOf(shape);
  if (shape.kind === 'box') return [[left, top], [right, top], [right, bottom], [left, bottom]];
  return [[shape.cx, top], [right, shape.cy], [shape.cx, bottom], [left, shape.cy]];
}

/** The shape after its handle of this number (of {@link handlesOf}) was drawn to another place; what lies opposite stays. */
export function withHandle(shape: Shape, handle: number, to: Point): Shape {
  if (shape.kind === 'point') return { ...shape, x: to[0], y: to[1] };
  if (shape.kind === 'polygon') return { ...shape, points: shape.points.map((point, i) => (i === handle ? to : point)) };
  const { left, top, right, bottom } = boundsOf(shape);
  if (shape.kind === 'box') return between('box', handlesOf(shape)[(handle + 2) % 4] ?? to, to);
  if (handle % 2 === 0) return between('ellipse', [left, handle === 0 ? bottom : top], [right, to[1]]);
  return between('ellipse', [handle === 1 ? left : right, top], [to[0], bottom]);
}

/** Moved as a whole, and no farther than the edge of an image of this size. */
export function moved(shape: Shape, dx: number, dy: number, { width, height }: { readonly width: number; readonly height: number }): Shape {
  const { left, top, right, bottom } = boundsOf(shape);
  const x = Math.max(-left, Math.min(width - right, dx));
  const y = Math.max(-top, Math.min(height - bottom, dy));
  switch (shape.kind) {
    case 'ellipse':
      return { ...shape, cx: shape.cx + x, cy: shape.cy + y };
    case 'polygon':
      return { ...shape, points: shape.points.map(([px, py]) => [px + x, py + y]) };
    default:
      return { ...shape, x: shape.x + x, y: shape.y + y };
  }
}

/** To the tenth of a pixel in which shapes are stored. */
export function rounded(shape: Shape): Shape {
  if (shape.kind === 'polygon') return { kind: 'polygon', points: shape.points.map(([x, y]) => [tenth(x), tenth(y)]) };
  return Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, typeof value === 'number' ? tenth(value) : value])) as unknown as Shape;
}

function tenth(value: number): number {
  // Never minus zero, which is not the zero that is read again.
  return Math.round(value * 10) / 10 + 0;
}

function edgesOf(points: readonly Point[]): readonly (readonly [Point, Point])[] {
  return points.map((point, i) => [point, points[(i + 1) % points.length] ?? point]);
}

function distanceTo([[ax, ay], [bx, by]]: readonly [Point, Point], [x, y]: Point): number {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}
