/** The truth in an annotation log: the replay of `.smearlens/annotations/*.jsonl` (docs/ARCHITECTURE.md, 'Contracts'). */
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as readline from 'node:readline';
import { SmearLensError } from '../errors';

/** What the reviewers say of one image, known by its sha256. */
export interface Opinion {
  /** The label on which all agree or that one adjudicated; undefined where they differ or excluded the image. */
  readonly label: string | undefined;
  /** Why there is no label. */
  readonly reason?: 'disputed' | 'excluded' | undefined;
  /** The labels given, in the order of the reviewers. */
  readonly labels: readonly string[];
  /** sha256 of the models that every reviewer who gave the label had seen before. */
  readonly seen: readonly string[];
  readonly group?: string | undefined;
}

/** Of the fields of an event those that are read here. */
interface Event {
  readonly id: string;
  readonly time: string;
  readonly reviewer: string;
  readonly image?: { readonly sha256: string };
  readonly type: string;
  readonly value?: unknown;
  readonly model?: { readonly sha256?: string };
  readonly sawModelFirst?: boolean;
}

const LOG = path.join('.smearlens', 'annotations');

/**
 * Replays every reviewer's files: the latest label a reviewer and image counts, undone events do not, an exclusion takes the image
 * out until the reviewer takes it back (value false), and the latest adjudication decides. An undo takes back the event that its
 * value names, else the file's latest one still in force; a redo the other way round.
 * @param folder evaluated; the log is the one below it or else below the nearest parent that has one
 * @param torn told of files whose last line is not whole, which is left out
 * @returns by sha256 of the image
 * @throws SmearLensError `input-invalid` where there is no log, or a line before the last is no event
 */
export async function readAnnotations(folder: string, torn: (file: string) => void = () => undefined): Promise<Map<string, Opinion>> {
  const log = findLog(path.resolve(folder));
  if (log === undefined) throw new SmearLensError('input-invalid', `${folder}: neither it nor a folder above it holds ${LOG.split(path.sep).join('/')}.`, 'Label images in a review session first, or name a CSV with --labels.');
  const files = fs.readdirSync(log).filter((name) => name.endsWith('.jsonl')).sort();
  const events: Event[] = [];
  for (const name of files) {
    const file = path.join(log, name);
    events.push(...inForce(await readEvents(file, () => torn(file))));
  }
  // Files are one after the other: of two devices of one reviewer the later event counts.
  events.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  const images = new Map<string, Event[]>();
  for (const event of events) {
    const sha256 = event.image?.sha256;
    if (sha256 === undefined) continue;
    const known = images.get(sha256);
    if (known) known.push(event);
    else images.set(sha256, [event]);
  }
  return new Map([...images].map(([sha256, own]) => [sha256, opinionOf(own)]));
}

function findLog(folder: string): string | undefined {
  const log = path.join(folder, LOG);
  if (fs.existsSync(log)) return log;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : findLog(parent);
}

async function readEvents(file: string, torn: () => void): Promise<Event[]> {
  const events: Event[] = [];
  let broken: number | undefined;
  let number = 0;
  for await (const line of readline.createInterface({ input: fs.createReadStream(file), crlfDelay: Infinity })) {
    number++;
    if (line === '') continue;
    if (broken !== undefined) throw new SmearLensError('input-invalid', `${file}: line ${broken} is no event of the annotation log.`, 'Restore the file from its history; the log is only ever appended to.');
    const event = parse(line);
    if (event) events.push(event);
    else broken = number;
  }
  if (broken !== undefined) torn();
  return events;
}

function parse(line: string): Event | undefined {
  try {
    const event = JSON.parse(line) as Event;
    return typeof event.id === 'string' && typeof event.type === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}

/** The events of one file without those that were undone. */
function inForce(events: readonly Event[]): Event[] {
  const done: Event[] = [];
  const undone: Event[] = [];
  for (const event of events) {
    if (event.type === 'undo') move(done, undone, event.value);
    else if (event.type === 'redo') move(undone, done, event.value);
    else {
      done.push(event);
      undone.length = 0;
    }
  }
  return done;
}

/** @param value id of the event; the latest where it is none */
function move(from: Event[], to: Event[], value: unknown): void {
  const at = typeof value === 'string' ? from.findIndex((e) => e.id === value) : from.length - 1;
  if (at >= 0) to.push(...from.splice(at, 1));
}

/** @param events of one image, the latest last */
function opinionOf(events: readonly Event[]): Opinion {
  const labels = new Map<string, Event>();
  const excluded = new Set<string>();
  let adjudication: Event | undefined;
  let group: string | undefined;
  for (const event of events) {
    const { type, reviewer, value } = event;
    if (type === 'label' && typeof value === 'string') labels.set(reviewer, event);
    if (type === 'adjudication' && typeof value === 'string') adjudication = event;
    if (type === 'group' && typeof value === 'string') group = value;
    if (type === 'exclude') excluded[value === false ? 'delete' : 'add'](reviewer);
  }
  const given = [...labels].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
  const base = { labels: given.map((e) => String(e.value)), seen: [], group };
  if (excluded.size > 0) return { ...base, label: undefined, reason: 'excluded' };
  const distinct = new Set(base.labels);
  if (!adjudication && distinct.size > 1) return { ...base, label: undefined, reason: 'disputed' };
  const label = adjudication ? String(adjudication.value) : base.labels[0];
  // One who came to the same label before seeing the model makes it independent.
  const [first, ...others] = adjudication ? [adjudication] : given;
  const seen = first ? modelSeen(first).filter((model) => others.every((e) => modelSeen(e).includes(model))) : [];
  return { ...base, label, seen };
}

function modelSeen({ sawModelFirst, model }: Event): string[] {
  return sawModelFirst && model?.sha256 !== undefined ? [model.sha256] : [];
}
