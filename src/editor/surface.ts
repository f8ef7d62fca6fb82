import type * as vscode from 'vscode';
import type { Position } from '../protocol/editor';
import type { ViewState } from '../protocol/viewState';
import type { SmearDocument } from './smearDocument';

/** What a page shows: one smear at a time. The custom editor is one, a review session the other. */
export interface Surface {
  /** The smear on show. */
  readonly current: SmearDocument;
  /** Smears that may be on show next, kept ready. */
  readonly neighbours: readonly SmearDocument[];
  /** `current` is another, it changed, or a neighbour did. */
  readonly onDidChange: vscode.Event<void>;
  /** What the reviewer chose to see; undefined until a page has shown it. */
  view: ViewState | undefined;
  /** Absent where the smears are not counted. */
  readonly position?: Position | undefined;
  /** What there is to know of the smear on show, where it was chosen for a reason. */
  readonly note?: string | undefined;
  /** The smear's path as it is told to the reviewer. */
  readonly fileName: string;
  /** The folder whose images the page may read. */
  readonly root: vscode.Uri;
  /** See {@link import('../protocol/editor').EditorSnapshot.resume}. */
  readonly resume?: unknown;
  /** Verdict, maps and names stay hidden until the reviewer has labelled. */
  readonly blind?: boolean | undefined;
  /** The smear was labelled before and is shown again without saying so. */
  readonly isRepeat?: boolean | undefined;
  /** The reviewer decides between the labels of others. */
  readonly adjudicates?: boolean | undefined;
  /** The smear on show got its label. */
  decided?(): void;
  /** Shows the next smear (1) or the one before (-1). */
  go(step: 1 | -1): Promise<void> | void;
}
