/** The figures of one model: the first ones large, the others in a table. */
import type { EvaluatedModel, Interval, Metrics, TwoClassMetrics } from '../../src/evaluation/types';
import { byId, create } from '../dom';
import { AVERAGES, count, Footnotes, score, share, type Figure, type Format } from './figures';
import type { ReportState } from './state';
import { folded, table, type Cell } from './table';

interface Headline {
  readonly name: string;
  readonly key: string;
  readonly format: Format;
  readonly of: (metrics: Metrics) => Figure;
}

/** By their names in metrics.json. */
export const HEADLINES: readonly Headline[] = [
  { name: 'Accuracy', key: 'accuracy', format: share, of: (m) => m.accuracy },
  { name: 'Balanced accuracy', key: 'balancedAccuracy', format: share, of: (m) => m.balancedAccuracy },
  { name: 'F1 (macro)', key: 'macro.f1', format: share, of: (m) => m.macro.f1 },
  { name: 'AUC (macro)', key: 'macro.auc', format: score, of: (m) => m.macro.auc },
  { name: 'Cohen’s κ', key: 'kappa', format: score, of: (m) => m.kappa },
  { name: 'MCC', key: 'mcc', format: score, of: (m) => m.mcc },
];

const TWO_CLASS = [
  { name: 'Sensitivity', key: 'sensitivity', format: share },
  { name: 'Specificity', key: 'specificity', format: share },
  { name: 'Accuracy', key: 'accuracy', format: share },
  { name: 'AUC', key: 'auc', format: score },
] as const;

/** As evaluated; what thresholds make of them stands beside the sliders. */
export function drawHeadline(state: ReportState): void {
  const { model } = state.current;
  const { metrics } = model;
  const notes = new Footnotes();
  const parts: Node[] = [];
  if (metrics.twoClass) parts.push(...twoClass(metrics.twoClass, notes));
  parts.push(create('h3', '', `All ${metrics.classes.length} classes`), cards(HEADLINES.map(({ name, key, format, of }) => card(name, of(metrics), format, metrics.intervals[key], notes))));
  parts.push(notes.list(), allFigures(model));
  byId('figures').replaceChildren(...parts);
}

function twoClass(metrics: TwoClassMetrics, notes: Footnotes): Node[] {
  const { positive, negative, support } = metrics;
  const counts = `${positive} (${count(support.positive)} images) against ${negative} (${count(support.negative)})`;
  return [
    create('h3', '', `${capital(positive)} or ${negative}`),
    cards(TWO_CLASS.map(({ name, key, format }) => card(name, metrics[key], format, metrics.intervals[key], notes))),
    create('p', 'note', `${capital(counts)}. The probability of ${positive} is the sum over its classes. Sensitivity: the share of ${positive} images called ${positive}; specificity: the share of ${negative} images called ${negative}.`),
  ];
}

function cards(all: readonly HTMLElement[]): HTMLElement {
  const list = create('dl', 'cards');
  list.append(...all);
  return list;
}

function card(name: string, value: Figure, format: Format, interval: Interval | undefined, notes: Footnotes): HTMLElement {
  const element = create('div', 'card');
  const range = create('dd', 'range');
  range.append(interval ? '95 %: ' : 'no interval', notes.interval(interval, format));
  element.append(create('dt', '', name), create('dd', 'value', format(value)), range);
  return element;
}

function allFigures({ metrics }: EvaluatedModel): HTMLElement {
  const notes = new Footnotes();
  const rows = AVERAGES.map(({ name, key, format }): Cell[] => [
    name,
    format(metrics.macro[key]),
    notes.interval(metrics.intervals[`macro.${key}`], format),
    format(metrics.weighted[key]),
    notes.interval(metrics.intervals[`weighted.${key}`], format),
  ]);
  const averages = table({ label: 'Averages over the classes', head: ['Figure', 'Macro', '95 % interval', 'Weighted by images', '95 % interval'], rows });
  const { ece, brier, logLoss } = metrics.calibration;
  const losses = [
    { name: 'Expected calibration error', key: 'ece', value: ece },
    { name: 'Brier score (0 to 2)', key: 'brier', value: brier },
    { name: 'Log loss', key: 'logLoss', value: logLoss },
  ];
  const calibration = table({
    label: 'Calibration',
    head: ['Calibration', 'Value', '95 % interval'],
    rows: losses.map(({ name, key, value }): Cell[] => [name, score(value), notes.interval(metrics.intervals[`calibration.${key}`], score)]),
  });
  return folded('All figures', averages, calibration, notes.list());
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
