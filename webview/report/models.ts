/** The study's table 5: a row a model. */
import type { EvaluatedModel } from '../../src/evaluation/types';
import { byId, create } from '../dom';
import { data } from './data';
import { Footnotes, megabytes, millions, score, share } from './figures';
import { button, table, type Cell } from './table';

const KINDS: Record<EvaluatedModel['kind'], string> = { model: '', ensemble: 'ensemble', calibrated: 'temperature-scaled', 'not-independent': 'labels that are not independent' };

const HEAD = ['Model', 'Accuracy', '95 % interval', 'Precision', 'Sensitivity', 'Specificity', 'F1', 'AUC', 'Size', 'Parameters'];
/** Where the run that is shown is known. */
const SPEED = 'Images/s';

export function drawModels(show: (model: string) => void): void {
  const { models, notDistinguishable } = data.result;
  const notes = new Footnotes();
  const rows = models.map((model) => row(model, models.length > 1 && notDistinguishable.includes(model.id), notes, show));
  const parts: Node[] = [table({ label: 'Models, a row each', head: data.run.facts ? [...HEAD, SPEED] : HEAD, rows, className: 'models' }), notes.list()];
  const several = models.length > 1 ? ' In bold: models whose accuracy cannot be told from the best one’s (exact McNemar test, Holm-adjusted, 5 %). The best of several models on one test set is an optimistic choice.' : '';
  const oneVsRest = models.some((model) => model.scores === 'one-vs-rest') ? ' A model with sigmoid scores judges each class by itself; they are divided by their sum, so that an image that no class fits does not show.' : '';
  parts.push(create('p', 'note', `Precision, sensitivity, specificity, F1 and AUC are means over the classes (macro), each class against the rest.${several}${oneVsRest}`));
  byId('models').replaceChildren(...parts);
}

function row(model: EvaluatedModel, best: boolean, notes: Footnotes, show: (model: string) => void): Cell[] {
  const { metrics } = model;
  const { macro } = metrics;
  const name = create('span', best ? 'best' : '');
  name.append(button(model.name, 'link', () => show(model.id)));
  const kind = kindOf(model);
  if (kind) name.append(create('span', 'kind', kind));
  const figures = [share(macro.precision), share(macro.sensitivity), share(macro.specificity), share(macro.f1), score(macro.auc)];
  const { facts } = data.run;
  const speed = facts?.imagesPerSecond[model.id];
  const emphasised = (text: string): Cell => create(best ? 'strong' : 'span', '', text);
  return [
    name,
    emphasised(share(metrics.accuracy)),
    notes.interval(metrics.intervals['accuracy'], share),
    ...figures.map(emphasised),
    megabytes(model.bytes),
    millions(model.parameters),
    ...(facts ? [speed === undefined ? '–' : speed.toFixed(speed < 10 ? 1 : 0)] : []),
  ];
}

function kindOf({ kind, temperature, scores, metrics }: EvaluatedModel): string {
  const parts = [KINDS[kind], temperature === undefined ? '' : `T = ${temperature.toFixed(2)}`, kind === 'not-independent' ? `n = ${metrics.n}` : '', scores === 'one-vs-rest' ? 'sigmoid scores over their sum' : ''];
  return parts.filter(Boolean).join(', ');
}
