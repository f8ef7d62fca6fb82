/** Training, validation and test parts: stratified, whole groups on one side, the same for one seed on every machine. Pure. */
import { createHash } from 'node:crypto';
import { byCodeUnits } from '../evaluation/order';

export type Part = 'train' | 'validation' | 'test';

/** An image to be put into a part. */
export interface Splittable {
  readonly path: string;
  /** Index of its class. */
  readonly label: number;
  /** Patient or slide: all of one are in one part. */
  readonly group?: string | undefined;
}

export interface SplitOptions {
  /** Share of all images, 0 to 1 (the study: 0.2). */
  readonly test: number;
  /** Share of what is left (the study: 0.2). */
  readonly validation: number;
  /** A whole number. */
  readonly seed: number;
  /** Paths that have to be in one part, besides those of a group: near duplicates, say. */
  readonly together?: readonly (readonly string[])[] | undefined;
}

/**
 * A part for each image. Where no images belong together, each part has ⌈share·n⌉ images and of each class as many as scikit-learn's
 * `train_test_split(stratify=)` gives it (largest remainders), the images drawn by the hash of seed and path. Else whole units, the
 * largest first, go where they bring the classes nearest to their shares.
 * @param classes how many there are
 * @returns by path
 */
export function split(images: readonly Splittable[], classes: number, { test, validation, seed, together }: SplitOptions): Map<string, Part> {
  const units = unitsOf(images, together ?? []);
  const cut = (from: readonly Unit[], share: number, salt: string): { cut: readonly Unit[]; rest: readonly Unit[] } =>
    from.every(({ images: own }) => own.length === 1) ? cutExactly(from, classes, share, `${seed} ${salt}`) : cutUnits(from, classes, share, `${seed} ${salt}`);
  const first = cut(units, test, 'test');
  const second = cut(first.rest, validation, 'validation');
  const parts = new Map<string, Part>();
  for (const [part, own] of [['test', first.cut], ['validation', second.cut], ['train', second.rest]] as const) {
    for (const { path } of own.flatMap((unit) => unit.images)) parts.set(path, part);
  }
  return parts;
}

/**
 * How many of each class make up `total`: in proportion, rounded down, and the rest to the largest remainders (the lower index first).
 * @param counts of each class; their sum is at least `total`
 */
export function proportional(counts: readonly number[], total: number): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  const exact = counts.map((count) => (sum === 0 ? 0 : (count * total) / sum));
  const whole = exact.map(Math.floor);
  const left = total - whole.reduce((a, b) => a + b, 0);
  const largest = exact.map((value, c) => ({ c, rest: value - whole[c] })).sort((a, b) => b.rest - a.rest || a.c - b.c);
  for (const { c } of largest.slice(0, left)) whole[c]++;
  return whole;
}

interface Unit {
  /** The smallest of its paths. */
  readonly key: string;
  readonly images: readonly Splittable[];
}

/** Images that belong together, in any number of steps. */
function unitsOf(images: readonly Splittable[], together: readonly (readonly string[])[]): Unit[] {
  const parent = new Map(images.map(({ path }) => [path, path]));
  const root = (path: string): string => {
    let at = path;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    return at;
  };
  const join = (a: string, b: string): void => {
    const [low, high] = [root(a), root(b)].sort(byCodeUnits);
    parent.set(high, low);
  };
  const groups = new Map<string, string>();
  for (const { path, group } of images) {
    if (group === undefined) continue;
    const first = groups.get(group);
    if (first === undefined) groups.set(group, path);
    else join(first, path);
  }
  for (const [first, ...others] of together) for (const other of others) if (parent.has(first) && parent.has(other)) join(first, other);
  const units = new Map<string, Splittable[]>();
  for (const image of [...images].sort((a, b) => byCodeUnits(a.path, b.path))) {
    const key = root(image.path);
    const known = units.get(key);
    if (known) known.push(image);
    else units.set(key, [image]);
  }
  return [...units].map(([key, own]) => ({ key, images: own }));
}

function cutExactly(units: readonly Unit[], classes: number, share: number, salt: string): { cut: Unit[]; rest: Unit[] } {
  const byClass = Array.from({ length: classes }, (): Unit[] => []);
  for (const unit of drawn(units, salt)) byClass[unit.images[0].label].push(unit);
  const wanted = proportional(byClass.map((own) => own.length), Math.ceil(share * units.length - 1e-9));
  return { cut: byClass.flatMap((own, c) => own.slice(0, wanted[c])), rest: byClass.flatMap((own, c) => own.slice(wanted[c])) };
}

function cutUnits(units: readonly Unit[], classes: number, share: number, salt: string): { cut: Unit[]; rest: Unit[] } {
  const countsOf = ({ images }: Unit): number[] => Array.from({ length: classes }, (_, c) => images.filter(({ label }) => label === c).length);
  const totals = Array.from({ length: classes }, () => 0);
  for (const unit of units) countsOf(unit).forEach((count, c) => (totals[c] += count));
  const cut: Unit[] = [];
  const rest: Unit[] = [];
  const got = totals.map(() => 0);
  // The largest first, as the small ones can even out what they leave; a stable sort of an order that was drawn.
  for (const unit of drawn(units, salt).sort((a, b) => b.images.length - a.images.length)) {
    const counts = countsOf(unit);
    const off = (taken: boolean): number => totals.reduce((sum, total, c) => sum + (total === 0 ? 0 : ((got[c] + (taken ? counts[c] : 0)) / total - share) ** 2), 0);
    if (off(true) < off(false)) {
      cut.push(unit);
      counts.forEach((count, c) => (got[c] += count));
    } else rest.push(unit);
  }
  return { cut, rest };
}

/** In an order that depends on the seed and each unit's key alone. */
function drawn(units: readonly Unit[], salt: string): Unit[] {
  return units.map((unit) => ({ unit, hash: createHash('sha256').update(`${salt}\n${unit.key}`).digest('hex') })).sort((a, b) => byCodeUnits(a.hash, b.hash)).map(({ unit }) => unit);
}
