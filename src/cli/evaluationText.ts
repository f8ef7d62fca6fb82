/** What an evaluation comes to, for people and for machines: the same after one run and after a merge. */
import { table } from '../evaluation/metrics/text';
import { overviewOf } from '../evaluation/overview';
import type { EvaluationResult } from '../evaluation/types';
import { RESEARCH_USE } from '../protocol/format';
import type { Output } from './output';

/** A line for machines names files and headline figures; all others are in metrics.json. */
export function tellResult(result: EvaluationResult, files: readonly string[], output: Output): void {
  const models = result.models.map(({ id, kind, metrics }) => ({ id, kind, n: metrics.n, accuracy: metrics.accuracy, interval: metrics.intervals['accuracy'] }));
  output.result({ files, leakage: result.leakage.summary, models, unreadable: result.unreadable.length }, () => lines(result, files).join('\n'));
}

function lines(result: EvaluationResult, files: readonly string[]): string[] {
  const { head, rows, notes } = overviewOf(result);
  return [result.leakage.summary, '', ...table([head, ...rows]), ...(notes.length > 0 ? ['', ...notes] : []), '', ...files, RESEARCH_USE];
}
