import * as path from 'node:path';
import * as vscode from 'vscode';
import { SMEARLENS_FOLDER } from '../annotations/folder';
import { tornText, type Writer } from '../annotations/append';
import { AnnotationLog } from '../annotations/log';
import { hasProject, readProject, writeProject, type Project } from '../annotations/project';
import type { ImageState } from '../annotations/replay';
import type { AnnotationEvent, EventDraft } from '../annotations/types';
import { toErrorInfo } from '../errors';
import type { ClassInfo } from '../protocol/analysis';

/** The annotation log below one folder, followed while the window is open: what another window or git changes is merged at once. */
export class LabelStore {
  private readonly changed = new vscode.EventEmitter<void>();
  /** Some label, note or the class list is another. */
  readonly onDidChange = this.changed.event;
  private readonly watcher: vscode.Disposable;
  private told = '';
  /** What this window has appended and may take back: the events of one key together. */
  private readonly done: AnnotationEvent[][] = [];
  private readonly undone: AnnotationEvent[][] = [];

  private constructor(
    private readonly annotations: AnnotationLog,
    public project: Project | undefined,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const root = vscode.Uri.file(annotations.root);
    const watch = (base: vscode.Uri, pattern: string): vscode.FileSystemWatcher => vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(base, pattern));
    const refresh = (): void => void this.refresh();
    // The folders too: where one is deleted or renamed, nothing is told of the files in it.
    const folder = vscode.Uri.joinPath(root, SMEARLENS_FOLDER);
    const watchers = [watch(root, SMEARLENS_FOLDER), watch(folder, '{project.json,annotations,annotations/*.jsonl}')];
    this.watcher = vscode.Disposable.from(...watchers.flatMap((watcher) => [watcher, watcher.onDidChange(refresh), watcher.onDidCreate(refresh), watcher.onDidDelete(refresh)]));
    this.tellProblems();
  }

  /** @throws SmearLensError `input-invalid` where log or project cannot be read */
  static async open(root: string, log: vscode.LogOutputChannel): Promise<LabelStore> {
    return new LabelStore(await AnnotationLog.open(root), await readProject(root), log);
  }

  /** Path of the folder that holds `.smearlens`. */
  get root(): string {
    return this.annotations.root;
  }

  get images(): ReadonlySet<string> {
    return this.annotations.images;
  }

  /** sha256 of the image that had this path when it was labelled; relative to the root, with '/', in NFC. */
  atPath(path: string): string | undefined {
    return this.annotations.atPath(path);
  }

  state(sha256: string): ImageState | undefined {
    return this.annotations.state(sha256);
  }

  /**
   * Appends what one key gave; it is on the disk when this resolves.
   * @param classes that the list is made of where the folder has none yet
   * @throws SmearLensError `output-unwritable`
   */
  async append(writer: Writer, drafts: readonly EventDraft[], classes: readonly ClassInfo[]): Promise<void> {
    // Asked of the disk: it may have been deleted a moment ago.
    if (classes.length > 0 && !(await hasProject(this.root))) {
      const project: Project = this.project ?? { schemaVersion: 1, classes, grouping: 'given' };
      await writeProject(this.root, project);
      this.project = project;
    }
    const events = await this.write(writer, drafts);
    this.done.push([...events]);
    this.undone.length = 0;
    this.changed.fire();
  }

  /** Takes back what the latest key of this window gave. @returns its events; undefined where there are none */
  async undo(writer: Writer): Promise<readonly AnnotationEvent[] | undefined> {
    return this.turn('undo', this.done, this.undone, writer);
  }

  async redo(writer: Writer): Promise<readonly AnnotationEvent[] | undefined> {
    return this.turn('redo', this.undone, this.done, writer);
  }

  dispose(): void {
    this.watcher.dispose();
    this.changed.dispose();
  }

  private async turn(type: 'undo' | 'redo', from: AnnotationEvent[][], to: AnnotationEvent[][], writer: Writer): Promise<readonly AnnotationEvent[] | undefined> {
    const events = from.at(-1);
    if (!events) return undefined;
    await this.write(writer, events.map(({ id, image }) => ({ type, value: id, image })));
    from.pop();
    to.push(events);
    this.changed.fire();
    return events;
  }

  /** Tells of a line that a crash left, which the append has set aside. */
  private async write(writer: Writer, drafts: readonly EventDraft[]): Promise<readonly AnnotationEvent[]> {
    const { events, tornInto } = await this.annotations.append(writer, drafts);
    if (tornInto !== undefined) {
      this.log.warn(tornText(tornInto));
      void vscode.window.showWarningMessage(tornText(path.basename(tornInto)));
    }
    return events;
  }

  private async refresh(): Promise<void> {
    try {
      const project = await readProject(this.root);
      const isOther = JSON.stringify(project) !== JSON.stringify(this.project);
      this.project = project;
      if (!(await this.annotations.refresh()) && !isOther) return;
      this.tellProblems();
      this.changed.fire();
    } catch (thrown) {
      const { code, message, hint } = toErrorInfo(thrown);
      this.log.error(`[${code}] ${message} ${hint}`);
      void vscode.window.showWarningMessage(`${message} ${hint}`);
    }
  }

  /** Once each; labels that can be read count nevertheless. */
  private tellProblems(): void {
    // A line that another window is just writing is not torn; the next append sees to it.
    const problems = this.annotations.problems.filter(({ kind }) => kind !== 'torn').map(({ file, message }) => `${file}: ${message}.`);
    const text = problems.join(' ');
    if (text === this.told) return;
    this.told = text;
    if (!text) return;
    this.log.warn(text);
    void vscode.window.showWarningMessage(`The annotation log was changed by hand: ${problems[0]}${problems.length > 1 ? ` ${problems.length - 1} more are in the log.` : ''} What can be read counts. Restore the file from its history.`);
  }
}
