/** An evaluation at a glance: a row for each model, and what has to be said of them, in words. The command line and the assistant's tool say the same. */
import { BEST_IS_OPTIMISTIC } from './metrics/compare';
import type { EvaluatedModel, EvaluationResult, Interval } from './types';

export interface Overview {
  /** Of the columns; the last one holds remarks. */
  readonly head: readonly string[];
  /** In the order of the evaluation; precision to AUC are means of the classes. '*' after an id: not distinguishable from the most accurate one. */
  readonly rows: readonly (readonly string[])[];
  /** Sentences that belong below the table. */
  readonly notes: readonly string[];
}

export function overviewOf({ models, notDistinguishable, unreadable }: Pick<EvaluationResult, 'models' | 'notDistinguishable' | 'unreadable'>): Overview {
  const several = models.filter(isCompared).length > 1;
  const intervals = new Set(models.flatMap(({ metrics }) => metrics.intervals['accuracy']?.note ?? []));
  return {
    head: ['model', 'images', 'accuracy', '95 % interval', 'precision', 'sensitivity', 'specificity', 'F1', 'AUC', ''],
    rows: models.map((model) => row(model, several && notDistinguishable.includes(model.id))),
    notes: [
      ...(intervals.size > 0 ? [`Intervals: ${[...intervals].join('; ')}.`] : []),
      ...(several ? ['* not distinguishable from the most accurate one (McNemar, Holm-adjusted).', BEST_IS_OPTIMISTIC] : []),
      ...(unreadable.length > 0 ? [`${unreadable.length} ${unreadable.length === 1 ? 'image' : 'images'} could not be evaluated.`] : []),
    ],
  };
}

/** Whether a row stands for classes of its own: a temperature changes none, and what is not independent is compared with nothing. */
export function isCompared({ kind }: Pick<EvaluatedModel, 'kind'>): boolean {
  return kind === 'model' || kind === 'ensemble';
}

function row({ id, kind, scores, metrics: { n, accuracy, macro, intervals } }: EvaluatedModel, isBest: boolean): string[] {
  const number = (value: number | null): string => (value === null || Number.isNaN(value) ? '-' : value.toFixed(4));
  const remark = [kind === 'not-independent' ? 'labels given after seeing a model' : '', scores === 'one-vs-rest' ? 'sigmoid scores over their sum' : ''].filter(Boolean).join(', ');
  const figures = [macro.precision, macro.sensitivity, macro.specificity, macro.f1, macro.auc].map(number);
  return [`${id}${isBest ? ' *' : ''}`, String(n), number(accuracy), range(intervals['accuracy']), ...figures, remark];
}

function range(interval: Interval | undefined): string {
  if (!interval || interval.low === null || interval.high === null) return '-';
  return `${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`;
}
