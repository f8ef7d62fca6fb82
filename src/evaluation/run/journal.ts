/**
 * What a run has found out, appended line by line, so that it survives kill -9 and a resumed run or a merge can go on from it.
 * An attempt begins with a `run` line and lists every image of its shard anew; scores are found by the content of image and
 * model, whichever attempt computed them.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { SmearLensError } from '../../errors';
import type { ClassInfo, ProviderName } from '../../protocol/analysis';
import type { Shard } from '../shard';
import type { EvaluatedModel, GroupSource, LeftOutReason, Unreadable } from '../types';

/** The file in the out folder. */
export const JOURNAL = '.journal.jsonl';
const FORMAT = 1;

/** A model as results name it. */
export interface JournalModel {
  /** Names everything that its scores depend on besides the image. */
  readonly key: string;
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly parameters: number;
  readonly provider: ProviderName;
  readonly temperature: number;
  readonly scores?: EvaluatedModel['scores'];
  readonly hasDomain: boolean;
}

/** What the shards of one evaluation must have in common. */
export interface Settings {
  readonly format: typeof FORMAT;
  /** Name of the evaluated folder. */
  readonly title: string;
  /** sha256 of the list of all images with their truth, of all shards. */
  readonly listing: string;
  readonly classes: readonly ClassInfo[];
  readonly models: readonly JournalModel[];
  readonly mapping: Readonly<Record<string, string | null>>;
  /** Images whose reviewers differ or cannot tell, or that were excluded. */
  readonly leftOut: readonly { readonly path: string; readonly reason: LeftOutReason }[];
  readonly ensemble: boolean;
  /** Name of the part that temperatures are fitted on. */
  readonly validation: string | undefined;
}

/** What an image is for: the figures, the temperatures, or the leakage gate alone. */
export type Role = 'headline' | 'validation' | 'other';

export interface ImageRecord {
  readonly path: string;
  readonly sha256: string;
  readonly label: number;
  readonly role: Role;
  readonly group?: string | undefined;
  readonly groupSource: GroupSource;
  readonly split?: string | undefined;
  /** Base64 of the fingerprint, where it was wanted. */
  readonly fingerprint?: string | undefined;
  /** The label was given after its reviewer saw one of the models. */
  readonly sawModel?: boolean | undefined;
}

export interface ScoreRecord {
  /** Of the image. */
  readonly sha256: string;
  /** Key of the model. */
  readonly model: string;
  readonly logits: readonly number[];
  readonly inDomain?: boolean | undefined;
}

type Line =
  | { readonly type: 'run'; readonly settings: Settings; readonly shard: Shard }
  | ({ readonly type: 'image' } & ImageRecord)
  | ({ readonly type: 'score' } & ScoreRecord)
  | ({ readonly type: 'error' } & Unreadable)
  | { readonly type: 'end' };

/** Writes the journal of one attempt; each line is in the hands of the system when its call returns. */
export class Journal {
  private constructor(private readonly file: number) {}

  /**
   * Goes on behind what is there; a torn last line is cut off.
   * @throws SmearLensError `output-unwritable`
   */
  static open(folder: string, settings: Settings, shard: Shard): Journal {
    const name = path.join(folder, JOURNAL);
    try {
      const file = fs.openSync(name, 'a+');
      fs.ftruncateSync(file, wholeLength(file));
      const journal = new Journal(file);
      journal.write({ type: 'run', settings, shard });
      return journal;
    } catch (error) {
      throw unwritable(name, error);
    }
  }

  image(record: ImageRecord): void {
    this.write({ type: 'image', ...record });
  }

  score(record: ScoreRecord): void {
    this.write({ type: 'score', ...record });
  }

  error(unreadable: Unreadable): void {
    this.write({ type: 'error', ...unreadable });
  }

  /** All images of the shard were gone through. */
  end(): void {
    this.write({ type: 'end' });
  }

  close(): void {
    fs.closeSync(this.file);
  }

  private write(line: Line): void {
    try {
      fs.writeSync(this.file, `${JSON.stringify(line)}\n`);
    } catch (error) {
      throw unwritable(JOURNAL, error);
    }
  }
}

/** What was found out, as one attempt after the other left it. */
export interface Contents {
  readonly settings: Settings;
  readonly shard: Shard;
  readonly images: readonly ImageRecord[];
  readonly unreadable: readonly Unreadable[];
  /** By sha256 of the image, then by key of the model. */
  readonly scores: ReadonlyMap<string, ReadonlyMap<string, ScoreRecord>>;
  /** The last attempt went through all images. */
  readonly isWhole: boolean;
}

/**
 * The images of the last attempt, and the scores of all.
 * @param folder an out folder
 * @throws SmearLensError `input-invalid` where there is no journal, or one that this version does not read
 */
export async function readJournal(folder: string): Promise<Contents> {
  const file = path.join(folder, JOURNAL);
  let last: { settings: Settings; shard: Shard; images: ImageRecord[]; unreadable: Unreadable[]; isWhole: boolean } | undefined;
  const scores = new Map<string, Map<string, ScoreRecord>>();
  for await (const line of linesOf(file)) {
    if (line.type === 'run') last = { settings: line.settings, shard: line.shard, images: [], unreadable: [], isWhole: false };
    else if (line.type === 'score') remember(scores, line);
    else if (!last) break;
    else if (line.type === 'image') last.images.push(withoutType(line));
    else if (line.type === 'error') last.unreadable.push(withoutType(line));
    else last.isWhole = true;
  }
  if (last?.settings.format !== FORMAT) throw new SmearLensError('input-invalid', `${file}: is no journal that this version of SmearLens reads.`, 'Evaluate into a new folder.');
  return { ...last, scores };
}

/** What a resumed run need not do again. */
export interface Known {
  /** By path, as the attempts before found them. */
  readonly images: ReadonlyMap<string, Pick<ImageRecord, 'sha256' | 'fingerprint'>>;
  /** Keys of the models that have scored an image, by its sha256. */
  readonly scored: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Of an out folder; nothing where it has no journal. */
export async function readKnown(folder: string): Promise<Known> {
  const images = new Map<string, Pick<ImageRecord, 'sha256' | 'fingerprint'>>();
  const scored = new Map<string, Set<string>>();
  const file = path.join(folder, JOURNAL);
  if (!fs.existsSync(file)) return { images, scored };
  for await (const line of linesOf(file)) {
    if (line.type === 'image') images.set(line.path, { sha256: line.sha256, fingerprint: line.fingerprint });
    else if (line.type === 'score') scored.set(line.sha256, (scored.get(line.sha256) ?? new Set()).add(line.model));
  }
  return { images, scored };
}

function remember(scores: Map<string, Map<string, ScoreRecord>>, line: ScoreRecord): void {
  const { sha256, model, logits, inDomain } = line;
  const known = scores.get(sha256) ?? new Map<string, ScoreRecord>();
  known.set(model, { sha256, model, logits, inDomain });
  scores.set(sha256, known);
}

function withoutType<T extends { type: string }>({ type: _, ...rest }: T): Omit<T, 'type'> {
  return rest;
}

/** A torn last line is left out. */
async function* linesOf(file: string): AsyncGenerator<Line> {
  let held: string | undefined;
  try {
    for await (const text of readline.createInterface({ input: fs.createReadStream(file), crlfDelay: Infinity })) {
      if (held !== undefined) yield JSON.parse(held) as Line;
      held = text;
    }
  } catch (error) {
    throw new SmearLensError('input-invalid', `${file}: cannot be read (${(error as Error).message}).`, 'Give an out folder of `smearlens evaluate`, or evaluate into a new folder.');
  }
  const line = held === undefined ? undefined : parse(held);
  if (line) yield line;
}

function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

/** Bytes up to the end of the last whole line. */
function wholeLength(file: number): number {
  const size = fs.fstatSync(file).size;
  const chunk = Buffer.alloc(65536);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length);
    const read = fs.readSync(file, chunk, 0, end - start, start);
    const newline = chunk.subarray(0, read).lastIndexOf(10);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
}

function unwritable(file: string, error: unknown): SmearLensError {
  return new SmearLensError('output-unwritable', `${file}: cannot be written (${(error as Error).message}).`, 'Check the disk space and the permissions, then go on with --resume.');
}
