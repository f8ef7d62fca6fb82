/** Writes an augmented training set: a folder a part and class, a table of where each image comes from, and how it was made. */
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { createHash } from 'node:crypto';
import { stringify } from 'csv-stringify/sync';
import { SmearLensError } from '../../errors';
import { openOutFolder, writeWhole } from '../../evaluation/outFolder';
import { applyChange, type Change, type Fill } from '../../images/change';
import { decodeBytes, readImageFile } from '../../images/decode';
import { encodePng } from '../../images/render';
import type { GroupSource } from '../../evaluation/types';
import type { ClassInfo } from '../../protocol/analysis';
import { RESEARCH_USE } from '../../protocol/format';
import { severalAtOnce } from '../dataset';
import { LEAK_WARNING, planAugmented, type Planned, type Preset, type Source } from './plan';
import { drawChange, type Ranges } from './transform';

/** A labelled image with its part. */
export interface AugmentSource extends Source {
  /** To open it. */
  readonly file: string;
  readonly group?: string | undefined;
  readonly groupSource: GroupSource;
}

export interface AugmentOptions {
  readonly out: string;
  readonly preset: Preset;
  readonly seed: number;
  readonly ranges: Ranges;
  readonly fill: Fill;
  /** Goes on with a set that was stopped. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
  /** Told of each image that cannot be read; its copies are not made. */
  readonly failed: (path: string, error: unknown) => void;
  /** Of SmearLens. */
  readonly version: string;
}

export interface Augmented {
  readonly written: number;
  readonly failed: number;
  /** By part and class id. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly warnings: readonly string[];
  /** False: it was cancelled; what was done is kept. */
  readonly isWhole: boolean;
}

/** The table's name in the out folder; `evaluate --labels` and `curate split --labels` read it. */
export const AUGMENTED_CSV = 'augmented.csv';
const PROVENANCE = 'provenance.json';

interface Row {
  readonly path: string;
  readonly sha256: string;
  readonly label: string;
  readonly group: string;
  readonly groupSource: GroupSource;
  readonly split: string;
  readonly source: string;
  readonly sourceSha256: string;
  readonly copy: number;
  readonly change: Change | undefined;
}

/**
 * Originals are copied byte by byte, copies are PNG files, as a second lossy compression would leave marks of its own. A copy's group is its source's or,
 * where that has none, the source itself, of source 'none': whoever splits the set anew keeps them together, and nobody takes them for patients.
 * @param sources with their parts
 * @throws SmearLensError `output-unwritable`, `input-invalid` where a set of other settings is to be resumed
 */
export async function writeAugmented(sources: readonly AugmentSource[], classes: readonly ClassInfo[], options: AugmentOptions): Promise<Augmented> {
  const { out, preset, seed, ranges, fill, resume, signal, version } = options;
  const planned = planAugmented(sources, classes.length, preset, seed);
  const settings = { tool: 'SmearLens', version, researchUse: RESEARCH_USE, preset, seed, ranges, fill, classes: classes.map(({ id }) => id), listing: listingOf(planned) };
  await openOutFolder(out, resume);
  await keepSettings(path.join(out, PROVENANCE), settings, resume);
  const names = namesOf(planned, classes);
  const rows: (Row | undefined)[] = Array.from({ length: planned.length }, () => undefined);
  let [done, failures] = [0, 0];
  await severalAtOnce(bySource(planned), 2 * os.availableParallelism(), async (own) => {
    if (signal.aborted) return;
    try {
      const made = await writeSource(own.map((i) => ({ ...planned[i], name: names[i] })), classes, options);
      own.forEach((i, k) => (rows[i] = made[k]));
    } catch (error) {
      if (error instanceof SmearLensError && error.code === 'output-unwritable') throw error;
      failures += own.length;
      options.failed(planned[own[0]].source.path, error);
    }
    options.progress((done += own.length), planned.length);
  });
  const warnings = preset === 'study-table-1' ? [LEAK_WARNING] : [];
  const whole = rows.filter((row) => row !== undefined);
  const counts: Record<string, Record<string, number>> = {};
  for (const { split, label } of whole) (counts[split] ??= {})[label] = (counts[split][label] ?? 0) + 1;
  if (!signal.aborted) {
    await writeWhole(path.join(out, AUGMENTED_CSV), table(whole));
    await writeWhole(path.join(out, PROVENANCE), `${JSON.stringify({ ...settings, warnings, counts, images: whole.length, unreadable: failures }, null, 2)}\n`);
  }
  return { written: whole.length, failed: failures, counts, warnings, isWhole: !signal.aborted };
}

/** One image and its copies: it is read and decoded once. */
async function writeSource(own: readonly (Planned<AugmentSource> & { readonly name: string })[], classes: readonly ClassInfo[], { out, seed, ranges, fill }: AugmentOptions): Promise<Row[]> {
  const [{ source }] = own;
  const { bytes, sha256 } = await readImageFile(source.file);
  let decoded: ReturnType<typeof decodeBytes> | undefined;
  const rows: Row[] = [];
  for (const { copy, part, name } of own) {
    const file = path.join(out, name);
    const change = copy === 0 ? undefined : drawChange(ranges, seed, sha256, copy);
    let content: Uint8Array | undefined = await fs.readFile(file).catch(() => undefined);
    if (!content) {
      if (change) {
        const { width, height, data } = applyChange(await (decoded ??= decodeBytes(bytes, source.file)), change, fill);
        content = await encodePng(data, width, height);
      } else {
        // What cannot be decoded is no training image.
        await (decoded ??= decodeBytes(bytes, source.file));
        content = bytes;
      }
      await writeWhole(file, content, 'Make room or choose another folder with --out, then go on with --resume.');
    }
    rows.push({ path: name, sha256: createHash('sha256').update(content).digest('hex'), label: classes[source.label].id, group: source.group ?? source.path, groupSource: source.group === undefined ? 'none' : source.groupSource, split: part, source: source.path, sourceSha256: sha256, copy, change });
  }
  return rows;
}

async function keepSettings(file: string, settings: object, resume: boolean): Promise<void> {
  const before = resume ? await fs.readFile(file, 'utf8').catch(() => undefined) : undefined;
  if (before !== undefined) {
    const known = JSON.parse(before) as Record<string, unknown>;
    const other = Object.entries(settings).find(([key, value]) => JSON.stringify(known[key]) !== JSON.stringify(value));
    if (other) throw new SmearLensError('input-invalid', `${file}: the set in this folder was begun with another '${other[0]}'.`, 'Give the settings that it was begun with, or another folder with --out.');
  }
  await writeWhole(file, `${JSON.stringify(settings, null, 2)}\n`);
}

function listingOf(planned: readonly Planned<AugmentSource>[]): string {
  const hash = createHash('sha256');
  for (const { source, copy, part } of planned) hash.update(`${JSON.stringify([source.path, source.label, copy, part])}\n`);
  return hash.digest('hex');
}

/** `<part>/<class>/<name>`, and a piece of the path's hash where two images of a class have one name. */
function namesOf(planned: readonly Planned<AugmentSource>[], classes: readonly ClassInfo[]): string[] {
  const sources = new Map(planned.map(({ source }) => [source.path, source]));
  const stems = new Map<string, number>();
  const keyOf = ({ path: file, label }: AugmentSource): string => `${label}/${path.posix.parse(file).name.toLowerCase()}`;
  for (const source of sources.values()) stems.set(keyOf(source), (stems.get(keyOf(source)) ?? 0) + 1);
  return planned.map(({ source, copy, part }) => {
    const { name, ext } = path.posix.parse(source.path);
    const mark = (stems.get(keyOf(source)) ?? 0) > 1 ? `~${createHash('sha256').update(source.path).digest('hex').slice(0, 8)}` : '';
    return `${part}/${classes[source.label].id}/${name}${mark}${copy === 0 ? ext : `~aug${copy}.png`}`;
  });
}

/** Indices of an image and its copies. */
function bySource(planned: readonly Planned<AugmentSource>[]): number[][] {
  const found = new Map<string, number[]>();
  planned.forEach(({ source }, i) => {
    const own = found.get(source.path);
    if (own) own.push(i);
    else found.set(source.path, [i]);
  });
  return [...found.values()];
}

function table(rows: readonly Row[]): string {
  const columns = ['path', 'sha256', 'label', 'group', 'groupSource', 'split', 'source', 'sourceSha256', 'copy', 'rotation', 'shear', 'zoom', 'widthShift', 'heightShift', 'flip'];
  return stringify(rows.map(({ change, ...row }) => ({ ...row, ...(change ? { ...change, flip: String(change.flip) } : {}) })), { header: true, columns });
}
