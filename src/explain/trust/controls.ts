/** Which pixels a map marks, and the same areas elsewhere: what a map is worth shows beside controls of its own area and shape. */
import { bilinearResize } from '../overlay';
import type { MapInQuestion } from '../../protocol/trust';
import { gaussian } from './blur';

/** Places of the image's pixels in the order of the map's value, 0 the highest: a fraction f is what lies below f · pixels. */
export interface Order {
  readonly name: string;
  readonly places: Uint32Array;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/** At most so many controls. */
const CONTROLS = 8;
/** A copy that marks more than this share of what the map marks itself is no control. */
const OVERLAP = 1 / 4;
/** The areas that are compared for it. */
const MARKED = 0.1;
/** Down and across, as shares of the height and the width. */
const SHIFTS: readonly (readonly [number, number, string])[] = [
  [1 / 2, 1 / 2, 'by half down and across'],
  [0, 1 / 2, 'by half across'],
  [1 / 2, 0, 'by half down'],
  [1 / 4, 3 / 4, 'by a quarter down, three across'],
  [3 / 4, 1 / 4, 'by three quarters down, one across'],
  [1 / 4, 1 / 4, 'by a quarter down and across'],
  [3 / 4, 3 / 4, 'by three quarters down and across'],
  [1 / 3, 2 / 3, 'by a third down, two across'],
  [2 / 3, 1 / 3, 'by two thirds down, one across'],
];

/**
 * Ranks the pixels of the network's input by a map, upsampled bilinearly. Pixels of equal value (a map is 0 over wide areas) come in
 * the order of how near they lie to higher ones, by the blurred map.
 */
export function orderOf(map: MapInQuestion, { height, width }: Size): Order {
  const values = bilinearResize(map.raw, map.height, map.width, height, width);
  const near = gaussian(values, height, width, Math.max(height, width) / 4);
  const sorted = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[b] - values[a] || near[b] - near[a] || a - b);
  const places = new Uint32Array(values.length);
  sorted.forEach((pixel, place) => (places[pixel] = place));
  return { name: 'the map', places };
}

/** The order turned by 180 degrees (and by 90 and 270 where the input is square) and moved cyclically; at most 8, the more distinct ones. */
export function controlsOf(order: Order, size: Size): Order[] {
  const { height, width } = size;
  const turned: (90 | 180 | 270)[] = height === width ? [90, 180, 270] : [180];
  const candidates = [
    ...turned.map((degrees) => ({ name: `turned by ${degrees}°`, places: rotate(order.places, size, degrees) })),
    ...SHIFTS.map(([down, across, words]) => ({ name: `moved ${words}`, places: shift(order.places, size, Math.round(down * height), Math.round(across * width)) })),
  ];
  return candidates.filter((c) => overlap(order.places, c.places) <= OVERLAP).slice(0, CONTROLS);
}

/** Turned counter-clockwise; by 90 and 270 degrees only where the input is square. */
export function rotate(places: Uint32Array, { height, width }: Size, degrees: 90 | 180 | 270): Uint32Array {
  const from = { 90: (y: number, x: number) => [x, width - 1 - y], 180: (y: number, x: number) => [height - 1 - y, width - 1 - x], 270: (y: number, x: number) => [height - 1 - x, y] }[degrees];
  return places.map((_, pixel) => {
    const [y, x] = from(Math.floor(pixel / width), pixel % width);
    return places[y * width + x];
  });
}

/** Moved down and to the right by so many pixels; what leaves the image comes in on the other side. */
export function shift(places: Uint32Array, { height, width }: Size, down: number, across: number): Uint32Array {
  return places.map((_, pixel) => {
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    return places[((y - down + height) % height) * width + ((x - across + width) % width)];
  });
}

/** Share of the marked area that both mark, 0 to 1. */
function overlap(a: Uint32Array, b: Uint32Array): number {
  const marked = Math.round(MARKED * a.length);
  let both = 0;
  for (let i = 0; i < a.length; i++) if (a[i] < marked && b[i] < marked) both++;
  return both / marked;
}
