import * as vscode from 'vscode';
import type { ModelVerdict } from '../annotations/types';
import { relativePath } from '../images/folder';
import { FolderQueue } from './folderQueue';
import type { LabelBook } from './labelBook';

const KEY = 'queueFolder';

/** The folder whose images are queued for review: one a window, chosen by the reviewer and kept with the workspace. */
export class ReviewQueueFolder {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  current: FolderQueue | undefined;

  constructor(
    private readonly storage: vscode.Memento,
    private readonly book: LabelBook,
  ) {}

  /** @throws SmearLensError `image-not-found`, `image-unreadable`, `input-invalid` */
  async choose(folder: vscode.Uri): Promise<FolderQueue> {
    if (this.current?.folder.toString() === folder.toString()) return this.current;
    const queue = await FolderQueue.open(folder, this.book);
    this.current?.dispose();
    this.current = queue;
    queue.onDidChange(() => this.changed.fire());
    this.changed.fire();
    await this.storage.update(KEY, folder.toString());
    return queue;
  }

  /** What the ranking on show tells of models about an image. */
  verdictsOn(uri: vscode.Uri): readonly ModelVerdict[] {
    const { current } = this;
    return current?.reasonOf(relativePath(current.folder.fsPath, uri.fsPath))?.verdicts ?? [];
  }

  /** That of the last time, when the view is shown. A folder that has gone since is forgotten. */
  async restore(): Promise<void> {
    const stored = this.storage.get<string>(KEY);
    if (this.current || stored === undefined) return;
    await this.choose(vscode.Uri.parse(stored, true)).catch(() => this.storage.update(KEY, undefined));
  }

  dispose(): void {
    this.current?.dispose();
    this.changed.dispose();
  }
}
