/** Brings an evaluation into the form in which the report's page reads it. */
import { byCodeUnits } from '../order';
import type { EvaluationResult, Prediction, PredictionSet } from '../types';
import { withDrawnCurves } from './curves';
import { shortened } from './shortened';
import type { ReportData, ReportPredictions, ReportRun, Thumbnail } from './types';

export interface ReportSource {
  readonly result: EvaluationResult;
  readonly run: ReportRun;
  /** By the model's id, one for each model of the result. */
  readonly sets: ReadonlyMap<string, PredictionSet>;
  /** By path; {@link import('../worst').worstOf} says of which images they help most. */
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
