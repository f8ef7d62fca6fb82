import * as vscode from 'vscode';
import { SmearLensError, toErrorInfo } from '../errors';
import type { AnalysisState } from '../protocol/editor';
import type { ModelChoice } from '../protocol/inference';
import type { ChecksAsked } from '../protocol/mapChecks';
import type { MapInQuestion } from '../protocol/trust';
import type { MapInquiry } from '../protocol/inquiry';
import { ask } from './ask';
import { browserShows } from './contributions';
import { hashFile } from './hashFile';
import type { InferenceService } from './inferenceService';
import { Inquiries } from './inquiries';
import { MapChecker } from './mapChecker';
import type { ModelSource } from './modelChoices';

/** Pixels: larger than any editor shows it, small enough to send. */
const MAX_RENDERED_SIDE = 2048;

/** Of the pictures of all files: no two have the same, so that none is taken for another from a browser's cache. */
let lastVersion = 0;

/** The picture as it can be shown: by the browser from the file, from decoded bytes, or not at all. */
export type Picture =
  | { readonly kind: 'file'; readonly version: number }
  | { readonly kind: 'png'; readonly version: number; readonly png: Uint8Array; readonly width: number; readonly height: number }
  | { readonly kind: 'unshowable' };

export interface SmearDocumentOptions {
  readonly inference: InferenceService;
  readonly log: vscode.LogOutputChannel;
  readonly models: ModelSource;
  /** Told of every change of every open document. */
  readonly analyses: vscode.EventEmitter<AnalysisEvent>;
  /** Holds every document from its making to its `dispose`. */
  readonly documents: Set<SmearDocument>;
}

export interface AnalysisEvent {
  readonly uri: vscode.Uri;
  readonly state: AnalysisState;
}

/** One image file and what the model says about it. Read only. Its first analysis, too, begins with {@link refresh}. */
export class SmearDocument {
  state: AnalysisState = { kind: 'running' };
  picture: Picture | undefined;
  /** Of the file's bytes, lower-case hex; undefined until they were read. Labels are given to it. */
  sha256: string | undefined;

  private readonly changed = new vscode.EventEmitter<void>();
  /** `state`, `picture` or the states of `inquiries` are others than before. */
  readonly onDidChange = this.changed.event;
  /** What the reviewer asks beyond the analysis; as long as somebody looks, and about this analysis only. */
  readonly inquiries: Inquiries;
  /** The checks of one of its maps. */
  readonly checker: MapChecker;

  private readonly subscriptions: vscode.Disposable;
  /** Of the newest analysis: `abort` when the next one starts and when the document closes, `raise` when somebody looks. */
  private running = { abort: new AbortController(), raise: new AbortController() };
  private lookers = 0;
  private model: ModelChoice | undefined;

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
    const models = options.models.onDidChange(() => this.takeUpModel());
    this.subscriptions = vscode.Disposable.from(watcher, models, this.changed);
    this.inquiries = new Inquiries({
      call: (inquiry, callOptions) => ask(options.inference, { imagePath: uri.fsPath, model: this.model ?? options.models.for(uri), inquiry }, callOptions),
      changed: () => this.changed.fire(),
      failed: ({ code, message, hint }) => options.log.error(`${uri.fsPath}: [${code}] ${message} ${hint}`),
    });
    this.checker = new MapChecker({
      call: (inquiry, signal) => ask(options.inference, { imagePath: uri.fsPath, model: this.model ?? options.models.for(uri), inquiry }, { signal }),
      changed: () => this.changed.fire(),
      failed: ({ code, message, hint }) => options.log.error(`${uri.fsPath}: [${code}] ${message} ${hint}`),
    });
    options.documents.add(this);
  }

  /** Somebody looks at it until they dispose of this: it comes before the smears that nobody looks at. */
  look(): vscode.Disposable {
    this.lookers++;
    this.running.raise.abort();
    let looks = true;
    const away = (): void => {
      if (!looks) return;
      looks = false;
      this.lookers--;
      if (this.lookers > 0) return;
      this.inquiries.leave();
      this.checker.stop();
    };
    return { dispose: away };
  }

  /** Reads the file anew: shows it and has it analysed. What was under way for the file before is cancelled. */
  refresh(): void {
    this.picture = browserShows(this.uri.path) ? { kind: 'file', version: ++lastVersion } : undefined;
    this.analyse();
    void this.readHash();
    if (!this.picture) void this.renderPicture();
  }

  /** Apart from the analysis: a smear that no model can read can be labelled nevertheless. */
  private async readHash(): Promise<void> {
    this.sha256 = undefined;
    if (this.uri.scheme !== 'file') return;
    const { signal } = this.running.abort;
    const sha256 = await hashFile(this.uri.fsPath).catch(() => undefined);
    if (signal.aborted) return;
    this.sha256 = sha256;
    this.changed.fire();
  }

  /** Has the inference process decode the picture, where the browser cannot. */
  async renderPicture(): Promise<void> {
    const { signal } = this.running.abort;
    const picture = await this.options.inference
      .call('render', { imagePath: this.uri.fsPath, maxSide: MAX_RENDERED_SIDE }, this.callOptions())
      // A copy, because a Node Buffer is sent to a webview as JSON and not as bytes.
      .then(({ png, width, height }): Picture => ({ kind: 'png', version: ++lastVersion, png: new Uint8Array(png), width, height }))
      .catch((thrown: unknown): Picture => {
        if (!signal.aborted) this.options.log.warn(`${this.uri.fsPath}: ${toErrorInfo(thrown).message}`);
        return { kind: 'unshowable' };
      });
    if (signal.aborted) return;
    this.picture = picture;
    this.changed.fire();
  }

  /** Asks more about a smear that is analysed and looked at; of any other there is nothing to be shown. Resolves once that has ended. */
  async inquire(inquiry: MapInquiry): Promise<void> {
    if (this.state.kind === 'done' && this.lookers > 0) await this.inquiries.ask(inquiry);
  }

  /** Has a map of the smear checked; what was found of another one goes. */
  async check(map: MapInQuestion, asked: ChecksAsked): Promise<void> {
    if (this.state.kind === 'done' && this.lookers > 0) await this.checker.check(map, asked, this.state.analysis.model.classes);
  }

  dispose(): void {
    this.options.documents.delete(this);
    this.running.abort.abort();
    this.inquiries.leave();
    this.checker.stop();
    this.subscriptions.dispose();
  }

  private analyse(): void {
    this.restart();
    this.setState({ kind: 'running' });
    void this.askModel(this.running.abort.signal);
  }

  private restart(): void {
    this.running.abort.abort();
    this.inquiries.clear();
    this.checker.clear();
    this.running = { abort: new AbortController(), raise: new AbortController() };
    if (this.lookers > 0) this.running.raise.abort();
  }

  /** The settings may have changed for other smears only. */
  private takeUpModel(): void {
    if (JSON.stringify(this.options.models.for(this.uri)) === JSON.stringify(this.model) || this.state.kind === 'deleted') return;
    // A picture that was still being decoded is so no longer.
    const unfinished = !this.picture;
    this.analyse();
    if (unfinished) void this.renderPicture();
  }

  private async askModel(signal: AbortSignal): Promise<void> {
    const state = await this.analysis().catch((thrown: unknown): AnalysisState => {
      const error = toErrorInfo(thrown);
      // The news of a deletion may come later than the analysis that it made impossible.
      if (error.code === 'image-not-found') return { kind: 'deleted' };
      if (!signal.aborted) this.options.log.error(`${this.uri.fsPath}: [${error.code}] ${error.message} ${error.hint}`);
      return { kind: 'failed', error };
    });
    // Closed, deleted or started anew in the meantime: this answer is nobody's any more.
    if (!signal.aborted) this.setState(state);
  }

  private async analysis(): Promise<AnalysisState> {
    if (this.uri.scheme !== 'file') {
      const hint = 'Open the file itself from the Explorer.';
      throw new SmearLensError('image-unsupported', `${this.uri.path} is not a file on disk but comes from '${this.uri.scheme}'.`, hint);
    }
    this.model = this.options.models.for(this.uri);
    const request = { imagePath: this.uri.fsPath, model: this.model, explain: true };
    return { kind: 'done', analysis: await this.options.inference.call('analyse', request, this.callOptions()) };
  }

  private callOptions(): { priority: 'background'; signal: AbortSignal; raised: AbortSignal } {
    return { priority: 'background', signal: this.running.abort.signal, raised: this.running.raise.signal };
  }

  private setState(state: AnalysisState): void {
    this.state = state;
    this.options.analyses.fire({ uri: this.uri, state });
    this.changed.fire();
  }

  private markDeleted(): void {
    if (this.state.kind === 'deleted') return;
    this.restart();
    this.setState({ kind: 'deleted' });
  }
}
