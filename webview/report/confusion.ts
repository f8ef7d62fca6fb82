/** The confusion matrix: counts and shares of the row; each cell opens its images. */
import { byId, create } from '../dom';
import { count, share } from './figures';
import type { LiveRow } from './live';
import type { Selection } from './selection';
import type { ReportState } from './state';
import { button, dataCell, headingCell, scrolling } from './table';

const UNIDENTIFIED = 'Unidentified';

export function drawConfusion(state: ReportState, select: (selection: Selection) => void): void {
  const { live, set } = state;
  const { confusionMatrix: matrix } = live.metrics;
  const names = set.classes.map(({ name }) => name);
  const { unidentified } = live.metrics;
  const table = create('table', 'matrix');
  table.createTHead().insertRow().append(headingCell('Truth ↓  Predicted →', 'col'), ...[...names, ...(unidentified ? [UNIDENTIFIED] : [])].map((name) => headingCell(name, 'col')));
  const body = table.createTBody();
  matrix.forEach((counts, truth) => {
    const all = unidentified ? [...counts, unidentified[truth]] : counts;
    const total = all.reduce((sum, n) => sum + n, 0);
    const cells = all.map((n, predicted) => {
      const title = `Truth ${names[truth]}, ${predicted === names.length ? 'unidentified' : `predicted ${names[predicted]}`}`;
      const cell = dataCell(n === 0 ? create('span', 'none', '0') : cellButton(n, total, title, () => select({ title, rows: live.rows.filter((row) => falls(row, truth, predicted)) })));
      cell.className = truth === predicted ? 'right' : predicted === names.length ? 'unidentified' : 'wrong';
      cell.style.setProperty('--part', total > 0 ? String(n / total) : '0');
      return cell;
    });
    body.insertRow().append(headingCell(`${names[truth]} (${count(total)})`, 'row'), ...cells);
  });
  const note = create('p', 'note', `Counts, and their share of the row. Choose a cell to see its images.${live.adjusted ? ' At the chosen thresholds.' : ''}`);
  byId('confusion').replaceChildren(scrolling(table, 'Confusion matrix; rows are the truth'), note);
}

/** The column behind the last class holds the unidentified. */
function falls({ label, predicted, probabilities }: LiveRow, truth: number, column: number): boolean {
  return label === truth && (predicted < 0 ? probabilities.length : predicted) === column;
}

function cellButton(n: number, total: number, title: string, pressed: () => void): HTMLButtonElement {
  const element = button('', 'cell', pressed);
  const unseen = (text: string): Node => create('span', 'for-screen-readers', text);
  element.append(unseen(`${title}: `), create('strong', '', count(n)), unseen(n === 1 ? ' image, ' : ' images, '), create('span', '', share(n / total)));
  return element;
}
