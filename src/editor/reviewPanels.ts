import * as vscode from 'vscode';
import { toErrorInfo } from '../errors';
import { REVIEW_VIEW_TYPE } from './contributions';
import { blindName, connectPanel, type PanelOptions } from './editorPanel';
import type { ModelChoices } from './modelChoices';
import { isHidden } from './labelling';
import type { Surface } from './surface';
import { ReviewSession, type ReviewPlace, type ReviewQueue, type ReviewSessionOptions } from './reviewSession';

export interface ReviewOptions extends ReviewSessionOptions, PanelOptions {
  readonly models: ModelChoices;
}

/** The open review sessions, one a folder or queue, each in a panel of its own. */
export class ReviewPanels implements vscode.WebviewPanelSerializer {
  private readonly open = new Map<string, { readonly panel: vscode.WebviewPanel; readonly session: ReviewSession }>();
  private readonly registration = vscode.window.registerWebviewPanelSerializer(REVIEW_VIEW_TYPE, this);

  constructor(private readonly options: ReviewOptions) {}

  /**
   * Reviews a folder, beginning with `first` or with its first image. A folder that is under review already comes to the front.
   * @throws SmearLensError `image-not-found`, `image-unreadable`
   */
  async review(folder: vscode.Uri, first?: vscode.Uri): Promise<void> {
    const known = this.open.get(keyOf(folder));
    if (known) {
      if (first) known.session.goTo(first);
      return known.panel.reveal();
    }
    this.connect(await ReviewSession.open(folder, first, this.options), newPanel());
  }

  /**
   * Reviews images of a folder that were chosen for a reason. A queue of the same title takes the place of the one before.
   * @param first path of the image to begin with; the queue's first where absent
   * @throws SmearLensError `image-not-found` where there are none
   */
  reviewQueue(folder: vscode.Uri, queue: ReviewQueue, first?: string): void {
    const session = this.ofQueue(folder, queue, first);
    this.open.get(keyOf(folder, queue))?.panel.dispose();
    this.connect(session, newPanel());
  }

  /** The session of a panel that has the focus; undefined where that shows another smear. */
  sessionOf(surface: Surface): ReviewSession | undefined {
    return [...this.open.values()].map(({ session }) => session).find((session) => session === surface);
  }

  /** VS Code restores the panels of a window that was reloaded. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const place = placeOf(state);
    try {
      if (!place) throw new Error('The review session has left no note of where it was.');
      const folder = vscode.Uri.parse(place.folder, true);
      const { image, queue } = place;
      const session = queue ? this.ofQueue(folder, queue, image) : await ReviewSession.open(folder, vscode.Uri.joinPath(folder, image), this.options);
      if (place.blind) session.blind = true;
      this.connect(session, panel);
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

  /** A queue may name its model; in a workspace that is not trusted none is run that it brings. */
  private ofQueue(folder: vscode.Uri, queue: ReviewQueue, first?: string): ReviewSession {
    const { models } = this.options;
    const own = queue.model !== undefined && vscode.workspace.isTrusted ? models.only(queue.model) : models;
    return ReviewSession.ofQueue(folder, queue, first, { ...this.options, models: own });
  }

  private connect(session: ReviewSession, panel: vscode.WebviewPanel): void {
    const key = keyOf(session.root, session.queue);
    this.open.set(key, { panel, session });
    const name = (): void => {
      panel.title = isHidden(session, this.options.labels) ? blindName(session.position) : (session.fileName.split('/').pop() ?? '');
    };
    name();
    panel.iconPath = vscode.Uri.joinPath(this.options.extensionUri, 'media', 'icon.png');
    connectPanel(session, panel, this.options);
    // After the page: it is the smear that the reviewer waits for.
    session.onDidChange(name);
    const labels = this.options.labels.onDidChange(name);
    panel.onDidDispose(() => {
      labels.dispose();
      this.open.delete(key);
      session.dispose();
    });
  }
}

function newPanel(): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(REVIEW_VIEW_TYPE, '', vscode.ViewColumn.Active);
}

function keyOf(folder: vscode.Uri, queue?: ReviewQueue): string {
  return JSON.stringify([folder.toString(), queue?.title]);
}

/** What a page has kept, of whatever version wrote it. */
function placeOf(state: unknown): ReviewPlace | undefined {
  const resume = typeof state === 'object' && state !== null && 'resume' in state ? state.resume : undefined;
  const { folder, image, queue, blind }: Partial<Record<keyof ReviewPlace, unknown>> = typeof resume === 'object' && resume !== null ? resume : {};
  if (typeof folder !== 'string' || typeof image !== 'string') return undefined;
  return { folder, image, queue: isQueue(queue) ? queue : undefined, blind: blind === true };
}

function isQueue(value: unknown): value is ReviewQueue {
  if (typeof value !== 'object' || value === null) return false;
  const { title, images, notes, model }: Partial<Record<keyof ReviewQueue, unknown>> = value;
  return typeof title === 'string' && Array.isArray(images) && typeof notes === 'object' && notes !== null && (model === undefined || typeof model === 'string');
}
