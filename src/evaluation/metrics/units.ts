/** What counts as an independent observation: a patient or slide where they are known, else each image. */
import type { GroupSource, Interval, PredictionSet } from '../types';
import { AVERAGED } from './confusion';

export const INDEPENDENT = 'assumes independent images; too narrow if images share a smear';
const GUESSED = 'groups are guessed from file names';
const MIN_GROUPS = 5;

/** What a bootstrap draws with replacement. */
export interface Units {
  /** Of each image. */
  readonly unitOf: Int32Array;
  readonly count: number;
  /** Units are groups, and not images. */
  readonly grouped: boolean;
  readonly note: string | undefined;
}

/** The images' groups; an image without one, among others with, is a group of its own, and the note says so. Without any groups the images themselves. */
export function unitsOf({ rows, groupSource }: { readonly rows: readonly { readonly group?: string | undefined }[]; readonly groupSource: GroupSource }): Units {
  const lone = rows.filter((row) => !row.group).length;
  if (groupSource === 'none' || lone === rows.length) return { unitOf: Int32Array.from(rows, (_, i) => i), count: rows.length, grouped: false, note: INDEPENDENT };
  const numbers = new Map<string, number>();
  let count = 0;
  const unitOf = Int32Array.from(rows, ({ group }) => {
    if (!group) return count++;
    const number = numbers.get(group) ?? count++;
    numbers.set(group, number);
    return number;
  });
  const notes = [...(groupSource === 'file-run' ? [GUESSED] : []), ...(lone > 0 ? [`images without a group (${lone}) count as groups of their own`] : [])];
  return { unitOf, count, grouped: true, note: notes.length > 0 ? notes.join('; ') : undefined };
}

export function notEstimable(method: Interval['method'], why: string): Interval {
  return { low: null, high: null, method, note: `not estimable: ${why}` };
}

/** The interval that stands for all where there are fewer than 5 groups; undefined where there are enough, or none. */
export function tooFewGroups({ grouped, count }: Units): Interval | undefined {
  return grouped && count < MIN_GROUPS ? notEstimable('cluster-bootstrap', 'fewer than 5 groups') : undefined;
}

/**
 * Intervals of figures that hang on the images of a class which fewer than 5 groups have, or lack: they cannot be estimated, however many groups there are in
 * all, and an unweighted mean over such classes neither. By name, of class c as `c.auc` and so on; empty without groups.
 */
export function sparseClasses({ rows, classes }: PredictionSet, { grouped, unitOf }: Units): Map<string, Interval> {
  const sparse = new Map<string, Interval>();
  if (!grouped) return sparse;
  const set = (name: string, who: string): unknown => sparse.set(name, notEstimable('cluster-bootstrap', `fewer than 5 groups ${who}`));
  classes.forEach((_, c) => {
    const groups = { having: new Set<number>(), lacking: new Set<number>() };
    rows.forEach(({ label }, i) => (label === c ? groups.having : groups.lacking).add(unitOf[i]));
    if (groups.having.size === 0) return;
    const [having, lacking] = [groups.having.size < MIN_GROUPS, groups.lacking.size < MIN_GROUPS];
    const affected = { precision: having, sensitivity: having, specificity: lacking, f1: having, auc: having || lacking };
    for (const name of AVERAGED.filter((n) => affected[n])) {
      set(`${c}.${name}`, name === 'specificity' ? 'with images of other classes' : name === 'auc' ? 'with images of the class, or of others' : 'with images of the class');
      set(`macro.${name}`, 'with images of a class, or of all others');
      if (name === 'sensitivity') set('balancedAccuracy', 'with images of a class');
    }
  });
  return sparse;
}
