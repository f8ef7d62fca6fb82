/** Messages between the extension host and the page of the review queue's grid. */
import type { ClassInfo } from './analysis';
import type { GridChange } from './gridChanges';
import type { QueueState } from './queue';

/** An image of the grid. */
export interface GridImage {
  /** Relative to the folder, with '/': known by it. */
  readonly path: string;
  /** Where the page gets the picture; undefined: from the host, as no browser decodes it. */
  readonly uri: string | undefined;
  /** Undefined until its file was read; it cannot be labelled before. */
  readonly sha256: string | undefined;
  readonly state: QueueState;
  readonly label?: string | null | undefined;
  /** Why it comes where it does. */
  readonly reason?: string | undefined;
}

export type GridOrder = 'reason' | 'state' | 'name' | 'similarity';

/** Host to page. */
export type ToGrid =
  /**
   * What is new since the message of number `since`; 0: since nothing, so that it is all of them. A page that has another one passes it over, as it
   * has then just been made and is sent everything once it says that it is ready.
   */
  | { readonly kind: 'images'; readonly number: number; readonly since: number; readonly change: GridChange; readonly classes: readonly ClassInfo[]; readonly order: GridOrder; readonly orders: readonly GridOrder[]; readonly ranking?: string | undefined; readonly busy?: string | undefined }
  /** A picture that was asked for; undefined: nobody can decode it. */
  | { readonly kind: 'picture'; readonly path: string; readonly png: Uint8Array | undefined }
  /** A key was pressed: the page answers with a `label` about the images that are selected. */
  | { readonly kind: 'label-selected'; readonly choice: number | 'unsure' }
  | { readonly kind: 'news'; readonly text: string; readonly failed: boolean };

/** Page to host. */
export type FromGrid =
  | { readonly kind: 'ready' }
  | { readonly kind: 'focus'; readonly focused: boolean }
  | { readonly kind: 'order'; readonly order: GridOrder }
  | { readonly kind: 'picture'; readonly path: string }
  /** Each image with the content that the reviewer saw. */
  | { readonly kind: 'label'; readonly choice: number | 'unsure'; readonly images: readonly { readonly path: string; readonly sha256: string }[] }
  | { readonly kind: 'open'; readonly path: string };
