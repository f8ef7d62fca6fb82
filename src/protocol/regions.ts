/** What the page shows of marked regions, and what it asks for. */
import type { Shape, ShapeKind } from './shapes';

/** What a reviewer says of a region. */
export interface RegionContent {
  /** UUID; the page makes it for a region that it has drawn. */
  readonly id: string;
  /** Undefined: one that cannot be drawn, which then stays as it is. */
  readonly shape?: Shape | undefined;
  /** null: it has none. */
  readonly classId: string | null;
  readonly note: string;
}

/** A region of the smear on show. */
export interface ShownRegion extends RegionContent {
  readonly reviewer: string;
  /** Of the reviewer, who alone may change it. */
  readonly own: boolean;
}

/** Page to host. As a label, it names the image that the reviewer saw; of another one it is refused. */
export type RegionRequest =
  | { readonly kind: 'region'; readonly id: string; readonly sha256: string; readonly region: RegionContent }
  | { readonly kind: 'delete-region'; readonly id: string; readonly sha256: string; /** Its id. */ readonly region: string };

/** Host to page: a key was pressed. A kind of shape: draws such ones from now on. */
export type RegionCommand = ShapeKind | 'select' | 'leave' | 'delete' | 'toggle';

export const SHAPE_NAMES: Readonly<Record<ShapeKind, string>> = { box: 'Box', ellipse: 'Ellipse', polygon: 'Polygon', point: 'Point' };

export function regionName({ shape }: Pick<RegionContent, 'shape'>): string {
  return shape ? SHAPE_NAMES[shape.kind] : 'Region';
}
