/** Appends to a file of the log: under a lock, behind what others have appended, and on the disk before it is acknowledged. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { randomUUID } from 'node:crypto';
import { SmearLensError } from '../errors';
import { SMEARLENS_FOLDER } from './folder';
import { hashOf } from './lines';
import { withLock } from './lock';
import type { AnnotationEvent, EventDraft } from './types';

/** What an append found and did. */
export interface Appended {
  readonly events: readonly AnnotationEvent[];
  /** Where a torn last line was set aside; undefined where there was none. */
  readonly tornInto?: string | undefined;
}

/** What whoever appended is told of a line that was set aside. */
export function tornText(tornInto: string): string {
  return `The last line of the annotation log was not whole, as a crash leaves it. It counts for nothing and was set aside as ${tornInto}; what was given just before the crash may have to be given again.`;
}

/** A reviewer on one device. */
export interface Writer {
  readonly reviewer: string;
  readonly device: string;
}

/**
 * Appends events to a reviewer's file, in one write, and returns when they are on the disk. A last line without its newline, which a
 * crash left, is moved into a file beside it first.
 * @param file of the log; made with its folders where it is not there
 * @throws SmearLensError `output-unwritable`; nothing was acknowledged then
 */
export async function appendEvents(file: string, reviewer: string, drafts: readonly EventDraft[], now = (): Date => new Date()): Promise<Appended> {
  try {
    await prepareFolder(path.dirname(file));
    return await withLock(`${file}.lock`, (isHeld) => append(file, reviewer, drafts, now, isHeld));
  } catch (error) {
    if (error instanceof SmearLensError) throw error;
    throw new SmearLensError('output-unwritable', `${file}: cannot be written (${(error as Error).message}).`, 'Nothing was recorded. Check the permissions and the space on the disk, then label again.');
  }
}

async function append(file: string, reviewer: string, drafts: readonly EventDraft[], now: () => Date, isHeld: () => Promise<boolean>): Promise<Appended> {
  const isNew = !(await exists(file));
  const handle = await fs.open(file, 'a+');
  try {
    const { size } = await handle.stat();
    const { line, whole } = await lastLine(handle, size);
    const tornInto = whole < size ? await setAside(handle, file, whole, size) : undefined;
    let previous = line === undefined ? '' : hashOf(line);
    const lines: Buffer[] = [];
    const events = drafts.map((draft): AnnotationEvent => {
      const { id, ...content } = draft;
      const event = { v: 1, id: id ?? randomUUID(), time: now().toISOString(), reviewer, ...content, previous } as AnnotationEvent;
      const bytes = Buffer.from(JSON.stringify(event), 'utf8');
      previous = hashOf(bytes);
      lines.push(bytes, NEWLINE);
      return event;
    });
    if (!(await isHeld())) throw new Error('the lock was lost');
    await handle.appendFile(Buffer.concat(lines));
    await handle.sync();
    if (isNew) await syncFolder(path.dirname(file));
    return { events, tornInto };
  } finally {
    await handle.close();
  }
}

const NEWLINE = Buffer.from('\n');
const CHUNK = 65536;

/** The last whole line without its newline, and the length of the file's whole lines. */
async function lastLine(handle: fs.FileHandle, size: number): Promise<{ line: Buffer | undefined; whole: number }> {
  let tail = Buffer.alloc(0);
  let start = size;
  for (;;) {
    const end = tail.lastIndexOf(0x0a);
    const before = end < 0 ? -1 : tail.lastIndexOf(0x0a, end - 1);
    if (end >= 0 && (before >= 0 || start === 0)) return { line: tail.subarray(end === 0 ? 0 : before + 1, end), whole: start + end + 1 };
    if (start === 0) return { line: undefined, whole: 0 };
    const length = Math.min(CHUNK, start);
    const chunk = Buffer.alloc(length);
    await handle.read(chunk, 0, length, start - length);
    tail = Buffer.concat([chunk, tail]);
    start -= length;
  }
}

/** Keeps what a crash left of a line, then cuts it off. */
async function setAside(handle: fs.FileHandle, file: string, whole: number, size: number): Promise<string> {
  const rest = Buffer.alloc(size - whole);
  await handle.read(rest, 0, rest.length, whole);
  const aside = `${file}.torn-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  await fs.writeFile(aside, rest, { flush: true });
  await handle.truncate(whole);
  return aside;
}

/** The log is bytes: no system's git may change its line ends. Locks and what was set aside are nobody else's. */
async function prepareFolder(folder: string): Promise<void> {
  await fs.mkdir(folder, { recursive: true });
  const top = path.dirname(folder);
  if (path.basename(top) !== SMEARLENS_FOLDER) return;
  await writeOnce(path.join(top, '.gitattributes'), '*.jsonl -text\n');
  await writeOnce(path.join(folder, '.gitignore'), '*.lock*\n*.torn-*\n');
}

async function writeOnce(file: string, text: string): Promise<void> {
  await fs.writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

async function exists(file: string): Promise<boolean> {
  return fs.access(file).then(() => true, () => false);
}

/** So that the file's name, too, is on the disk. Windows cannot, and does so by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
