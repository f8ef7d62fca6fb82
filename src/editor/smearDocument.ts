import * as vscode from 'vscode';
import { SmearLensError, toErrorInfo } from '../errors';
import type { ModelChoice } from '../protocol/inference';
import type { AnalysisState } from '../protocol/editor';
import type { ViewState } from '../protocol/viewState';
import { browserShows } from './contributions';
import type { InferenceService } from './inferenceService';
import { affectsModel } from './settings';

/** Pixels: larger than any editor shows it, small enough to send. */
const MAX_RENDERED_SIDE = 2048;

/** The picture as it can be shown: by the browser from the file, from decoded bytes, or not at all. */
export type Picture = { readonly kind: 'file'; readonly version: number } | { readonly kind: 'png'; readonly png: Uint8Array } | { readonly kind: 'unshowable' };

export interface SmearDocumentOptions {
  readonly inference: InferenceService;
  readonly log: vscode.LogOutputChannel;
  /** Read anew at each analysis: settings may have changed. */
  readonly chooseModel: (uri: vscode.Uri) => ModelChoice;
}

/**
 * One image file, what the model says about it, and what the reviewer last chose to see of it. Read only. Its first
 * analysis, too, begins with {@link refresh}.
 */
export class SmearDocument implements vscode.CustomDocument {
  state: AnalysisState = { kind: 'running' };
  picture: Picture | undefined;
  /** Undefined until a webview has shown this document. */
  view: ViewState | undefined;

  private readonly changed = new vscode.EventEmitter<void>();
  /** `state` or `picture` is another than before. */
  readonly onDidChange = this.changed.event;

  private readonly subscriptions: vscode.Disposable;
  /** Of the newest analysis; aborted when the next one starts and when the document closes. */
  private running = new AbortController();
  private version = 0;

  constructor(
    readonly uri: vscode.Uri,
    private readonly options: SmearDocumentOptions,
  ) {
    // The folder, with a filter: a file name may hold characters that mean something in a glob.
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), '*'));
    const own = (handle: () => void) => (changed: vscode.Uri) => changed.toString() === uri.toString() && handle();
    watcher.onDidChange(own(() => this.refresh()));
    watcher.onDidCreate(own(() => this.refresh()));
    watcher.onDidDelete(own(() => this.markDeleted()));
    const settings = vscode.workspace.onDidChangeConfiguration((change) => {
      if (affectsModel(change, uri)) this.refresh();
    });
    this.subscriptions = vscode.Disposable.from(watcher, settings, this.changed);
  }

  /** Reads the file anew: shows it and has it analysed. What was under way for the file before is cancelled. */
  refresh(): void {
    const { signal } = this.restart();
    this.version++;
    this.picture = browserShows(this.uri.path) ? { kind: 'file', version: this.version } : undefined;
    this.state = { kind: 'running' };
    this.changed.fire();
    if (!this.picture) void this.renderPicture();
    void this.analyse(signal);
  }

  /** Has the inference process decode the picture, where the browser cannot. */
  async renderPicture(): Promise<void> {
    const { signal } = this.running;
    const picture = await this.options.inference
      .call('render', { imagePath: this.uri.fsPath, maxSide: MAX_RENDERED_SIDE }, { priority: 'interactive', signal })
      // A copy, because a Node Buffer is sent to a webview as JSON and not as bytes.
      .then(({ png }): Picture => ({ kind: 'png', png: new Uint8Array(png) }))
      .catch((thrown: unknown): Picture => {
        if (!signal.aborted) this.options.log.warn(`${this.uri.fsPath}: ${toErrorInfo(thrown).message}`);
        return { kind: 'unshowable' };
      });
    if (signal.aborted) return;
    this.picture = picture;
    this.changed.fire();
  }

  dispose(): void {
    this.running.abort();
    this.subscriptions.dispose();
  }

  private restart(): AbortController {
    this.running.abort();
    this.running = new AbortController();
    return this.running;
  }

  private async analyse(signal: AbortSignal): Promise<void> {
    const state = await this.askModel(signal).catch((thrown: unknown): AnalysisState => {
      const error = toErrorInfo(thrown);
      if (!signal.aborted) this.options.log.error(`${this.uri.fsPath}: [${error.code}] ${error.message} ${error.hint}`);
      return { kind: 'failed', error };
    });
    // Closed, deleted or started anew in the meantime: this answer is nobody's any more.
    if (signal.aborted) return;
    this.state = state;
    this.changed.fire();
  }

  private async askModel(signal: AbortSignal): Promise<AnalysisState> {
    if (this.uri.scheme !== 'file') {
      const hint = 'Open the file itself from the Explorer.';
      throw new SmearLensError('image-unsupported', `${this.uri.path} is not a file on disk but comes from '${this.uri.scheme}'.`, hint);
    }
    const request = { imagePath: this.uri.fsPath, model: this.options.chooseModel(this.uri), explain: true };
    return { kind: 'done', analysis: await this.options.inference.call('analyse', request, { priority: 'interactive', signal }) };
  }

  private markDeleted(): void {
    this.restart();
    this.state = { kind: 'deleted' };
    this.changed.fire();
  }
}
