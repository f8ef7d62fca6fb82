/** Brings an evaluation into the form in which the report's page reads it. */
import type { EvaluationResult, Prediction, PredictionSet } from '../types';
import { withDrawnCurves } from './curves';
import { shortened } from './shortened';
import type { ReportData, ReportPredictions, ReportRun, Thumbnail } from './types';

export interface ReportSource {
  readonly result: EvaluationResult;
  readonly run: ReportRun;
  /** By the model's id, one for each model of the result. */
  readonly sets: ReadonlyMap<string, PredictionSet>;
  /** By path; {@link thumbnailPaths} says of which images they help most. */
  readonly thumbnails?: Readonly<Record<string, Thumbnail>> | undefined;
}

/** The page's data; it holds every image of every set, and the curves as they are drawn. */
export function reportData({ result, run, sets, thumbnails = {} }: ReportSource): ReportData {
  const paths = [...new Set([...sets.values()].flatMap(({ rows }) => rows.map(({ path }) => path)))].sort(byCodeUnits);
  const indexOf = new Map(paths.map((path, i) => [path, i]));
  return {
    result: { ...result, models: result.models.map((model) => ({ ...model, metrics: withDrawnCurves(model.metrics) })) },
    run,
    paths,
    predictions: Object.fromEntries([...sets].map(([id, set]) => [id, columns(set, indexOf)])),
    thumbnails,
  };
}

/**
 * The images to look at first, in this order: those that any model has wrong, the surest wrong one first.
 * @param limit so many at most
 */
export function thumbnailPaths(sets: Iterable<PredictionSet>, limit: number): string[] {
  const surest = new Map<string, number>();
  for (const { rows } of sets) {
    for (const { path, label, predicted, probabilities } of rows) {
      if (label !== predicted) surest.set(path, Math.max(surest.get(path) ?? 0, probabilities[predicted] || 0));
    }
  }
  return [...surest].sort(([a, p], [b, q]) => q - p || byCodeUnits(a, b)).slice(0, limit).map(([path]) => path);
}

function columns({ classes, groupSource, rows }: PredictionSet, indexOf: ReadonlyMap<string, number>): ReportPredictions {
  const images = rows.map(({ path }) => indexOf.get(path) ?? 0);
  const all = images.length === indexOf.size && images.every((image, i) => image === i);
  return {
    classes,
    groupSource,
    ...(all ? {} : { images }),
    labels: rows.map(({ label }) => label),
    predicted: rows.map(({ predicted }) => predicted),
    probabilities: rows.flatMap(({ probabilities }: Prediction) => probabilities.map(shortened)),
  };
}

/** The order of the predictions files, the same on every machine. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
