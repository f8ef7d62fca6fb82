/** The annotation log of one folder, as it is read, followed and appended to. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { appendEvents, type Appended, type Writer } from './append';
import { logFileName, logFolder } from './folder';
import { BEGINNING, readLines, type Reached } from './lines';
import { FileReplay, replay, type ImageState } from './replay';
import type { EventDraft, LogProblem } from './types';

interface LogFile {
  readonly replay: FileReplay;
  readonly reached: Reached;
  readonly problems: readonly LogProblem[];
  readonly size: number;
  readonly modified: number;
}

export class AnnotationLog {
  private files = new Map<string, LogFile>();
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(readonly root: string) {}

  /**
   * @param root folder that holds `.smearlens`, or will
   * @throws SmearLensError `input-invalid` where it cannot be read
   */
  static async open(root: string): Promise<AnnotationLog> {
    const log = new AnnotationLog(root);
    await log.refresh();
    return log;
  }

  /** The file that a writer appends to. */
  fileOf({ reviewer, device }: Writer): string {
    return path.join(logFolder(this.root), logFileName(reviewer, device));
  }

  /** Of all files, as they were read last. */
  get problems(): readonly LogProblem[] {
    return [...this.files.values()].flatMap(({ problems }) => problems);
  }

  /** sha256 of every image that some event is about. */
  get images(): ReadonlySet<string> {
    return new Set([...this.files.values()].flatMap((file) => [...file.replay.images]));
  }

  /** By file name: the sha256 of its last line and the number of its lines. */
  get heads(): Readonly<Record<string, { readonly head: string; readonly lines: number }>> {
    return Object.fromEntries([...this.files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, { reached }]) => [name, { head: reached.head, lines: reached.lines }]));
  }

  /** sha256 of the image that lay at this path when an event was made about it; what lies there now may be another. */
  atPath(path: string): string | undefined {
    return [...this.files.values()].map((file) => file.replay.atPath(path)).find((sha256) => sha256 !== undefined);
  }

  /** What is known of an image; undefined where nothing is. */
  state(sha256: string): ImageState | undefined {
    return replay([...this.files.values()].map((file) => file.replay), sha256);
  }

  /**
   * Reads what others have appended, or changed, since.
   * @returns whether anything was
   * @throws SmearLensError `input-invalid` where a file cannot be read
   */
  async refresh(): Promise<boolean> {
    return this.inTurn(() => this.readAll());
  }

  /**
   * Appends events; they are on the disk and part of the state when this resolves. An id that the log holds already is not written again.
   * @throws SmearLensError `output-unwritable`
   */
  async append(writer: Writer, drafts: readonly EventDraft[]): Promise<Appended> {
    const file = this.fileOf(writer);
    return this.inTurn(async () => {
      const own = this.files.get(path.basename(file));
      const fresh = drafts.filter(({ id }) => id === undefined || !own?.replay.has(id));
      if (fresh.length === 0) return { events: [] };
      const appended = await appendEvents(file, writer.reviewer, fresh);
      await this.readAll();
      return appended;
    });
  }

  /** One at a time: a reading that overtook an append would lose its place. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async readAll(): Promise<boolean> {
    const folder = logFolder(this.root);
    const names = await fs.readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw unreadable(folder, error);
    });
    const files = new Map<string, LogFile>();
    let changed = false;
    for (const name of names.filter((n) => n.endsWith('.jsonl')).sort()) {
      const before = this.files.get(name);
      const now = await readFile(path.join(folder, name), before);
      changed ||= now !== before;
      if (now) files.set(name, now);
    }
    changed ||= files.size !== this.files.size;
    this.files = files;
    return changed;
  }
}

/** @returns `before` where nothing has changed; undefined where the file is gone */
async function readFile(file: string, before: LogFile | undefined): Promise<LogFile | undefined> {
  try {
    const { size, mtimeMs: modified } = await fs.stat(file);
    if (before && before.size === size && before.modified === modified) return before;
    const grown = before && size > before.reached.offset ? await readFrom(file, before, { size, modified }) : undefined;
    return grown ?? (await readFrom(file, undefined, { size, modified }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, error);
  }
}

/** @returns undefined where the file does not go on from where it was left: it is another one now */
async function readFrom(file: string, before: LogFile | undefined, facts: Pick<LogFile, 'size' | 'modified'>): Promise<LogFile | undefined> {
  const from = before?.reached ?? BEGINNING;
  const handle = await fs.open(file, 'r');
  let bytes: Buffer;
  try {
    bytes = Buffer.alloc(facts.size - from.offset);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, from.offset);
    bytes = bytes.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
  const { events, problems, reached, rest } = readLines(bytes, from, file);
  if (before && problems.length > 0) return undefined;
  const own = before?.replay ?? new FileReplay();
  for (const event of events) own.add(event);
  const torn: LogProblem[] = rest === 0 ? [] : [{ file, line: reached.lines + 1, kind: 'torn', message: `the last line is not whole (${rest} bytes)` }];
  const kept = (before?.problems ?? []).filter(({ kind }) => kind !== 'torn');
  return { replay: own, reached, problems: [...kept, ...problems, ...torn], ...facts };
}

function unreadable(file: string, error: unknown): SmearLensError {
  return new SmearLensError('input-invalid', `${file}: cannot be read (${(error as Error).message}).`, 'Check its permissions.');
}
