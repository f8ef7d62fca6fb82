/** What is counted of a set of predictions once, and its figures follow from. */
import type { PredictionSet } from '../types';
import { lossesOf, type Losses } from './calibration';
import { AVERAGED, confusionOf, figuresOf, marginsOf, type Confusion, type Figures, type Margins } from './confusion';
import { aucOf, packRanking, rankingOf, type Ranking } from './ranking';

export interface Counted {
  readonly confusion: Confusion;
  readonly margins: Margins;
  /** One a class; null where a score is NaN. */
  readonly rankings: readonly (Ranking | null)[];
  /** Of each image. */
  readonly losses: Losses<Float64Array>;
  readonly figures: Figures;
}

export function count(set: PredictionSet): Counted {
  const confusion = confusionOf(set);
  const rankings = set.classes.map((_, c) => rankingOf(set, c));
  const aucs = rankings.map((ranking) => (ranking ? aucOf(packRanking(ranking, new Int32Array(set.rows.length)), Uint32Array.of(1)) : NaN));
  return { confusion, margins: marginsOf(confusion), rankings, losses: lossesOf(set), figures: figuresOf(confusion, aucs) };
}

/**
 * Figures that get an interval: those of the whole by their names in metrics.json's `intervals`, and those of class c as `c.auc` and so on. The calibration
 * error is not among
 * them: to resample raises it, so that its percentiles lie too high.
 */
export function namedFigures({ macro, weighted, perClass, ...whole }: Figures, losses: Losses<number>): [name: string, value: number][] {
  const named = (prefix: string, of: Readonly<Record<(typeof AVERAGED)[number], number>>): [string, number][] => AVERAGED.map((name) => [`${prefix}.${name}`, of[name]]);
  return [
    ...Object.entries(whole),
    ...named('macro', macro),
    ...named('weighted', weighted),
    ['calibration.brier', losses.brier],
    ['calibration.logLoss', losses.logLoss],
    ...perClass.flatMap((figures, c) => named(String(c), figures)),
  ];
}

/** Is it a name of the whole, and not of a class? */
export function isOverall(name: string): boolean {
  return !/^\d/.test(name);
}
