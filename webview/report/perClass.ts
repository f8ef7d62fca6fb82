/** Each class against the rest. */
import { byId, create } from '../dom';
import { classColour } from './classColours';
import { AVERAGES, count, Footnotes } from './figures';
import type { ReportState } from './state';
import { table, type Cell } from './table';

export function drawPerClass(state: ReportState): void {
  const { live, set } = state;
  const notes = new Footnotes();
  const rows = set.classes.map(({ id, name }, i): Cell[] => {
    const metrics = live.metrics.perClass[id];
    const figures = AVERAGES.map(({ key, format }): Cell => {
      const cell = create('span', 'figure', format(metrics[key]));
      cell.append(notes.interval(metrics.intervals[key], format));
      return cell;
    });
    return [named(name, i), count(metrics.support), ...figures];
  });
  const note = live.adjusted ? 'At the chosen thresholds; without intervals.' : '95 % intervals below each figure.';
  byId('per-class').replaceChildren(table({ label: 'Each class against the rest', head: ['Class', 'Images', ...AVERAGES.map(({ name }) => name)], rows }), notes.list(), create('p', 'note', note));
}

/** A class's name with its colour in the charts. */
export function named(name: string, index: number): HTMLElement {
  const element = create('span', 'class-name', name);
  const swatch = create('i');
  swatch.style.setProperty('--colour', classColour(index));
  element.prepend(swatch);
  return element;
}
