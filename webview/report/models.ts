/** The study's table 5: a row a model. */
import type { Comparison, EvaluatedModel } from '../../src/evaluation/types';
import { byId, create } from '../dom';
import { data } from './data';
import { defined, Footnotes, megabytes, millions, pValue, score, share, type Figure } from './figures';
import { button, table, type Cell } from './table';

const KINDS: Record<EvaluatedModel['kind'], string> = { model: '', ensemble: 'ensemble', calibrated: 'temperature-scaled', 'not-independent': 'labels that are not independent' };

const HEAD = ['Model', 'Accuracy', '95 % interval', 'Precision', 'Sensitivity', 'Specificity', 'F1', 'AUC', 'Size', 'Parameters', 'Images/s'];

export function drawModels(show: (model: string) => void): void {
  const { models, notDistinguishable } = data.result;
  const notes = new Footnotes();
  const rows = models.map((model) => row(model, models.length > 1 && notDistinguishable.includes(model.id), notes, show));
  const parts: Node[] = [table({ label: 'Models, a row each', head: HEAD, rows, className: 'models' }), notes.list()];
  const several = models.length > 1 ? ' In bold: models whose accuracy cannot be told from the best one’s (exact McNemar test, Holm-adjusted, 5 %). The best of several models on one test set is an optimistic choice.' : '';
  parts.push(create('p', 'note', `Precision, sensitivity, specificity, F1 and AUC are means over the classes (macro), each class against the rest.${several}`));
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
  const speed = data.run.imagesPerSecond[model.id];
  const emphasised = (text: string): Cell => create(best ? 'strong' : 'span', '', text);
  return [
    name,
    emphasised(share(metrics.accuracy)),
    notes.interval(metrics.intervals['accuracy'], share),
    ...figures.map(emphasised),
    megabytes(model.bytes),
    millions(model.parameters),
    speed === undefined ? '–' : speed.toFixed(speed < 10 ? 1 : 0),
  ];
}

function kindOf({ kind, temperature, metrics }: EvaluatedModel): string {
  const parts = [KINDS[kind], temperature === undefined ? '' : `T = ${temperature.toFixed(2)}`, kind === 'not-independent' ? `n = ${metrics.n}` : ''];
  return parts.filter(Boolean).join(', ');
}

export function drawComparisons(): void {
  const { comparisons, models } = data.result;
  byId('comparisons').hidden = comparisons.length === 0;
  const name = (id: string): string => models.find((model) => model.id === id)?.name ?? id;
  const classes = [...new Set(comparisons.flatMap(({ delong }) => Object.keys(delong)))];
  const notes = new Footnotes();
  const head = ['Models', 'Only first right', 'Only second right', 'McNemar p', 'Accuracy difference', '95 % interval', ...classes.map((label) => `AUC difference, ${label} (p)`)];
  const rows = comparisons.map(({ a, b, mcnemar, delong, accuracyDifference }): Cell[] => [
    `${name(a)} and ${name(b)}`,
    String(mcnemar.onlyA),
    String(mcnemar.onlyB),
    pValue(mcnemar.p),
    points(accuracyDifference.value),
    notes.interval(accuracyDifference.interval, points),
    ...classes.map((label) => differenceOf(delong[label])),
  ]);
  byId('comparison-rows').replaceChildren(
    table({ label: 'Any two models compared', head, rows }),
    notes.list(),
    create('p', 'note', 'McNemar: exact (binomial), of the images that only one of the two has right. AUC: paired DeLong test. These p values are not adjusted for the number of comparisons. A difference is the first model’s figure minus the second’s; accuracy differences are in percentage points.'),
  );
}

/** A difference of two shares, in percentage points. */
function points(value: Figure): string {
  return !defined(value) ? '–' : `${value > 0 ? '+' : ''}${(100 * value).toFixed(1).replace('-', '−')}`;
}

function differenceOf(test: Comparison['delong'][string] | undefined): string {
  if (!test) return '–';
  return `${test.difference > 0 ? '+' : ''}${test.difference.toFixed(4).replace('-', '−')} (${pValue(test.p)})`;
}
