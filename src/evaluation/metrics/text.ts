/** Figures as lines that a person reads on a terminal. */
import type { Interval, Metrics } from '../types';

/** The headline, a row for each class, and the confusion matrix; each kind of note about intervals once, at the end. */
export function metricsText(m: Metrics): string {
  const intervals = [...Object.values(m.intervals), ...m.classes.flatMap((id) => Object.values(m.perClass[id].intervals))];
  const estimated = intervals.filter((i) => i.low !== null);
  const distinct = (texts: readonly (string | undefined)[]): string[] => [...new Set(texts.filter((text) => text !== undefined))];
  const missing = distinct(intervals.filter((i) => i.low === null).map((i) => i.note));
  const figure = (label: string, name: string, value: number | null): string[] => [label, number(value), interval(m.intervals[name])];
  const absent = m.classes.filter((id) => m.perClass[id].support === 0);
  return [
    `${m.n} ${m.n === 1 ? 'image' : 'images'}, ${m.classes.length} classes`,
    ...table([
      ['', '', '95 % interval'],
      figure('accuracy', 'accuracy', m.accuracy),
      figure('balanced accuracy', 'balancedAccuracy', m.balancedAccuracy),
      figure("Cohen's kappa", 'kappa', m.kappa),
      figure('MCC', 'mcc', m.mcc),
      figure('F1, mean of classes', 'macro.f1', m.macro.f1),
      figure('AUC, mean of classes', 'macro.auc', m.macro.auc),
      figure('Brier score', 'calibration.brier', m.calibration.brier),
      figure('log loss', 'calibration.logLoss', m.calibration.logLoss),
      ['ECE', number(m.calibration.ece), ''],
    ]),
    '',
    ...table([
      ['class', 'images', 'precision', 'sensitivity', 'specificity', 'F1', 'AUC'],
      ...m.classes.map((id) => {
        const { support, precision, sensitivity, specificity, f1, auc, intervals } = m.perClass[id];
        const cell = (name: string, value: number | null): string => [number(value), interval(intervals[name])].filter((text) => text !== '').join(' ');
        return [id, String(support), cell('precision', precision), cell('sensitivity', sensitivity), cell('specificity', specificity), cell('f1', f1), cell('auc', auc)];
      }),
    ]),
    '',
    'Confusion matrix (rows: truth)',
    ...table([
      ['', ...m.classes, ...(m.unidentified ? ['(none)'] : [])],
      ...m.confusionMatrix.map((row, t) => [m.classes[t], ...row.map(String), ...(m.unidentified ? [String(m.unidentified[t])] : [])]),
    ]),
    '',
    ...(absent.length > 0 ? [`No images of ${absent.join(', ')}: counted as 0 in the macro averages.`] : []),
    ...(estimated.length > 0 ? [`Intervals: ${distinct(estimated.map((i) => i.method)).join(', ')}${distinct(estimated.map((i) => i.note)).map((note) => `; ${note}`).join('')}.`] : []),
    ...(missing.length > 0 ? [`Figures without an interval: ${missing.join('; ')}.`] : []),
  ].join('\n');
}

function number(value: number | null): string {
  return value === null || Number.isNaN(value) ? 'not defined' : value.toFixed(4);
}

function interval(i: Interval | undefined): string {
  return i && i.low !== null && i.high !== null ? `[${i.low.toFixed(4)}, ${i.high.toFixed(4)}]` : '';
}

/** Columns under one another: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((text, column) => (column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]))).join('  ').trimEnd());
}
