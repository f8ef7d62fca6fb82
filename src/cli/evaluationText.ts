/** What an evaluation comes to, for people and for machines: the same after one run and after a merge. */
import { BEST_IS_OPTIMISTIC } from '../evaluation/metrics/compare';
import { table } from '../evaluation/metrics/text';
import type { EvaluatedModel, EvaluationResult, Interval } from '../evaluation/types';
import { RESEARCH_USE } from '../protocol/format';
import type { Output } from './output';

/** A line for machines names files and headline figures; all others are in metrics.json. */
export function tellResult(result: EvaluationResult, files: readonly string[], output: Output): void {
  const models = result.models.map(({ id, kind, metrics }) => ({ id, kind, n: metrics.n, accuracy: metrics.accuracy, interval: metrics.intervals['accuracy'] }));
  output.result({ files, leakage: result.leakage.summary, models, unreadable: result.unreadable.length }, () => lines(result, files).join('\n'));
}

function lines({ leakage, models, notDistinguishable, unreadable }: EvaluationResult, files: readonly string[]): string[] {
  const several = models.filter((m) => m.kind === 'model' || m.kind === 'ensemble').length > 1;
  const notes = new Set(models.flatMap(({ metrics }) => metrics.intervals['accuracy']?.note ?? []));
  return [
    leakage.summary,
    '',
    ...table([
      ['model', 'images', 'accuracy', '95 % interval', 'sensitivity', 'specificity', 'F1', 'AUC', ''],
      ...models.map((m) => row(m, several && notDistinguishable.includes(m.id))),
    ]),
    ...(notes.size > 0 ? ['', `Intervals: ${[...notes].join('; ')}.`] : []),
    ...(several ? ['* not distinguishable from the most accurate one (McNemar, Holm-adjusted).', BEST_IS_OPTIMISTIC] : []),
    ...(unreadable.length > 0 ? [`${unreadable.length} ${unreadable.length === 1 ? 'image' : 'images'} could not be evaluated.`] : []),
    '',
    ...files,
    RESEARCH_USE,
  ];
}

function row({ id, kind, scores, metrics: { n, accuracy, macro, intervals } }: EvaluatedModel, isBest: boolean): string[] {
  const number = (value: number | null): string => (value === null || Number.isNaN(value) ? '-' : value.toFixed(4));
  const remark = [kind === 'not-independent' ? 'labels given after seeing a model' : '', scores === 'one-vs-rest' ? 'sigmoid scores over their sum' : ''].filter(Boolean).join(', ');
  return [`${id}${isBest ? ' *' : ''}`, String(n), number(accuracy), range(intervals['accuracy']), number(macro.sensitivity), number(macro.specificity), number(macro.f1), number(macro.auc), remark];
}

function range(interval: Interval | undefined): string {
  if (!interval || interval.low === null || interval.high === null) return '-';
  return `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`;
}
