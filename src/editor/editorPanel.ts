import * as crypto from 'node:crypto';
import * as vscode from 'vscode';
import type { CommandId } from '../commands/table';
import { fromErrorInfo, SmearLensError, toErrorInfo } from '../errors';
import type { AnalysisState, EditorAction, Export, Exported, ExportedPicture, FromEditor, ImageSource, PageState, Position, ToEditor } from '../protocol/editor';
import type { InquiryStates } from '../protocol/inquiryState';
import type { MapChecks } from '../protocol/mapChecks';
import type { LabelNews, LabelRequest } from '../protocol/labels';
import { restoreView } from '../protocol/viewState';
import type { ActiveSmear } from './activeSmear';
import type { CanvasFocus } from './canvasFocus';
import { editorPage } from './html';
import type { LabelBook } from './labelBook';
import { isHidden, labelState, type Labelling } from './labelling';
import type { Picture, SmearDocument } from './smearDocument';
import type { Surface } from './surface';
import type { ViewMemory } from './viewMemory';

const ACTIONS: Record<Exclude<EditorAction, 'retry'>, CommandId> = {
  'show-log': 'smearlens.showLog',
  'choose-model': 'smearlens.chooseModel',
  'choose-layer': 'smearlens.chooseLayer',
  'copy-result': 'smearlens.copyResult',
  'export-overlay': 'smearlens.exportOverlay',
  'contact-sheet': 'smearlens.contactSheet',
  'undo-label': 'smearlens.undoLabel',
  'previous': 'smearlens.previous',
  'next': 'smearlens.next',
};

export interface PanelOptions {
  readonly extensionUri: vscode.Uri;
  readonly active: ActiveSmear;
  readonly canvasFocus: CanvasFocus;
  readonly viewMemory: ViewMemory;
  readonly labels: LabelBook;
  readonly labelling: Labelling;
}

/** Joins one webview to its surface for as long as its panel lives. */
export function connectPanel(surface: Surface, panel: vscode.WebviewPanel, options: PanelOptions): void {
  const connection = new PanelConnection(surface, panel, options);
  panel.onDidDispose(() => connection.dispose());
}

/**
 * A snapshot when the page is ready and at every change. VS Code discards the page of a hidden tab and loads it again when
 * shown, and then it says again that it is ready.
 */
class PanelConnection {
  private readonly subscriptions: vscode.Disposable;
  private ready = false;
  /** What the page was last sent. */
  private posted: { readonly document: SmearDocument; readonly state: AnalysisState; readonly picture: Picture | undefined; readonly count: number | undefined; readonly hidden: boolean } | undefined;
  private postedInquiries: { readonly document: SmearDocument; readonly states: InquiryStates; readonly checks: MapChecks | undefined } | undefined;
  private postedLabels = '';
  private prefetched = '';
  private looking: { readonly document: SmearDocument; readonly end: vscode.Disposable } | undefined;
  private readonly exports = new Map<number, (result: Exported) => void>();
  private requests = 0;

  constructor(
    private readonly surface: Surface,
    private readonly panel: vscode.WebviewPanel,
    private readonly options: PanelOptions,
  ) {
    const { webview } = panel;
    const assets = vscode.Uri.joinPath(options.extensionUri, 'dist', 'webview');
    const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(assets, name)).toString();
    webview.options = { enableScripts: true, localResourceRoots: [assets, surface.root] };
    this.subscriptions = vscode.Disposable.from(
      webview.onDidReceiveMessage((message: FromEditor) => this.receive(message)),
      surface.onDidChange(() => this.update()),
      options.labels.onDidChange(() => this.update()),
      panel.onDidChangeViewState(() => this.look()),
      options.canvasFocus.follow(panel),
      options.active.follow({ surface, panel, exportPicture: (what) => this.exportPicture(what) }),
    );
    this.look();
    webview.html = editorPage({
      cspSource: webview.cspSource,
      script: asset('editor.js'),
      style: asset('style.css'),
      nonce: crypto.randomBytes(16).toString('base64url'),
    });
  }

  dispose(): void {
    this.abandonExports();
    this.looking?.end.dispose();
    this.subscriptions.dispose();
  }

  private receive(message: FromEditor): void {
    const { surface, options } = this;
    switch (message.kind) {
      case 'ready':
        this.ready = true;
        this.abandonExports();
        this.posted = undefined;
        this.postedInquiries = undefined;
        this.postedLabels = '';
        this.prefetched = '';
        // The host's own is newer, except after a reload of the window, which only the page's state outlives.
        surface.view ??= isPageState(message.state) ? restoreView(message.state.view) : options.viewMemory.firstView(surface.current.uri);
        return this.update();
      case 'view':
        surface.view = restoreView(message.view);
        return options.viewMemory.keep(surface.view);
      case 'focus':
        return options.canvasFocus.set(this.panel, message.focused);
      case 'image-failed':
        // The reviewer may have gone on since.
        return void (message.id === idOf(surface.current) && surface.current.renderPicture());
      case 'inquire':
        return void (message.id === idOf(surface.current) && surface.current.inquire(message.inquiry));
      case 'stop-inquiry':
        if (message.id === idOf(surface.current)) surface.current.inquiries.stop(message.inquiry);
        return;
      case 'check':
        return void (message.id === idOf(surface.current) && surface.current.check(message.map, message.asked));
      case 'stop-checks':
        if (message.id === idOf(surface.current)) surface.current.checker.stop();
        return;
      case 'label':
      case 'note':
      case 'exclude':
      case 'region':
      case 'delete-region':
        return void this.label(message);
      case 'exported':
        this.exports.get(message.request)?.(message.result);
        return void this.exports.delete(message.request);
      case 'action':
        if (message.action === 'retry') return surface.current.refresh();
        return void vscode.commands.executeCommand(ACTIONS[message.action]);
    }
  }

  private update(): void {
    this.look();
    if (!this.ready) return;
    this.postSnapshot();
    this.postLabels();
    this.postInquiries();
    this.postPrefetch();
  }

  private postSnapshot(): void {
    const { current: document, fileName, position, note, resume, view } = this.surface;
    const { state, picture } = document;
    const hidden = isHidden(this.surface, this.options.labels);
    const next = { document, state, picture, count: position?.count, hidden };
    const { posted } = this;
    if (posted && posted.document === document && posted.state === state && posted.picture === picture && posted.count === next.count && posted.hidden === hidden) return;
    this.posted = next;
    const shown = hidden ? { fileName: blindName(position), state: { kind: 'hidden' } as const, note: undefined } : { fileName, state, note };
    this.post({ kind: 'snapshot', snapshot: { id: idOf(document), image: this.imageSource(document), view: restoreView(view), position, resume, ...shown } });
  }

  private postLabels(news?: LabelNews): void {
    const id = idOf(this.surface.current);
    const state = labelState(this.surface, this.options.labels);
    const key = JSON.stringify([id, state]);
    if (key === this.postedLabels && !news) return;
    this.postedLabels = key;
    this.post({ kind: 'labels', id, state, news });
  }

  private async label(request: LabelRequest): Promise<void> {
    const news = await this.options.labelling.take(this.surface, request, request.id === idOf(this.surface.current));
    this.update();
    this.postLabels(news);
  }

  /** Beside the snapshot, because an answer comes in many steps and a picture may be large. */
  private postInquiries(): void {
    const { current: document } = this.surface;
    const { inquiries: { states }, checker: { checks } } = document;
    const { postedInquiries: posted } = this;
    if (isHidden(this.surface, this.options.labels)) return;
    if (posted?.document === document && posted.states === states && posted.checks === checks) return;
    this.postedInquiries = { document, states, checks };
    this.post({ kind: 'inquiries', id: idOf(document), states, checks });
  }

  /** Pictures only: an analysis is small enough to come with its snapshot. */
  private postPrefetch(): void {
    const pictures = this.surface.neighbours.filter(({ picture }) => picture);
    const key = pictures.map(({ picture }) => picture && 'version' in picture ? picture.version : 0).join();
    if (key === this.prefetched) return;
    this.prefetched = key;
    this.post({ kind: 'prefetch', images: pictures.flatMap((neighbour) => this.imageSource(neighbour) ?? []) });
  }

  private imageSource({ picture, uri }: SmearDocument): ImageSource | undefined {
    if (picture?.kind !== 'file') return picture;
    // The version makes the browser read a file anew that has changed. Added last: asWebviewUri drops a query.
    return { kind: 'uri', uri: this.panel.webview.asWebviewUri(uri).with({ query: `version=${picture.version}` }).toString() };
  }

  /** The smear on show in a visible panel comes before all others. */
  private look(): void {
    const document = this.panel.visible ? this.surface.current : undefined;
    if (document === this.looking?.document) return;
    const before = this.looking;
    this.looking = document && { document, end: document.look() };
    // Last: what the smear before gives up when nobody looks any more is a change, which comes back here.
    before?.end.dispose();
  }

  /** @throws SmearLensError `input-invalid` where the verdict has to stay hidden */
  private async exportPicture(what: Export): Promise<ExportedPicture> {
    if (isHidden(this.surface, this.options.labels)) throw new SmearLensError('input-invalid', 'The verdict is hidden until the smear has its label.', 'Label it first, or end the blind review.');
    const request = ++this.requests;
    const result = await new Promise<Exported>((resolve) => {
      this.exports.set(request, resolve);
      this.post({ kind: 'export', request, what });
    });
    if ('error' in result) throw fromErrorInfo(result.error);
    return result;
  }

  /** A page that was closed or loaded anew answers no more. */
  private abandonExports(): void {
    const error = toErrorInfo(new SmearLensError('cancelled', 'The picture was closed before it was exported.', 'Open it and export it again.'));
    for (const resolve of this.exports.values()) resolve({ error });
    this.exports.clear();
  }

  private post(message: ToEditor): void {
    void this.panel.webview.postMessage(message);
  }
}

function idOf({ uri }: SmearDocument): string {
  return uri.toString();
}

function isPageState(state: unknown): state is PageState {
  return typeof state === 'object' && state !== null && 'view' in state;
}

/** The file's name may say its class. */
export function blindName(position: Position | undefined): string {
  return position ? `Image ${position.number}` : 'Image';
}
