/** Images that the reader picked: by a cell, a point of a curve, or a row. */
import type { ClassInfo } from '../../src/protocol/analysis';
import { formatPercent } from '../../src/protocol/format';
import { opensImages, post } from './host';
import { identified, type LiveRow } from './live';
import type { ReportState } from './state';

export interface Selection {
  readonly title: string;
  readonly rows: readonly LiveRow[];
}

/** A review session of more is never gone through, and a message to the host should stay small. */
const MOST = 2000;

/** Opens them in a review session, in VS Code. */
export function openSelection({ title, rows }: Selection, state: ReportState): void {
  if (!opensImages || rows.length === 0) return;
  const { model, set } = state.current;
  const shown = rows.slice(0, MOST);
  const notes = Object.fromEntries(shown.map((row) => [row.path, noteOf(row, set.classes, model.name)]));
  post({ kind: 'open', title, model: model.id, paths: shown.map(({ path }) => path), notes });
}

export function noteOf(row: LiveRow, classes: readonly ClassInfo[], model: string): string {
  const answer = identified(row) ? `${classes[row.predicted].name}, ${formatPercent(row.probabilities[row.predicted])}` : `unidentified, at most ${formatPercent(row.confidence)}`;
  return `Truth: ${classes[row.label].name}. ${model}: ${answer}.`;
}
