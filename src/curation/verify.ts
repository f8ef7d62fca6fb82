/** Whether an annotation log is what it was: its chains of hashes, and what a release wrote down of them. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { logFolder } from '../annotations/folder';
import { BEGINNING, readLines } from '../annotations/lines';
import type { LogProblem } from '../annotations/types';
import { SmearLensError } from '../errors';

/** The end of a log file as it was: sha256 of its last line, and the number of its lines. */
export interface ChainHead {
  readonly head: string;
  readonly lines: number;
}

/**
 * What became of a file since its head was written down. `same`; `appended`: all lines up to the head are as they were; `changed`: some line up to the head was
 * changed; `removed`: lines up to the head were taken out, or the file ends before it; `inserted`: lines were put in before it; `missing`: the file is gone.
 */
export type SinceRelease = 'same' | 'appended' | 'changed' | 'removed' | 'inserted' | 'missing';

export interface VerifiedFile {
  /** Name below `.smearlens/annotations`. */
  readonly file: string;
  readonly lines: number;
  /** Torn lines, broken links, lines that are no events. */
  readonly problems: readonly Omit<LogProblem, 'file'>[];
  /** Only where a release knows the file. */
  readonly since?: SinceRelease | undefined;
}

/** What can be said of a chain, and what cannot. */
export const WHAT_CHAINS_TELL =
  'A chain shows that lines were changed, taken out or put in by someone who did not write all later lines anew. Who can write to a file can do so; only a head that was written down elsewhere, as a release has it, shows that.';

/**
 * Reads all files of a log.
 * @param root folder that holds `.smearlens`
 * @param heads as a release has them, by name of file
 * @throws SmearLensError `input-invalid` where a file cannot be read
 */
export async function verifyLog(root: string, heads: Readonly<Record<string, ChainHead>> | undefined): Promise<VerifiedFile[]> {
  const folder = logFolder(root);
  try {
    const names = (await fs.readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    })).filter((name) => name.endsWith('.jsonl'));
    const files: VerifiedFile[] = [];
    for (const name of [...new Set([...names, ...Object.keys(heads ?? {})])].sort()) {
      const bytes = names.includes(name) ? await fs.readFile(path.join(folder, name)) : undefined;
      files.push(verifyFile(name, bytes, heads && Object.hasOwn(heads, name) ? heads[name] : undefined));
    }
    return files;
  } catch (error) {
    throw new SmearLensError('input-invalid', `${folder}: cannot be read (${(error as Error).message}).`, 'Check its permissions.');
  }
}

/** @param bytes of the file; undefined where it is gone */
export function verifyFile(file: string, bytes: Uint8Array | undefined, before: ChainHead | undefined): VerifiedFile {
  if (!bytes) return { file, lines: 0, problems: [], since: 'missing' };
  const { hashes, problems, rest, reached } = readLines(bytes, BEGINNING, file);
  const torn = rest === 0 ? [] : [{ line: reached.lines + 1, kind: 'torn' as const, message: `the last line is not whole (${rest} bytes)` }];
  return {
    file,
    lines: reached.lines,
    problems: [...problems.map(({ file: _, ...problem }) => problem), ...torn],
    since: before && sinceHead(hashes, new Set(problems.filter(({ kind }) => kind === 'broken-chain').map(({ line }) => line)), before),
  };
}

/** @param broken numbers of lines, from 1, that do not follow the line before them */
function sinceHead(hashes: readonly string[], broken: ReadonlySet<number>, { head, lines }: ChainHead): SinceRelease {
  if (lines === 0) return hashes.length === 0 ? 'same' : 'appended';
  const at = hashes.lastIndexOf(head) + 1;
  // The head's line is not there: it was changed itself, or cut off with what followed.
  if (at === 0) return hashes.length < lines ? 'removed' : 'changed';
  if (at < lines) return 'removed';
  if (at > lines) return 'inserted';
  // The head follows from every line before it, as long as each link holds.
  for (let line = 1; line <= lines; line++) if (broken.has(line)) return 'changed';
  return hashes.length === lines ? 'same' : 'appended';
}

/** Whether a file is as it was, but for what was appended. */
export function isVerified({ problems, since }: VerifiedFile): boolean {
  return problems.length === 0 && (since === undefined || since === 'same' || since === 'appended');
}

const WORDS: Readonly<Record<SinceRelease, string>> = {
  same: 'the same as in the release',
  appended: 'only appended to since the release',
  changed: 'lines of the release were CHANGED',
  removed: 'lines of the release were TAKEN OUT',
  inserted: 'lines were PUT IN before the end that the release recorded',
  missing: 'MISSING since the release',
};

export function sinceText(since: SinceRelease): string {
  return WORDS[since];
}
