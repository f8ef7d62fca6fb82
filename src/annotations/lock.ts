/** A lock between processes, as a file beside the one that is locked. */
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { SmearLensError } from '../errors';

/** A lock is held for some milliseconds; after this many it counts as abandoned, whoever holds it. */
const ABANDONED_MS = 5000;
const WAIT_MS = 5;
const GIVE_UP_MS = 15_000;

/**
 * Runs `work` while this process holds the lock `file`. A process that died with the lock loses it at once to others of its machine; one that
 * was suspended finds out by `isHeld` that it has lost it.
 * @throws SmearLensError `output-unwritable` where the lock cannot be taken; what `work` throws
 */
export async function withLock<T>(file: string, work: (isHeld: () => Promise<boolean>) => Promise<T>): Promise<T> {
  const token = JSON.stringify({ pid: process.pid, host: os.hostname(), id: randomUUID() });
  const end = Date.now() + GIVE_UP_MS;
  while (!(await take(file, token))) {
    if (Date.now() > end) throw new SmearLensError('output-unwritable', `${file}: another window holds this lock and does not let go.`, 'Close other windows that review this folder. If there are none, delete the file.');
    await setTimeout(WAIT_MS);
  }
  const isHeld = async (): Promise<boolean> => (await holderOf(file))?.text === token;
  try {
    return await work(isHeld);
  } finally {
    if (await isHeld()) await fs.rm(file, { force: true });
  }
}

async function take(file: string, token: string): Promise<boolean> {
  if (await create(file, token)) return true;
  const found = await holderOf(file);
  if (!found || !isAbandoned(found)) return false;
  // Moved away, so that of several who found it abandoned only one goes on; it looks whether what it moved is what it had looked at.
  const aside = `${file}.${randomUUID()}`;
  try {
    await fs.rename(file, aside);
  } catch {
    return false;
  }
  const moved = await fs.readFile(aside, 'utf8').catch(() => '');
  // Somebody had taken it over between the two: theirs again.
  if (moved !== found.text) await fs.link(aside, file).catch(() => undefined);
  await fs.rm(aside, { force: true });
  return false;
}

async function create(file: string, token: string): Promise<boolean> {
  try {
    await fs.writeFile(file, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

interface Holder {
  readonly text: string;
  readonly modified: number;
}

async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    return { text: await fs.readFile(file, 'utf8'), modified: (await fs.stat(file)).mtimeMs };
  } catch {
    return undefined;
  }
}

function isAbandoned({ text, modified }: Holder): boolean {
  try {
    const { pid, host } = JSON.parse(text) as { pid: number; host: string };
    if (host === os.hostname() && !isAlive(pid)) return true;
  } catch {
    // Its holder has not written it yet, or died before.
  }
  return Date.now() - modified > ABANDONED_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
