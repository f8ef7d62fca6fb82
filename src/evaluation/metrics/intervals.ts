/** 95 % intervals of all headline figures, by the way that the images allow. */
import type { Interval, PredictionSet } from '../types';
import { figureNames, INDEPENDENT, MIN_GROUPS, notEstimable, percentileInterval, replicatesOf, tooFewGroups, unitsOf, type ResamplingOptions, type Units } from './bootstrap';
import { AVERAGED, type Figures, type Margins } from './confusion';
import { delongInterval } from './delong';
import type { Ranking } from './ranking';
import { wilson } from './wilson';

/** What has been counted of a set of predictions. */
export interface Counted {
  readonly margins: Margins;
  /** Of each class, the images that were recognised. */
  readonly hits: readonly number[];
  /** One a class; null where it has none. */
  readonly rankings: readonly (Ranking | null)[];
  readonly figures: Figures;
}

/** By the names in metrics.json, of the whole and of each class. */
export interface Intervals {
  readonly overall: Readonly<Record<string, Interval>>;
  readonly perClass: readonly Readonly<Record<string, Interval>>[];
}

/**
 * With groups a cluster bootstrap of every figure; nothing below 5 groups, and nothing that hangs on the images of a class where fewer than 5 groups have
 * any. Without
 * groups Wilson for proportions, DeLong for the areas of the classes, and a bootstrap of images for what has no closed form.
 */
export function intervalsOf(set: PredictionSet, counted: Counted, options: ResamplingOptions): Intervals {
  const units = unitsOf(set);
  const tooFew = tooFewGroups(units);
  const closed = units.grouped ? sparseClasses(set, counted.margins, units) : closedForms(counted);
  const replicates = tooFew ? undefined : replicatesOf(set, counted.rankings, units, options);
  const estimate = (name: string): Interval => tooFew ?? closed.get(name) ?? percentileInterval(replicates?.get(name) ?? new Float64Array(), units);
  const all = figureNames(counted.figures).map((name): [string, Interval] => [name, estimate(name)]);
  const below = (prefix: string): Record<string, Interval> => Object.fromEntries(all.filter(([name]) => name.startsWith(prefix)).map(([name, interval]) => [name.slice(prefix.length), interval]));
  return { overall: Object.fromEntries(all.filter(([name]) => !/^\d/.test(name))), perClass: set.classes.map((_, c) => below(`${c}.`)) };
}

/** What has a formula, and no bootstrap, if images are independent. */
function closedForms({ margins, hits, rankings, figures }: Counted): Map<string, Interval> {
  const { n, right, support, predicted } = margins;
  const proportion = (successes: number, trials: number, ofWhat: string): Interval => {
    const ends = wilson(successes, trials);
    return ends ? { ...ends, method: 'wilson', note: INDEPENDENT } : notEstimable('wilson', `not estimable: no ${ofWhat}`);
  };
  const area = (ranking: Ranking | null, auc: number): Interval => {
    if (!ranking || Number.isNaN(auc)) return notEstimable('delong', 'not estimable: there is no AUC');
    if (auc === 0 || auc === 1) return notEstimable('delong', 'not estimable: no DeLong interval at an AUC of exactly 0 or 1');
    const ends = delongInterval(ranking, auc);
    return ends ? { ...ends, method: 'delong', note: INDEPENDENT } : notEstimable('delong', 'not estimable: too few images, or all have the same score');
  };
  const closed = new Map([['accuracy', proportion(right, n, 'images')]]);
  hits.forEach((hit, c) => {
    closed.set(`${c}.precision`, proportion(hit, predicted[c], 'image was taken for the class'));
    closed.set(`${c}.sensitivity`, proportion(hit, support[c], 'images of the class'));
    closed.set(`${c}.specificity`, proportion(n - support[c] - predicted[c] + hit, n - support[c], 'images of other classes'));
    closed.set(`${c}.auc`, area(rankings[c], figures.perClass[c].auc));
  });
  return closed;
}

/**
 * Of classes that too few groups have, or lack: what hangs on them cannot be estimated, however many groups there are in all; nor can an unweighted mean
 * over them.
 */
function sparseClasses({ rows, classes }: PredictionSet, { support }: Margins, { unitOf }: Units): Map<string, Interval> {
  const sparse = new Map<string, Interval>();
  const set = (name: string, who: string): unknown => sparse.set(name, notEstimable('cluster-bootstrap', `not estimable: fewer than 5 groups ${who}`));
  classes.forEach((_, c) => {
    if (support[c] === 0) return;
    const few = (of: boolean): boolean => new Set(unitOf.filter((_unit, i) => (rows[i].label === c) === of)).size < MIN_GROUPS;
    const [having, lacking] = [few(true), few(false)];
    for (const name of AVERAGED) {
      const affected = { precision: having, sensitivity: having, f1: having, specificity: lacking, auc: having || lacking }[name];
      if (!affected) continue;
      set(`${c}.${name}`, name === 'specificity' ? 'with images of other classes' : name === 'auc' ? 'with images of the class, or of others' : 'with images of the class');
      set(`macro.${name}`, 'of a class');
      if (name === 'sensitivity') set('balancedAccuracy', 'of a class');
    }
  });
  return sparse;
}
