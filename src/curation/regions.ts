/** Marked places as shapes in pixels of the image, and back: W3C selectors (https://www.w3.org/TR/annotation-model/) of `Region`. */
import type { Region } from '../annotations/types';

export type Point = readonly [x: number, y: number];

/** In pixels of the image, from its upper left corner. */
export type Shape =
  | { readonly kind: 'point'; readonly x: number; readonly y: number }
  | { readonly kind: 'rectangle'; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
  | { readonly kind: 'ellipse'; readonly cx: number; readonly cy: number; readonly rx: number; readonly ry: number }
  | { readonly kind: 'polygon'; readonly points: readonly Point[] };

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Corners of the polygon that stands for an ellipse in formats that have none. */
const CORNERS = 64;
const MEDIA_FRAGMENTS = 'http://www.w3.org/TR/media-frags/';
const NUMBER = '[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?';

/** @returns undefined for a selector of another form, or without an extent */
export function shapeOf({ target }: Region): Shape | undefined {
  const { type, value } = target.selector;
  if (type === 'FragmentSelector') {
    const found = new RegExp(`^xywh=(?:pixel:)?(${NUMBER}),(${NUMBER}),(${NUMBER}),(${NUMBER})$`).exec(value.trim());
    if (!found) return undefined;
    const [x, y, width, height] = found.slice(1).map(Number);
    if (width < 0 || height < 0) return undefined;
    return width === 0 && height === 0 ? { kind: 'point', x, y } : { kind: 'rectangle', x, y, width, height };
  }
  return type === 'SvgSelector' ? svgShape(value) : undefined;
}

function svgShape(svg: string): Shape | undefined {
  const points = /<polygon\b[^>]*?\spoints\s*=\s*["']([^"']*)["']/i.exec(svg)?.[1];
  if (points !== undefined) {
    const numbers = points.trim().split(/[\s,]+/).map(Number);
    if (numbers.length < 6 || numbers.length % 2 === 1 || !numbers.every(Number.isFinite)) return undefined;
    return { kind: 'polygon', points: Array.from({ length: numbers.length / 2 }, (_, i): Point => [numbers[2 * i], numbers[2 * i + 1]]) };
  }
  const ellipse = /<(ellipse|circle)\b[^>]*>/i.exec(svg)?.[0];
  if (ellipse === undefined) return undefined;
  const attribute = (name: string): number | undefined => {
    const text = new RegExp(`\\s${name}\\s*=\\s*["']\\s*(${NUMBER})\\s*["']`).exec(ellipse)?.[1];
    return text === undefined ? undefined : Number(text);
  };
  const [cx, cy, r] = [attribute('cx') ?? 0, attribute('cy') ?? 0, attribute('r')];
  const [rx, ry] = [attribute('rx') ?? r, attribute('ry') ?? r];
  return rx === undefined || ry === undefined || rx <= 0 || ry <= 0 ? undefined : { kind: 'ellipse', cx, cy, rx, ry };
}

/** The selector of a shape. */
export function selectorOf(shape: Shape): Region['target']['selector'] {
  switch (shape.kind) {
    case 'point':
      return { type: 'FragmentSelector', conformsTo: MEDIA_FRAGMENTS, value: `xywh=pixel:${shape.x},${shape.y},0,0` };
    case 'rectangle':
      return { type: 'FragmentSelector', conformsTo: MEDIA_FRAGMENTS, value: `xywh=pixel:${shape.x},${shape.y},${shape.width},${shape.height}` };
    case 'ellipse':
      return { type: 'SvgSelector', value: `<svg><ellipse cx="${shape.cx}" cy="${shape.cy}" rx="${shape.rx}" ry="${shape.ry}"/></svg>` };
    case 'polygon':
      return { type: 'SvgSelector', value: `<svg><polygon points="${shape.points.map(([x, y]) => `${x},${y}`).join(' ')}"/></svg>` };
  }
}

/** A region of a shape with a class and a note, either of which it may lack. */
export function regionOf(id: string, shape: Shape, { label, note }: { readonly label?: string | undefined; readonly note?: string | undefined }): Region {
  const body = [...(label ? [{ type: 'TextualBody', purpose: 'tagging', value: label }] : []), ...(note ? [{ type: 'TextualBody', purpose: 'commenting', value: note }] : [])];
  return { id, type: 'Annotation', body, target: { selector: selectorOf(shape) } };
}

/** The class id that a region is tagged with. */
export function labelOf({ body }: Region): string | undefined {
  return body.find(({ purpose }) => purpose === 'tagging')?.value;
}

export function noteOf({ body }: Region): string | undefined {
  return body.find(({ purpose }) => purpose === 'commenting')?.value;
}

export function boxOf(shape: Shape): Box {
  switch (shape.kind) {
    case 'point':
      return { x: shape.x, y: shape.y, width: 0, height: 0 };
    case 'rectangle':
      return { x: shape.x, y: shape.y, width: shape.width, height: shape.height };
    case 'ellipse':
      return { x: shape.cx - shape.rx, y: shape.cy - shape.ry, width: 2 * shape.rx, height: 2 * shape.ry };
    case 'polygon': {
      const [xs, ys] = [shape.points.map(([x]) => x), shape.points.map(([, y]) => y)];
      const [x, y] = [Math.min(...xs), Math.min(...ys)];
      return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
    }
  }
}

/** In square pixels; of a polygon by the shoelace formula. */
export function areaOf(shape: Shape): number {
  switch (shape.kind) {
    case 'point':
      return 0;
    case 'rectangle':
      return shape.width * shape.height;
    case 'ellipse':
      return Math.PI * shape.rx * shape.ry;
    case 'polygon':
      return Math.abs(shape.points.reduce((sum, [x, y], i, all) => sum + x * all[(i + 1) % all.length][1] - y * all[(i + 1) % all.length][0], 0)) / 2;
  }
}

/** The corners of a shape; an ellipse as a polygon of {@link CORNERS} with its area. */
export function outlineOf(shape: Shape): readonly Point[] {
  if (shape.kind === 'polygon') return shape.points;
  if (shape.kind === 'ellipse') {
    // The inscribed polygon is a little smaller: its corners are moved out until the areas are the same.
    const angle = (2 * Math.PI) / CORNERS;
    const out = Math.sqrt(angle / Math.sin(angle));
    return Array.from({ length: CORNERS }, (_, i): Point => [shape.cx + out * shape.rx * Math.cos(i * angle), shape.cy + out * shape.ry * Math.sin(i * angle)]);
  }
  const { x, y, width, height } = boxOf(shape);
  return shape.kind === 'point' ? [] : [[x, y], [x + width, y], [x + width, y + height], [x, y + height]];
}
