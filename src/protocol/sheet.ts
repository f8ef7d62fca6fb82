/** Messages between the extension host and the page that shows a sheet. */

/** Host to page, once the page is ready. */
export interface ToSheet {
  /** What the drawing shows, e.g. 'Contact sheet of a.png'. */
  readonly title: string;
  readonly svg: string;
}

export type SheetFormat = 'svg' | 'png';

/** Page to host. */
export type FromSheet = { readonly kind: 'ready' } | { readonly kind: 'save'; readonly format: SheetFormat };
