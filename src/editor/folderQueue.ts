import * as vscode from 'vscode';
import { queueState, ordered, type QueueOrder, type QueueReason, type QueueRow } from '../curation/queue';
import { imageKey, walkImages } from '../images/folder';
import type { ClassInfo } from '../protocol/analysis';
import { ImageList } from './imageList';
import { hashFile } from './hashFile';
import type { LabelBook } from './labelBook';
import type { LabelStore } from './labelStore';

/** Files that are read at a time to know their content. */
const READERS = 4;
/** Milliseconds: changes that come in a row are told once. */
const CALM_MS = 100;

/** A row with what only this machine knows. */
export interface FolderRow extends QueueRow {
  readonly uri: vscode.Uri;
  /** Undefined until the file was read. */
  readonly sha256: string | undefined;
}

/** All images of a folder with their states, followed while it is the queue's folder. */
export class FolderQueue {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable;
  private readonly hashes = new Map<string, string>();
  private readonly waiting: string[] = [];
  private readers = 0;
  private calm: NodeJS.Timeout | undefined;
  private closed = false;
  private reasons: ReadonlyMap<string, QueueReason> = new Map();
  /** What the images were ranked by; undefined while they are not. */
  ranking: string | undefined;
  order: QueueOrder = 'name';

  private constructor(
    readonly folder: vscode.Uri,
    private readonly images: ImageList,
    private readonly store: LabelStore,
    private readonly book: LabelBook,
  ) {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '**'));
    const file = (uri: vscode.Uri): string => imageKey(folder.fsPath, uri.fsPath);
    watcher.onDidCreate((uri) => this.images.add(file(uri)) && this.read(file(uri)));
    watcher.onDidChange((uri) => this.images.indexOf(file(uri)) >= 0 && this.read(file(uri)));
    watcher.onDidDelete((uri) => this.images.remove(file(uri), '') && this.tell());
    this.subscriptions = vscode.Disposable.from(watcher, store.onDidChange(() => this.tell()), this.changed);
    for (let i = 0; i < images.length; i++) this.read(images.at(i) ?? '');
  }

  /** @throws SmearLensError `image-not-found`, `image-unreadable`, `input-invalid` */
  static async open(folder: vscode.Uri, book: LabelBook): Promise<FolderQueue> {
    const paths: string[] = [];
    for await (const file of walkImages(folder.fsPath, () => undefined)) paths.push(imageKey(folder.fsPath, file));
    return new FolderQueue(folder, new ImageList(paths), await book.of(vscode.Uri.joinPath(folder, 'any')), book);
  }

  /** The folder's list; empty while there is none. */
  get classes(): readonly ClassInfo[] {
    return this.store.project?.classes ?? [];
  }

  get labels(): LabelStore {
    return this.store;
  }

  /** Images whose files are still to be read. */
  get unread(): number {
    return this.waiting.length + this.readers;
  }

  /** In the order that was chosen. */
  get rows(): FolderRow[] {
    const byPath = new Map<string, FolderRow>();
    for (let i = 0; i < this.images.length; i++) {
      const path = this.images.at(i) ?? '';
      const sha256 = this.hashes.get(path);
      const state = sha256 === undefined ? undefined : this.store.state(sha256);
      byPath.set(path, { path, uri: vscode.Uri.joinPath(this.folder, path), sha256, reason: this.reasons.get(path), ...queueState(state, this.book.reviewer) });
    }
    return ordered([...byPath.values()], this.order).map(({ path }) => byPath.get(path)).filter((row) => row !== undefined);
  }

  /** Why the image of this path comes where it does; undefined where it was not ranked. */
  reasonOf(path: string): QueueReason | undefined {
    return this.reasons.get(path);
  }

  /** @param by in words, e.g. 'least certain first' */
  rank(by: string, reasons: ReadonlyMap<string, QueueReason>): void {
    this.ranking = by;
    this.reasons = reasons;
    this.sortBy('reason');
  }

  sortBy(order: QueueOrder): void {
    this.order = order;
    this.tell();
  }

  dispose(): void {
    this.closed = true;
    clearTimeout(this.calm);
    this.subscriptions.dispose();
  }

  private read(path: string): void {
    this.hashes.delete(path);
    this.waiting.push(path);
    while (this.readers < READERS && this.waiting.length > 0) void this.readOn();
  }

  private async readOn(): Promise<void> {
    this.readers++;
    for (let path = this.waiting.shift(); path !== undefined && !this.closed; path = this.waiting.shift()) {
      const file = vscode.Uri.joinPath(this.folder, path).fsPath;
      const sha256 = await hashFile(file).catch(() => undefined);
      if (sha256 !== undefined) this.hashes.set(path, sha256);
      this.tell();
    }
    this.readers--;
  }

  private tell(): void {
    if (this.calm || this.closed) return;
    this.calm = setTimeout(() => {
      this.calm = undefined;
      this.changed.fire();
    }, CALM_MS);
  }
}
