import * as crypto from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { opinionOf } from '../annotations/replay';
import type { EventDraft } from '../annotations/types';
import { contextOfSeen } from '../curation/verdicts';
import { SmearLensError, toErrorInfo } from '../errors';
import { imageKey } from '../images/folder';
import type { FromGrid, GridImage, GridOrder, ToGrid } from '../protocol/grid';
import { changeOf } from '../protocol/gridChanges';
import { labelName } from '../protocol/labels';
import { runCommandLine } from './commandLine';
import { browserShows, GRID_FOCUS } from './contributions';
import type { FolderQueue, FolderRow } from './folderQueue';
import { gridPage } from './gridHtml';
import { hashFile } from './hashFile';
import type { InferenceService } from './inferenceService';
import type { LabelBook } from './labelBook';
import type { ReviewPanels } from './reviewPanels';
import type { ReviewQueueFolder } from './reviewQueue';

const VIEW_TYPE = 'smearlens.grid';
/** Pixels of a picture that the page cannot decode itself. */
const MAX_SIDE = 320;

export interface GridOptions {
  readonly extensionUri: vscode.Uri;
  readonly queue: ReviewQueueFolder;
  readonly labels: LabelBook;
  readonly reviews: ReviewPanels;
  readonly inference: InferenceService;
  readonly log: vscode.LogOutputChannel;
  /** Path of dist/cli.js. */
  readonly entry: string;
}

const NOTHING = { number: 0, images: [] };

/** The review queue as a grid of pictures, of which many can be labelled at once. */
export class GridPanel {
  private shown: { readonly panel: vscode.WebviewPanel; readonly queue: FolderQueue } | undefined;
  /** What the page was sent, by the last message's number; 0: nothing. */
  private sent: { readonly number: number; readonly images: readonly GridImage[] } = NOTHING;
  private last = 0;
  private order: GridOrder | undefined;
  /** Places by path; undefined until like images were looked for. */
  private similarity: ReadonlyMap<string, number> | undefined;
  private ordering: AbortController | undefined;

  constructor(private readonly options: GridOptions) {}

  /** Shows the queue's folder; a grid that is open comes to the front. */
  show(queue: FolderQueue): void {
    if (this.shown?.queue === queue) return this.shown.panel.reveal();
    this.shown?.panel.dispose();
    const { extensionUri, log } = this.options;
    const assets = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, `Queue: ${path.basename(queue.folder.fsPath)}`, vscode.ViewColumn.Active, { enableScripts: true, localResourceRoots: [assets, queue.folder], retainContextWhenHidden: false });
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    const { webview } = panel;
    const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(assets, name)).toString();
    this.shown = { panel, queue };
    this.order = this.similarity = undefined;
    this.sent = NOTHING;
    const focus = (focused: boolean): void => void vscode.commands.executeCommand('setContext', GRID_FOCUS, focused);
    const subscriptions = vscode.Disposable.from(
      queue.onDidChange(() => this.post()),
      panel.onDidChangeViewState(() => !panel.active && focus(false)),
      webview.onDidReceiveMessage((message: FromGrid) => {
        if (message.kind === 'focus') return focus(message.focused);
        this.receive(message, panel, queue).catch((thrown: unknown) => {
          const { code, message: text, hint } = toErrorInfo(thrown);
          if (code === 'cancelled') return;
          log.error(`${queue.folder.fsPath}: [${code}] ${text} ${hint}`);
          void webview.postMessage({ kind: 'news', text: `${text} ${hint}`, failed: true } satisfies ToGrid);
        });
      }),
    );
    panel.onDidDispose(() => {
      subscriptions.dispose();
      this.ordering?.abort();
      focus(false);
      if (this.shown?.panel === panel) this.shown = undefined;
    });
    webview.html = gridPage({ cspSource: webview.cspSource, script: asset('grid.js'), style: asset('grid-style.css'), nonce: crypto.randomBytes(16).toString('base64url') });
  }

  /** A key was pressed in the grid: the page says what is selected. */
  labelSelected(choice: number | 'unsure'): void {
    void this.shown?.panel.webview.postMessage({ kind: 'label-selected', choice } satisfies ToGrid);
  }

  /** Takes the latest labels back, or gives them again. */
  async turn(way: 'undo' | 'redo'): Promise<void> {
    if (!this.shown) return;
    const { panel, queue } = this.shown;
    const events = await queue.labels[way](await this.options.labels.writer());
    const text = events ? `${way === 'undo' ? 'Taken back' : 'Given again'}: ${events.length} label${events.length === 1 ? '' : 's'}` : `There is nothing to ${way}.`;
    void panel.webview.postMessage({ kind: 'news', text, failed: false } satisfies ToGrid);
  }

  private async receive(message: Exclude<FromGrid, { kind: 'focus' }>, panel: vscode.WebviewPanel, queue: FolderQueue): Promise<void> {
    switch (message.kind) {
      case 'ready':
        // A new page, which knows nothing.
        this.sent = NOTHING;
        return this.post();
      case 'order':
        return this.sortBy(message.order, queue);
      case 'open':
        return this.options.reviews.review(queue.folder, vscode.Uri.joinPath(queue.folder, message.path));
      case 'picture': {
        const imagePath = vscode.Uri.joinPath(queue.folder, message.path).fsPath;
        const png = await this.options.inference.call('render', { imagePath, maxSide: MAX_SIDE }, { priority: 'background' }).then(
          (picture) => new Uint8Array(picture.png),
          () => undefined,
        );
        return void panel.webview.postMessage({ kind: 'picture', path: message.path, png } satisfies ToGrid);
      }
      case 'label':
        return this.label(message, panel, queue);
    }
  }

  private async sortBy(order: GridOrder, queue: FolderQueue): Promise<void> {
    this.order = order;
    if (order !== 'similarity') {
      queue.sortBy(order);
      return this.post();
    }
    if (this.similarity) return this.post();
    this.ordering?.abort();
    const ordering = (this.ordering = new AbortController());
    const places = new Map<string, number>();
    this.post('Looking at all pictures for what is alike…');
    const { entry, log } = this.options;
    const { failure } = await runCommandLine(['curate', 'similarity', queue.folder.fsPath], {
      entry,
      signal: ordering.signal,
      log: (text) => log.info(text),
      onValue: (value) => {
        const { path: image, place } = value as { path: string; place: number };
        places.set(image, place);
      },
    });
    if (ordering.signal.aborted) return;
    // Images that cannot be read come last; the rest is ordered nevertheless.
    if (failure && places.size === 0) throw failure;
    this.similarity = places;
    this.post();
  }

  private async label({ choice, images }: Extract<FromGrid, { kind: 'label' }>, panel: vscode.WebviewPanel, queue: FolderQueue): Promise<void> {
    const classes = queue.classes;
    const chosen = choice === 'unsure' ? undefined : classes[choice - 1];
    if (choice !== 'unsure' && !chosen) throw new SmearLensError('input-invalid', classes.length === 0 ? 'There is no list of classes yet.' : `There is no class ${choice}: the list has ${classes.length}.`, classes.length === 0 ? 'Label one image in the review session first, or name the classes in .smearlens/project.json.' : `Press 1 to ${Math.min(9, classes.length)}.`);
    const value = chosen?.id ?? null;
    const writer = await this.options.labels.writer();
    const drafts: EventDraft[] = [];
    let others = 0;
    for (const image of images) {
      const uri = vscode.Uri.joinPath(queue.folder, image.path);
      if ((await hashFile(uri.fsPath).catch(() => undefined)) !== image.sha256) others++;
      else drafts.push({ type: 'label', value, image: { path: imageKey(queue.labels.root, uri.fsPath), sha256: image.sha256 }, labelBasis: 'morphology', ...contextOfSeen(queue.reasonOf(image.path)?.verdicts ?? [], opinionOf(queue.labels.state(image.sha256), writer.reviewer)?.label), ...(images.length > 1 ? { bulk: true } : {}) });
    }
    if (drafts.length > 0) await queue.labels.append(writer, drafts, classes);
    const saved = `Saved: ${drafts.length} × ${labelName(value, classes)}`;
    const text = others > 0 ? `${saved}. Not recorded: ${others}, whose files have changed or gone.` : saved;
    void panel.webview.postMessage({ kind: 'news', text, failed: others > 0 } satisfies ToGrid);
  }

  private post(busy?: string): void {
    if (!this.shown) return;
    const { panel, queue } = this.shown;
    const order = this.order ?? queue.order;
    const { rows, ranking } = queue;
    const { similarity } = this;
    const place = (row: FolderRow): number => similarity?.get(row.path) ?? Infinity;
    // A stable sort: what has no place keeps its own.
    const sorted = order === 'similarity' && similarity ? [...rows].sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b))) : rows;
    const images = sorted.map(({ path: file, uri, sha256, state, label, reason }): GridImage => {
      const own = browserShows(file) ? panel.webview.asWebviewUri(uri).with({ query: `v=${sha256?.slice(0, 8) ?? ''}` }).toString() : undefined;
      return { path: file, uri: own, sha256, state, label, reason: reason?.text };
    });
    const orders: GridOrder[] = [...(ranking === undefined ? [] : (['reason'] as const)), 'name', 'state', 'similarity'];
    const { number: since, images: before } = this.sent;
    this.sent = { number: (this.last += 1), images };
    void panel.webview.postMessage({ kind: 'images', number: this.last, since, change: changeOf(before, images), classes: queue.classes, order, orders, ranking, busy } satisfies ToGrid);
  }
}
