/**
 * Messages between the extension host and the editor's webview. The webview says that it is ready, is sent one full
 * snapshot and what was inquired into the smear, and can be rebuilt from the two at any time; each later one replaces the
 * one before.
 */
import type { ErrorInfo } from '../errors';
import type { Analysis } from './analysis';
import type { MapInquiry } from './inquiry';
import type { InquiryKind, InquiryStates } from './inquiryState';
import type { ChecksAsked, MapChecks } from './mapChecks';
import type { LabelCommand, LabelNews, LabelRequest, LabelState } from './labels';
import type { RegionCommand } from './regions';
import type { MapInQuestion } from './trust';
import type { ViewState } from './viewState';

/** Where the webview gets the picture from. */
export type ImageSource =
  /** A file that a browser decodes itself. */
  | { readonly kind: 'uri'; readonly uri: string }
  /** One that it cannot (TIFF), decoded by the inference process and perhaps made smaller; no two have the same `version`. Width and height are those of the file's image. */
  | { readonly kind: 'png'; readonly version: number; readonly png: Uint8Array; readonly width: number; readonly height: number }
  /** Neither can decode it. */
  | { readonly kind: 'unshowable' };

/** How far the analysis of the image on show has come. */
export type AnalysisState =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly analysis: Analysis }
  | { readonly kind: 'failed'; readonly error: ErrorInfo }
  | { readonly kind: 'deleted' };

/** The same as the page is told it: in a blind review nothing, until the smear has its label. */
export type ShownState = AnalysisState | { readonly kind: 'hidden' };

/** Where the smear stands among those that are reviewed. */
export interface Position {
  /** From 1. */
  readonly number: number;
  readonly count: number;
}

/** All that the webview shows. */
export interface EditorSnapshot {
  /** Tells one smear from another; the page may show many in turn. */
  readonly id: string;
  /** Relative to the folder under review, with '/'. */
  readonly fileName: string;
  /** Absent until there is one. */
  readonly image?: ImageSource | undefined;
  readonly state: ShownState;
  /** Taken up from the first snapshot only: from then on the webview's own is newer. */
  readonly view: ViewState;
  /** Absent in the custom editor, which knows nothing of a smear's neighbours until it is asked to go there. */
  readonly position?: Position | undefined;
  /** Why the smear is shown, in words; absent where it was not chosen for a reason. */
  readonly note?: string | undefined;
  /** For the page to keep with its state, so that a review session can be taken up after a reload. */
  readonly resume?: unknown;
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
export type ToEditor =
  | { readonly kind: 'snapshot'; readonly snapshot: EditorSnapshot }
  /** What was inquired into the smear with this id, after its first snapshot and at every change; an answer grows in many steps. */
  | { readonly kind: 'inquiries'; readonly id: string; readonly states: InquiryStates; readonly checks?: MapChecks | undefined }
  /** The labels of the smear with this id, after its first snapshot and at every change; `news`: what became of a key, once. */
  | { readonly kind: 'labels'; readonly id: string; readonly state: LabelState; readonly news?: LabelNews | undefined }
  | { readonly kind: 'label-command'; readonly command: LabelCommand }
  | { readonly kind: 'region-command'; readonly command: RegionCommand }
  /** Pictures that may be shown next, to be fetched and decoded ahead. Those of earlier messages may be forgotten. */
  | { readonly kind: 'prefetch'; readonly images: readonly ImageSource[] }
  | { readonly kind: 'command'; readonly command: ViewCommand }
  /** Asks for a picture as a file; answered by one `exported`. */
  | { readonly kind: 'export'; readonly request: number; readonly what: Export };

/** The picture as it is on show, with its overlay and caption; or the contact sheet of all classes and methods. */
export type Export = 'overlay' | 'sheet';

/** What the page's buttons ask of the host. */
export type EditorAction = 'retry' | 'show-log' | 'choose-model' | 'choose-layer' | 'copy-result' | 'export-overlay' | 'contact-sheet' | 'previous' | 'next' | 'undo-label';

/** A picture as a file. */
export interface ExportedPicture {
  readonly png: Uint8Array;
  /** Of a contact sheet: the same as a drawing. */
  readonly svg?: string | undefined;
  /** What it shows, for the file's name. */
  readonly name: string;
}

/** The picture, or what stands in its way. */
export type Exported = ExportedPicture | { readonly error: ErrorInfo };

/** What the page keeps with `setState`, to be found again when it is loaded anew. */
export interface PageState {
  readonly view: ViewState;
  readonly resume?: unknown;
}

/** Webview to host; none of them has a reply of its own. */
export type FromEditor =
  /** The webview listens. `state` is what it kept, of whatever version wrote it. */
  | { readonly kind: 'ready'; readonly state: unknown }
  /** The reviewer changed the view; the host keeps it for the next time this document is shown. */
  | { readonly kind: 'view'; readonly view: ViewState }
  /** The picture took or lost the keyboard's focus. Only while it has it, single keys are commands. */
  | { readonly kind: 'focus'; readonly focused: boolean }
  /** The browser cannot decode the image at the `uri` of the snapshot with this `id`. */
  | { readonly kind: 'image-failed'; readonly id: string }
  /** The reviewer wants a map of the smear with this id that takes long work. What is being computed or known already is not computed again. */
  | { readonly kind: 'inquire'; readonly id: string; readonly inquiry: MapInquiry }
  | { readonly kind: 'stop-inquiry'; readonly id: string; readonly inquiry: InquiryKind }
  /** May one believe the map on show? */
  | { readonly kind: 'check'; readonly id: string; readonly map: MapInQuestion; readonly asked: ChecksAsked }
  | { readonly kind: 'stop-checks'; readonly id: string }
  | LabelRequest
  | { readonly kind: 'exported'; readonly request: number; readonly result: Exported }
  | { readonly kind: 'action'; readonly action: EditorAction };
