/** The data within the page, and what is read from them. */
import type { ReportData, ReportPredictions } from '../../src/evaluation/report/types';
import type { EvaluatedModel, Prediction, PredictionSet } from '../../src/evaluation/types';
import { byId } from '../dom';

export const data = JSON.parse(byId('report-data').textContent ?? '') as ReportData;

/** One model of the report with what it said, image by image; absent where the data hold its figures alone. */
export interface Evaluated {
  readonly model: EvaluatedModel;
  readonly set: PredictionSet;
}

const unpacked = new Map<string, Evaluated>();

/** The model with this id, or the first one. Its images are unpacked once. */
export function evaluated(id: string): Evaluated {
  const model = data.result.models.find((candidate) => candidate.id === id) ?? data.result.models[0];
  const known = unpacked.get(model.id);
  if (known) return known;
  const fresh = { model, set: unpack(data.predictions[model.id]) };
  unpacked.set(model.id, fresh);
  return fresh;
}

function unpack({ classes, groupSource, images, labels, predicted, probabilities }: ReportPredictions): PredictionSet {
  const count = classes.length;
  const rows = labels.map((label, i): Prediction => ({
    path: data.paths[images ? images[i] : i],
    sha256: '',
    label,
    predicted: predicted[i],
    probabilities: probabilities.slice(i * count, (i + 1) * count).map((p) => p ?? NaN),
  }));
  return { classes, rows, groupSource };
}
