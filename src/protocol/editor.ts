/**
 * Messages between the extension host and the editor's webview. The webview says that it is ready, is sent one full
 * snapshot, and can be rebuilt from it at any time; every later snapshot replaces the one before.
 */
import type { ErrorInfo } from '../errors';
import type { Analysis } from './analysis';
import type { ViewState } from './viewState';

/** Where the webview gets the picture from. */
export type ImageSource =
  /** A file that a browser decodes itself. */
  | { readonly kind: 'uri'; readonly uri: string }
  /** One that it cannot (TIFF), decoded by the inference process. */
  | { readonly kind: 'png'; readonly png: Uint8Array }
  /** Neither can decode it. */
  | { readonly kind: 'unshowable' };

/** How far the analysis of the image on show has come. */
export type AnalysisState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly analysis: Analysis }
  | { readonly kind: 'failed'; readonly error: ErrorInfo }
  | { readonly kind: 'deleted' };

/** All that the webview shows. */
export interface EditorSnapshot {
  readonly fileName: string;
  /** Absent until there is one. */
  readonly image?: ImageSource | undefined;
  readonly state: AnalysisState;
  /** Taken up from the first snapshot only: from then on the webview's own is newer. */
  readonly view: ViewState;
}

/** What the reviewer's keys ask of the page; VS Code has the keys, so that they can be changed there. */
export type ViewCommand =
  | 'zoom-in'
  | 'zoom-out'
  | 'fit'
  | 'actual-size'
  | 'pan-left'
  | 'pan-right'
  | 'pan-up'
  | 'pan-down'
  | 'toggle-overlay'
  | 'next-method'
  | 'toggle-panel';

/** Host to webview. */
export type ToEditor = { readonly kind: 'snapshot'; readonly snapshot: EditorSnapshot } | { readonly kind: 'command'; readonly command: ViewCommand };

/** What the panel's buttons ask of the host. */
export type EditorAction = 'retry' | 'show-log' | 'choose-model';

/** Webview to host; none of them has a reply of its own. */
export type FromEditor =
  /** The webview listens. `view` is what it kept with `setState`, of whatever version wrote it. */
  | { readonly kind: 'ready'; readonly view: unknown }
  /** The reviewer changed the view; the host keeps it for the next time this document is shown. */
  | { readonly kind: 'view'; readonly view: ViewState }
  /** The picture took or lost the keyboard's focus. Only while it has it, single keys are commands. */
  | { readonly kind: 'focus'; readonly focused: boolean }
  /** The browser cannot decode the image at the `uri` of the snapshot. */
  | { readonly kind: 'image-failed' }
  | { readonly kind: 'action'; readonly action: EditorAction };
