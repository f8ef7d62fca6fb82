/** What the events come to: which of them are in force, and what each reviewer says of an image. */
import type { AnnotationEvent, ImageReference, Region } from './types';

/** One file's events, in order, with those that were undone. */
export class FileReplay {
  private readonly byImage = new Map<string, AnnotationEvent[]>();
  /** By id, in the order in which they came into force. */
  private readonly done = new Map<string, AnnotationEvent>();
  private readonly undone = new Map<string, AnnotationEvent>();
  /** Time by id: that of the event, or of one before it in the file if that is later, as clocks are set back. */
  private readonly times = new Map<string, string>();
  private readonly paths = new Map<string, string>();
  private latest = '';

  /** A second event with the id of one before is that event. */
  add(event: AnnotationEvent): void {
    if (this.times.has(event.id)) return;
    if (event.time > this.latest) this.latest = event.time;
    this.times.set(event.id, this.latest);
    if (event.type === 'undo') return move(this.done, this.undone, event.value);
    if (event.type === 'redo') return move(this.undone, this.done, event.value);
    this.done.set(event.id, event);
    this.undone.clear();
    if (!event.image) return;
    this.paths.set(event.image.path, event.image.sha256);
    const known = this.byImage.get(event.image.sha256);
    if (known) known.push(event);
    else this.byImage.set(event.image.sha256, [event]);
  }

  has(id: string): boolean {
    return this.times.has(id);
  }

  /** sha256 of all images that an event is about, undone ones included. */
  get images(): Iterable<string> {
    return this.byImage.keys();
  }

  /** sha256 of the image that lay at this path when an event was last made about it. */
  atPath(path: string): string | undefined {
    return this.paths.get(path);
  }

  /** The events of an image that are in force, with their times. */
  inForce(sha256: string): { readonly event: AnnotationEvent; readonly time: string }[] {
    const events = this.byImage.get(sha256) ?? [];
    return events.filter(({ id }) => this.done.has(id)).map((event) => ({ event, time: this.times.get(event.id) ?? '' }));
  }
}

/** @param id of the event; the latest where it is none */
function move(from: Map<string, AnnotationEvent>, to: Map<string, AnnotationEvent>, id: unknown): void {
  const key = typeof id === 'string' ? id : [...from.keys()].at(-1);
  const event = key === undefined ? undefined : from.get(key);
  if (key === undefined || !event) return;
  from.delete(key);
  to.set(key, event);
}

export type LabelEvent = Extract<AnnotationEvent, { readonly type: 'label' }>;
export type AdjudicationEvent = Extract<AnnotationEvent, { readonly type: 'adjudication' }>;

/** What one reviewer says of one image. */
export interface Opinion {
  readonly reviewer: string;
  /** The latest label in force, a silent repeat aside; its value null: unsure. */
  readonly label?: LabelEvent | undefined;
  readonly note?: string | undefined;
  readonly regions: readonly Region[];
  readonly excluded: boolean;
  /** Labels given when the image was shown again without saying so. */
  readonly repeats: readonly LabelEvent[];
}

/** What is known of one image. */
export interface ImageState {
  /** As the latest event names it. */
  readonly image: ImageReference;
  /** In the order of the reviewers' names. */
  readonly opinions: readonly Opinion[];
  /** The latest: it decides. */
  readonly adjudication?: AdjudicationEvent | undefined;
  readonly group?: string | undefined;
}

/**
 * The latest label, note and exclusion of each reviewer count, whichever device they came from.
 * @param files of which the events are taken, one after the other in time
 * @returns undefined where nothing is in force
 */
export function replay(files: Iterable<FileReplay>, sha256: string): ImageState | undefined {
  const events = [...files].flatMap((file) => file.inForce(sha256)).sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  let image: ImageReference | undefined;
  let adjudication: AdjudicationEvent | undefined;
  let group: string | undefined;
  const opinions = new Map<string, { label?: LabelEvent; note?: string; regions: Map<string, Region>; excluded: boolean; repeats: LabelEvent[] }>();
  for (const { event } of events) {
    image = event.image ?? image;
    const own = opinions.get(event.reviewer) ?? { regions: new Map<string, Region>(), excluded: false, repeats: [] };
    if (event.type === 'adjudication') adjudication = event;
    else if (event.type === 'group') group = event.value === '' ? undefined : event.value;
    else {
      opinions.set(event.reviewer, own);
      if (event.type === 'label') {
        if (event.repeat) own.repeats.push(event);
        else own.label = event;
      } else if (event.type === 'note') own.note = event.value;
      else if (event.type === 'exclude') own.excluded = event.value !== false;
      else if (event.type === 'region') {
        if ('deleted' in event.value) own.regions.delete(event.value.id);
        else own.regions.set(event.value.id, event.value);
      }
    }
  }
  if (!image) return undefined;
  const sorted = [...opinions].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    image,
    opinions: sorted.map(([reviewer, { label, note, regions, excluded, repeats }]) => ({ reviewer, label, note: note === '' ? undefined : note, regions: [...regions.values()], excluded, repeats })),
    adjudication,
    group,
  };
}

/** The label of an image, or why it has none. */
/** What one reviewer thinks of an image; undefined where that reviewer has said nothing of it. */
export function opinionOf(state: ImageState | undefined, reviewer: string): Opinion | undefined {
  return state?.opinions.find((opinion) => opinion.reviewer === reviewer);
}

export type Consensus =
  | { readonly label: string; /** The events that gave it. */ readonly by: readonly (LabelEvent | AdjudicationEvent)[] }
  | { readonly label: undefined; readonly reason: 'unlabelled' | 'unsure' | 'disputed' | 'excluded' };

/**
 * The label on which all reviewers who gave one agree, or that one adjudicated. A reviewer who is unsure contradicts nobody.
 * One exclusion takes the image out.
 */
export function consensusOf({ opinions, adjudication }: ImageState): Consensus {
  if (opinions.some(({ excluded }) => excluded)) return { label: undefined, reason: 'excluded' };
  if (adjudication) return { label: adjudication.value, by: [adjudication] };
  const events = opinions.flatMap(({ label }) => label ?? []);
  const given = events.filter(({ value }) => value !== null);
  const [first] = given;
  if (!first || first.value === null) return { label: undefined, reason: events.length > 0 ? 'unsure' : 'unlabelled' };
  return given.every(({ value }) => value === first.value) ? { label: first.value, by: given } : { label: undefined, reason: 'disputed' };
}
