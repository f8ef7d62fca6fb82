/** The line along which a map crosses a value. Pure and without DOM, like the colours in overlay.ts. */
import { contours } from 'd3-contour';

/** Grid positions a side, at most: the map is bilinear between 7 × 7 to 28 × 28 values, so more shows no other line. */
export const CONTOUR_SIDE = 256;

/** x, y */
type Point = readonly number[];

/**
 * The contour of a map at a value, by marching squares with linear interpolation. Where the area above the value reaches
 * the map's edge the line is left open: the edge is no property of the map.
 *
 * @param values row-major, h × w; position (i, j) is the centre of its pixel, at (i + ½, j + ½)
 * @returns SVG path data in units of the grid, 0 to w and 0 to h; empty where the map does not cross the value
 */
export function contourPath(values: Float32Array, h: number, w: number, value: number): string {
  const { coordinates } = contours().size([w, h]).contour(Array.from(values), value);
  const onEdge = ([x = 0, y = 0]: Point): boolean => x <= 0 || y <= 0 || x >= w || y >= h;
  const parts: string[] = [];
  for (const closed of coordinates.flat()) {
    // Begun at the map's edge, if it touches it, so that no line is cut where the ring happens to begin.
    const points = closed.slice(1);
    const first = Math.max(0, points.findIndex(onEdge));
    const ring = [...points.slice(first), ...points.slice(0, first + 1)];
    let drawing = false;
    for (let i = 1; i < ring.length; i++) {
      const [from, to] = [ring[i - 1], ring[i]];
      if (!from || !to || (onEdge(from) && onEdge(to))) {
        drawing = false;
        continue;
      }
      if (!drawing) parts.push(`M${format(from)}`);
      parts.push(`L${format(to)}`);
      drawing = true;
    }
  }
  return parts.join('');
}

function format([x = 0, y = 0]: Point): string {
  return `${x.toFixed(2)},${y.toFixed(2)}`;
}
