import * as vscode from 'vscode';
import { toErrorInfo } from '../errors';
import { REVIEW_VIEW_TYPE } from './contributions';
import { connectPanel, type PanelOptions } from './editorPanel';
import { ReviewSession, type ReviewPlace } from './reviewSession';
import type { SmearDocumentOptions } from './smearDocument';

export interface ReviewOptions extends SmearDocumentOptions, PanelOptions {}

/** The open review sessions, one a folder, each in a panel of its own. */
export class ReviewPanels implements vscode.WebviewPanelSerializer {
  private readonly open = new Map<string, { readonly panel: vscode.WebviewPanel; readonly session: ReviewSession }>();
  private readonly registration = vscode.window.registerWebviewPanelSerializer(REVIEW_VIEW_TYPE, this);

  constructor(private readonly options: ReviewOptions) {}

  /**
   * Reviews a folder, beginning with `first` or with its first image. A folder that is under review already comes to the front.
   * @throws SmearLensError `image-not-found`, `image-unreadable`
   */
  async review(folder: vscode.Uri, first?: vscode.Uri): Promise<void> {
    const known = this.open.get(folder.toString());
    if (known) {
      if (first) known.session.goTo(first);
      return known.panel.reveal();
    }
    const session = await ReviewSession.open(folder, first, this.options);
    this.connect(session, vscode.window.createWebviewPanel(REVIEW_VIEW_TYPE, '', vscode.ViewColumn.Active));
  }

  /** VS Code restores the panels of a window that was reloaded. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const place = placeOf(state);
    try {
      if (!place) throw new Error('The review session has left no note of where it was.');
      const folder = vscode.Uri.parse(place.folder, true);
      this.connect(await ReviewSession.open(folder, vscode.Uri.joinPath(folder, place.image), this.options), panel);
    } catch (thrown) {
      const { message, hint } = toErrorInfo(thrown);
      panel.dispose();
      void vscode.window.showWarningMessage(`A review session could not be taken up again: ${message} ${hint}`);
    }
  }

  dispose(): void {
    this.registration.dispose();
    for (const { panel } of this.open.values()) panel.dispose();
  }

  private connect(session: ReviewSession, panel: vscode.WebviewPanel): void {
    const folder = session.root.toString();
    this.open.set(folder, { panel, session });
    const name = (): void => void (panel.title = session.fileName.split('/').pop() ?? '');
    name();
    panel.iconPath = vscode.Uri.joinPath(this.options.extensionUri, 'media', 'icon.png');
    connectPanel(session, panel, this.options);
    // After the page: it is the smear that the reviewer waits for.
    session.onDidChange(name);
    panel.onDidDispose(() => {
      this.open.delete(folder);
      session.dispose();
    });
  }
}

function placeOf(state: unknown): ReviewPlace | undefined {
  const resume = typeof state === 'object' && state !== null && 'resume' in state ? state.resume : undefined;
  const { folder, image }: Partial<Record<keyof ReviewPlace, unknown>> = typeof resume === 'object' && resume !== null ? resume : {};
  return typeof folder === 'string' && typeof image === 'string' ? { folder, image } : undefined;
}
