/** Lines of the log and the chain of hashes through them. */
import { createHash } from 'node:crypto';
import type { AnnotationEvent, LogProblem } from './types';

const TYPES = ['label', 'note', 'region', 'group', 'exclude', 'undo', 'redo', 'adjudication'];
const NEWLINE = 0x0a;

/** How far a file was read. */
export interface Reached {
  /** Bytes of whole lines. */
  readonly offset: number;
  readonly lines: number;
  /** sha256 of the last line; empty before the first. */
  readonly head: string;
}

export const BEGINNING: Reached = { offset: 0, lines: 0, head: '' };

export interface LinesRead {
  readonly events: readonly AnnotationEvent[];
  /** sha256 of each whole line, in order. */
  readonly hashes: readonly string[];
  readonly problems: readonly LogProblem[];
  readonly reached: Reached;
  /** Bytes after the last newline: a line that is being written, or was torn. */
  readonly rest: number;
}

/** sha256 of a line's bytes without its newline, lower-case hex. */
export function hashOf(line: Uint8Array): string {
  return createHash('sha256').update(line).digest('hex');
}

/**
 * Reads the whole lines of `bytes`, which begin at `from`. A broken chain loses no event: it is told of, and reading goes on.
 * @param file for messages
 */
export function readLines(bytes: Uint8Array, from: Reached, file: string): LinesRead {
  const events: AnnotationEvent[] = [];
  const hashes: string[] = [];
  const problems: LogProblem[] = [];
  let { lines, head } = from;
  let start = 0;
  for (let end = bytes.indexOf(NEWLINE, start); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
    const line = bytes.subarray(start, end);
    start = end + 1;
    lines++;
    const event = parse(line);
    if (!event) problems.push({ file, line: lines, kind: 'not-an-event', message: `line ${lines} is no event of the annotation log` });
    else {
      if (event.previous !== head) problems.push({ file, line: lines, kind: 'broken-chain', message: `line ${lines} does not follow the line before it: that was changed, or lines were taken out or put in` });
      events.push(event);
    }
    head = hashOf(line);
    hashes.push(head);
  }
  return { events, hashes, problems, reached: { offset: from.offset + start, lines, head }, rest: bytes.length - start };
}

function parse(line: Uint8Array): AnnotationEvent | undefined {
  try {
    const event = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line)) as Partial<Record<keyof AnnotationEvent, unknown>> | null;
    const isEvent = event !== null && typeof event.id === 'string' && typeof event.time === 'string' && typeof event.reviewer === 'string' && TYPES.includes(String(event.type));
    return isEvent ? (event as unknown as AnnotationEvent) : undefined;
  } catch {
    return undefined;
  }
}
