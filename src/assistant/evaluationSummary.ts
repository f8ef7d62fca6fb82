/** What a language model is told of an evaluation. */
import { isCompared, overviewOf } from '../evaluation/overview';
import type { EvaluatedModel, EvaluationResult } from '../evaluation/types';
import { RESEARCH_USE } from '../protocol/format';
import { markdownCode, markdownTable } from '../protocol/markdown';

/** So many confusions of each model. */
const CONFUSIONS = 3;

/** Images of one class that a model takes for another one, or for none. */
export interface Confusion {
  readonly truth: string;
  /** Undefined: no class. */
  readonly predicted: string | undefined;
  readonly count: number;
  /** Images of the true class. */
  readonly of: number;
}

/** The most frequent ones first; of as many, the one that is the larger share of its class. */
export function confusionsOf({ classes, confusionMatrix, unidentified }: EvaluatedModel['metrics']): Confusion[] {
  const found = confusionMatrix.flatMap((row, t) => {
    const none = unidentified?.[t] ?? 0;
    const of = row.reduce((a, b) => a + b, none);
    return [...row, none].map((count, p) => ({ truth: classes[t] ?? '', predicted: classes[p], count: p === t ? 0 : count, of }));
  });
  return found.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count || b.count / b.of - a.count / a.of);
}

/**
 * @param shownPath of its metrics.json, as the user knows it
 * @param sha256 of that file
 */
export function evaluationSummary(result: EvaluationResult, shownPath: string, sha256: string): string {
  const { models, leakage, leftOut = [], mapping } = result;
  const { head, rows, notes } = overviewOf(result);
  const unmatched = Object.entries(mapping).flatMap(([name, id]) => (id === null ? [name] : []));
  return [
    RESEARCH_USE,
    '',
    leakage.summary,
    '',
    `Evaluation: ${markdownCode(shownPath)} (sha256 ${sha256})`,
    '',
    ...markdownTable(head, rows),
    '',
    'Precision, sensitivity, specificity, F1 and AUC are means over the classes.',
    ...notes,
    ...(leftOut.length > 0 ? [`${leftOut.length} ${leftOut.length === 1 ? 'image was' : 'images were'} left out: reviewers differ, cannot tell or excluded them.`] : []),
    ...(unmatched.length > 0 ? [`Images under these names were left out, as they stand for no class of the models: ${unmatched.map(markdownCode).join(', ')}.`] : []),
    '',
    'Models:',
    ...models.map(({ id, name, sha256: file, kind }) => `- ${markdownCode(id)}: ${name}, ${file === '' ? kind : `sha256 ${file}`}`),
    '',
    'Most frequent confusions:',
    ...models.filter(isCompared).map(({ id, metrics }) => `- ${markdownCode(id)}: ${confusionsOf(metrics).slice(0, CONFUSIONS).map(words).join('; ') || 'none'}`),
  ].join('\n');
}

function words({ truth, predicted, count, of }: Confusion): string {
  return `${count} of ${of} ${truth} (${((100 * count) / of).toFixed(1)} %) ${predicted === undefined ? 'given no class' : `taken for ${predicted}`}`;
}
