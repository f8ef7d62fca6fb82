/** Goes through the images of a shard: decoding and models at the same time, each result to the journal at once. */
import { fromErrorInfo, toErrorInfo } from '../../errors';
import { inShard, type Shard } from '../shard';
import { isLabelled, type LabelledImage, type Truth } from '../truth';
import { Batcher } from './batcher';
import type { Crew } from './crew';
import { isOfImage } from './forEachImage';
import type { Journal, JournalModel, Known, Role } from './journal';
import type { Decoded } from './thread';

/** Images on their way in each decoding thread: while libvips works on one, JavaScript composes another. */
const DECODES = 4;
/** Batches on their way to each predicting thread, so that it never waits for the main thread. */
const BATCHES = 3;

export interface RunEvents {
  /** After each image. */
  readonly done: (count: number) => void;
  /** An image or a folder that cannot be read, or that a model cannot score. */
  readonly failed: (path: string, error: unknown) => void;
}

export interface RunResult {
  /** Went through, those that failed included. */
  readonly images: number;
  /** Models ran on them; the others were known or are not asked for. */
  readonly scored: number;
  readonly failed: number;
  /** By model: wall time of its runs on one thread, in milliseconds. */
  readonly milliseconds: readonly number[];
}

interface Work {
  readonly truth: Truth;
  readonly shard: Shard;
  readonly roleOf: (image: LabelledImage) => Role;
  readonly models: readonly JournalModel[];
  readonly known: Known;
  /** Whether the leakage gate compares pictures. */
  readonly fingerprints: boolean;
}

/**
 * Goes through all images until the signal is aborted; those on their way are still finished. Memory does not grow with their number.
 * @throws SmearLensError `output-unwritable`
 */
export async function run(crew: Crew, work: Work, journal: Journal, events: RunEvents, signal: AbortSignal): Promise<RunResult> {
  const { decoders, threads, batch } = crew;
  const { models, known } = work;
  const batcher = new Batcher(crew.predictors, batch, crew.tensorOf);
  const underway = new Set<Promise<void>>();
  const limit = threads.decode * DECODES + threads.predict * BATCHES * batch;
  const evaluated = new Set(models.map((m) => m.sha256));
  let [images, scored, failed] = [0, 0, 0];

  const fail = (path: string, file: string, thrown: unknown): void => {
    const { code, message } = toErrorInfo(thrown);
    // Messages name the image as the results do, so that they are the same on every machine.
    journal.error({ path, code, message: message.replaceAll(file, path) });
    failed++;
    events.failed(path, thrown);
  };
  const wantedOf = (sha256: string, role: Role): boolean[] => models.map((m) => role !== 'other' && !known.scored.get(sha256)?.has(m.key));

  const through = async (image: LabelledImage): Promise<void> => {
    const { path, file, label, group, groupSource, split, seen } = image;
    const role = work.roleOf(image);
    const before = known.images.get(path);
    const fingerprint = work.fingerprints && before?.fingerprint === undefined;
    const isDone = before !== undefined && !fingerprint && !wantedOf(before.sha256, role).includes(true);
    batcher.expect();
    const call = { file, unless: isDone ? before.sha256 : undefined, tensors: role !== 'other', fingerprint: work.fingerprints };
    const decoded = await (decoders.call(call) as Promise<Decoded>).catch((error: unknown) => {
      batcher.arrived();
      throw error;
    });
    const { sha256, tensors } = decoded;
    const wanted = wantedOf(sha256, role);
    const scoring = tensors && wanted.includes(true) ? batcher.predict(tensors, wanted) : undefined;
    batcher.arrived();
    const scores = (await scoring) ?? [];
    for (const own of scores) if (own && 'error' in own) throw fromErrorInfo(own.error);
    scores.forEach((own, m) => own && 'logits' in own && journal.score({ sha256, model: models[m].key, ...own }));
    if (scoring) scored++;
    const print = decoded.fingerprint ? Buffer.from(decoded.fingerprint.buffer).toString('base64') : work.fingerprints ? before?.fingerprint : undefined;
    journal.image({ path, sha256, label, role, group, groupSource, split, fingerprint: print, ...(seen.some((s) => evaluated.has(s)) ? { sawModel: true } : {}) });
  };

  let fatal: { readonly error: unknown } | undefined;
  for await (const found of work.truth.images((path, file, error) => inShard(path, work.shard) && fail(path, file, error))) {
    if (signal.aborted || fatal) break;
    if (!isLabelled(found) || !inShard(found.path, work.shard)) continue;
    const one: Promise<void> = through(found)
      .catch((error: unknown) => {
        if (!isOfImage(error)) throw error;
        fail(found.path, found.file, error);
      })
      .then(() => events.done(++images))
      .catch((error: unknown) => void (fatal ??= { error }))
      .finally(() => underway.delete(one));
    underway.add(one);
    if (underway.size >= limit) await Promise.race(underway);
  }
  await Promise.all(underway);
  if (fatal) throw fatal.error;
  return { images, scored, failed, milliseconds: batcher.milliseconds };
}
