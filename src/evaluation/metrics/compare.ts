/** Models side by side on the same images. */
import type { Comparison, Interval } from '../types';
import { percentileInterval, replicatesOf, type ResamplingOptions } from './bootstrap';
import { meanLosses } from './calibration';
import { count, isOverall, namedFigures, type Counted } from './counted';
import { pairedDelong } from './delong';
import { holm, mcnemar } from './mcnemar';
import { requireSameImages, type NamedSet } from './sameImages';
import { whole, type Steps } from './steps';
import { sparseClasses, tooFewGroups, unitsOf, type Units } from './units';

const LEVEL = 0.05;

/** Belongs below every table of several models. */
export const BEST_IS_OPTIMISTIC = 'The best of several models on one test set is an optimistic choice: expect less of it on new images.';
const NOTE = "McNemar's and DeLong's tests assume independent images; their p is too small if images share a smear";

/** A model with what its comparisons need. */
interface Candidate extends NamedSet {
  readonly counted: Counted;
  /** Of all images, and of each resample. */
  readonly figures: ReadonlyMap<string, number>;
  readonly replicates: ReadonlyMap<string, Float64Array> | undefined;
}

export interface Compared {
  readonly comparisons: Comparison[];
  readonly notDistinguishable: string[];
}

/**
 * Every pair of models, in the order given, and the ids of those that are not distinguishable from the most accurate one (the first of equal ones), itself
 * included: McNemar's p, Holm-adjusted over the comparisons with it, is at least 0.05. Differences are those of the same resamples, of groups where there are
 * any.
 * @throws SmearLensError `input-invalid` where models do not cover the same images, labels and classes
 */
export function compareModels(models: readonly NamedSet[], options: ResamplingOptions = {}): Compared {
  return whole(compareSteps(models, options));
}

/** {@link compareModels} in steps: seconds, and minutes of 100,000 images, go into the bootstrap. */
export function* compareSteps(models: readonly NamedSet[], options: ResamplingOptions = {}): Steps<Compared> {
  if (models.length === 0) return { comparisons: [], notDistinguishable: [] };
  requireSameImages(models);
  const units = unitsOf(models[0].set);
  const known = sparseClasses(models[0].set, units);
  const candidates: Candidate[] = [];
  for (const model of models) {
    const counted = count(model.set);
    const replicates = tooFewGroups(units) || models.length < 2 ? undefined : yield* replicatesOf(model.set, counted, units, options);
    candidates.push({ ...model, counted, figures: new Map(namedFigures(counted.figures, meanLosses(counted.losses))), replicates });
  }
  const comparisons = candidates.flatMap((a, i) => candidates.slice(i + 1).map((b) => compare(a, b, units, known)));
  const best = candidates.reduce((top, candidate) => (candidate.counted.margins.right > top.counted.margins.right ? candidate : top)).id;
  const withBest = comparisons.filter(({ a, b }) => a === best || b === best);
  const adjusted = new Map(holm(withBest.map((c) => c.mcnemar.p)).map((p, i) => [withBest[i], p]));
  const distinct = new Set(withBest.filter((c) => (adjusted.get(c) ?? 1) < LEVEL).flatMap(({ a, b }) => [a, b]));
  return {
    comparisons: comparisons.map((c) => (adjusted.has(c) ? { ...c, mcnemar: { ...c.mcnemar, holm: adjusted.get(c) } } : c)),
    notDistinguishable: models.map((m) => m.id).filter((id) => id === best || !distinct.has(id)),
  };
}

function compare(a: Candidate, b: Candidate, units: Units, known: ReadonlyMap<string, Interval>): Comparison {
  let [onlyA, onlyB] = [0, 0];
  a.set.rows.forEach(({ label, predicted }, i) => {
    const [rightA, rightB] = [predicted === label, b.set.rows[i].predicted === label];
    if (rightA && !rightB) onlyA++;
    if (rightB && !rightA) onlyB++;
  });
  const differenceOf = (name: string): { value: number; interval: Interval } => {
    const [one, other] = [a.replicates?.get(name), b.replicates?.get(name)];
    const interval = tooFewGroups(units) ?? known.get(name) ?? percentileInterval(one && other ? one.map((value, r) => value - other[r]) : new Float64Array(), units);
    return { value: (a.figures.get(name) ?? NaN) - (b.figures.get(name) ?? NaN), interval };
  };
  const differences = [...a.figures.keys()].filter(isOverall).map((name) => {
    const { value, interval } = differenceOf(name);
    return [name, { value: Number.isNaN(value) ? null : value, interval }] as const;
  });
  return {
    a: a.id,
    b: b.id,
    mcnemar: { onlyA, onlyB, p: mcnemar(onlyA, onlyB) },
    delong: Object.fromEntries(a.set.classes.map(({ id }, c) => [id, pairedDelong(a.counted.rankings[c], b.counted.rankings[c])])),
    accuracyDifference: differenceOf('accuracy'),
    differences: Object.fromEntries(differences),
    note: NOTE,
  };
}
