import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import { imagesIn, relativePath } from '../images/folder';
import type { Position } from '../protocol/editor';
import { ofAnotherSmear, type ViewState } from '../protocol/viewState';
import { ImageList, ImageQueue, type Images } from './imageList';
import type { LabelBook } from './labelBook';
import { Repeats } from './repeats';
import type { ReviewPlaces } from './reviewPlaces';
import { SmearDocument, type SmearDocumentOptions } from './smearDocument';
import type { Surface } from './surface';

/**
 * Milliseconds that neighbours wait to be opened: to analyse them takes all cores, of which the smear on show needs some until it
 * is drawn. Those that the reviewer only passes by are never opened.
 */
const SETTLE_MS = 150;

/** Images of a folder that are reviewed for a reason, instead of all. */
export interface ReviewQueue {
  /** What they have in common, e.g. 'Truth Pre, predicted Early'. */
  readonly title: string;
  /** Relative to the folder, with '/', in the order in which to go through them. */
  readonly images: readonly string[];
  /** By image, what there is to know of it. */
  readonly notes: Readonly<Record<string, string>>;
  /** Path of the model that reads them; that of the settings where absent. */
  readonly model?: string | undefined;
  /** The reviewer decides between the labels of others. */
  readonly adjudicates?: boolean | undefined;
}

export interface ReviewSessionOptions extends SmearDocumentOptions {
  readonly labels: LabelBook;
  readonly places: ReviewPlaces;
}

/** What takes a session up again. */
export interface ReviewPlace {
  /** URI of the folder. */
  readonly folder: string;
  /** Path of the image on show, relative to it. */
  readonly image: string;
  readonly queue?: ReviewQueue | undefined;
  readonly blind?: boolean | undefined;
}

/** The smears of a folder, one after another in one panel. The smears around the one on show are analysed ahead. */
export class ReviewSession implements Surface {
  view: ViewState | undefined;
  /** Of a blind review; undefined while it is none. */
  private repeats: Repeats | undefined;
  /** While an image is shown again: the one that comes then. */
  private after: string | undefined;

  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable;
  /** By path: the smear on show and its neighbours. */
  private readonly documents = new Map<string, SmearDocument>();
  private opening: NodeJS.Timeout | undefined;
  /** The way the reviewer goes. */
  private direction: 1 | -1 = 1;

  private constructor(
    readonly root: vscode.Uri,
    private readonly images: Images,
    private image: string,
    private readonly options: ReviewSessionOptions,
    readonly queue?: ReviewQueue,
  ) {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(root, '**'), false, true, false);
    watcher.onDidCreate((uri) => this.images.add(this.pathOf(uri)) && this.prepare());
    watcher.onDidDelete((uri) => this.images.remove(this.pathOf(uri), this.image) && this.prepare());
    this.subscriptions = vscode.Disposable.from(watcher, this.changed);
    this.prepare();
  }

  /**
   * @param first URI of the image to begin with; undefined: where the folder was left; the folder's first where there is no such image
   * @throws SmearLensError `image-not-found`, `image-unreadable`
   */
  static async open(folder: vscode.Uri, first: vscode.Uri | undefined, options: ReviewSessionOptions): Promise<ReviewSession> {
    const files = await imagesIn(folder.fsPath);
    const images = new ImageList(files.map((file) => relativePath(folder.fsPath, file)));
    const wanted = first ? relativePath(folder.fsPath, first.fsPath) : (options.places.last(folder) ?? '');
    return new ReviewSession(folder, images, images.at(Math.max(0, images.indexOf(wanted))) ?? '', options);
  }

  /**
   * A session over images that were chosen.
   * @param first path of the image to begin with; the queue's first where it is not in it
   * @throws SmearLensError `image-not-found` where there are none
   */
  static ofQueue(folder: vscode.Uri, queue: ReviewQueue, first: string | undefined, options: ReviewSessionOptions): ReviewSession {
    const images = new ImageQueue(queue.images);
    const image = images.at(Math.max(0, images.indexOf(first ?? '')));
    if (image === undefined) throw new SmearLensError('image-not-found', `${queue.title}: there are no such images.`, 'Choose others in the report.');
    return new ReviewSession(folder, images, image, options, queue);
  }

  get current(): SmearDocument {
    return this.document(this.image);
  }

  get neighbours(): readonly SmearDocument[] {
    return this.wanted()
      .filter((image) => image !== this.image)
      .flatMap((image) => this.documents.get(image) ?? []);
  }

  get fileName(): string {
    return this.image;
  }

  get position(): Position {
    // An image that is shown again stands where the next one would.
    return { number: this.images.indexOf(this.after ?? this.image) + 1, count: this.images.length };
  }

  get blind(): boolean {
    return this.repeats !== undefined;
  }

  set blind(blind: boolean) {
    this.repeats = blind ? new Repeats() : undefined;
    if (this.after !== undefined) this.show(this.after);
    this.after = undefined;
    this.changed.fire();
  }

  get isRepeat(): boolean {
    return this.after !== undefined;
  }

  get adjudicates(): boolean {
    return this.queue?.adjudicates === true;
  }

  /** The image on show got its label: the next one comes, where the reviewer wants that. */
  decided(): void {
    if (this.after !== undefined) return this.go(1);
    if (!vscode.workspace.getConfiguration('smearlens').get<boolean>('goOnAfterLabel', true)) return;
    const next = this.images.at(this.images.indexOf(this.image) + 1);
    const again = next === undefined ? undefined : this.repeats?.after(this.image, this.options.labels.reviewer);
    if (again === undefined) return this.go(1);
    this.show(again);
    this.after = next;
    this.changed.fire();
  }

  get note(): string | undefined {
    return this.queue?.notes[this.image];
  }

  get resume(): ReviewPlace {
    return { folder: this.root.toString(), image: this.after ?? this.image, queue: this.queue, blind: this.blind };
  }

  go(step: 1 | -1): void {
    this.direction = step;
    const { after } = this;
    this.after = undefined;
    this.show(after ?? this.images.at(this.images.indexOf(this.image) + step));
  }

  /** Shows this image, if it is one of the session's. */
  goTo(uri: vscode.Uri): void {
    const image = this.pathOf(uri);
    if (this.images.indexOf(image) < 0) return;
    this.after = undefined;
    this.show(image);
  }

  dispose(): void {
    clearTimeout(this.opening);
    this.subscriptions.dispose();
    for (const document of this.documents.values()) document.dispose();
    this.documents.clear();
  }

  private show(image: string | undefined): void {
    if (image === undefined || image === this.image) return;
    const left = this.current;
    this.image = image;
    if (!this.queue) this.options.places.keep(this.root, image);
    this.view = this.view && ofAnotherSmear(this.view);
    // It was kept in the list only as long as it was on show.
    if (left.state.kind === 'deleted') this.images.remove(this.pathOf(left.uri), image);
    this.prepare();
  }

  /** Opens the smear on show, closes those that are not wanted any more, and opens its neighbours in a moment. */
  private prepare(): void {
    const wanted = this.wanted();
    for (const [image, document] of this.documents) {
      if (wanted.includes(image)) continue;
      this.documents.delete(image);
      document.dispose();
    }
    this.document(this.image);
    this.changed.fire();
    clearTimeout(this.opening);
    this.opening = setTimeout(() => this.openNeighbours(), SETTLE_MS);
  }

  private openNeighbours(): void {
    for (const image of this.wanted()) this.document(image);
  }

  /** The image on show, two in the direction of travel and one behind. */
  private wanted(): string[] {
    const at = this.images.indexOf(this.image);
    return [0, 1, -1, 2].map((offset) => this.images.at(at + offset * this.direction)).filter((image) => image !== undefined);
  }

  private document(image: string): SmearDocument {
    const known = this.documents.get(image);
    if (known) return known;
    const document = new SmearDocument(vscode.Uri.joinPath(this.root, image), this.options);
    this.documents.set(image, document);
    document.onDidChange(() => this.changed.fire());
    document.refresh();
    return document;
  }

  private pathOf(uri: vscode.Uri): string {
    return relativePath(this.root.fsPath, uri.fsPath);
  }
}
