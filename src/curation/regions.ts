/** Regions as other programs have them: a class, a note, a box and an outline. */
import { contentOfRegion, parseShape, regionOf as writtenRegion } from '../annotations/shapes';
import type { Region } from '../annotations/types';
import { boundsOf, type Point, type Shape } from '../protocol/shapes';

/** In pixels of the image, from its upper left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Corners of the polygon that stands for an ellipse in formats that have none. */
const CORNERS = 64;

/** @returns undefined for a selector of another form, or without an extent */
export function shapeOf({ target }: Region): Shape | undefined {
  return parseShape(target.selector);
}

/**
 * A region of a shape, to a tenth of a pixel, with a class and a note, either of which it may lack.
 * @throws SmearLensError `input-invalid` where the shape has no extent
 */
export function regionOf(id: string, shape: Shape, { label, note }: { readonly label?: string | undefined; readonly note?: string | undefined }): Region {
  return writtenRegion({ id, shape, classId: label ?? null, note: note ?? '' });
}

/** The class id that a region is tagged with. */
export function labelOf(region: Region): string | undefined {
  return contentOfRegion(region).classId ?? undefined;
}

export function noteOf(region: Region): string | undefined {
  return contentOfRegion(region).note || undefined;
}

export function boxOf(shape: Shape): Box {
  const { left, top, right, bottom } = boundsOf(shape);
  return { x: left, y: top, width: right - left, height: bottom - top };
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
