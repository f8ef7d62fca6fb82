/** All images of the model on show, tens of thousands of rows of which those in view exist. */
import { FormatModule, InteractionModule, SortModule, Tabulator, type CellComponent, type ColumnDefinition } from 'tabulator-tables';
import { formatPercent } from '../../src/protocol/format';
import { create } from '../dom';
import { data } from './data';
import { identified, wrong, type LiveRow } from './live';
import { button } from './table';

Tabulator.registerModule([FormatModule, InteractionModule, SortModule]);

/** Pixels. */
const HEIGHT = 460;
const ROW_HEIGHT = 56;

export interface ImageTableOptions {
  readonly names: readonly string[];
  /** Whether thumbnails show the class-activation map where there is one. */
  readonly heatMaps: () => boolean;
  readonly open: (row: LiveRow) => void;
}

/** Fills the box; later rows come by {@link Tabulator.setData}, in an order that a click on a heading changes. */
export function imageTable(box: HTMLElement, options: ImageTableOptions): Tabulator {
  const grid = new Tabulator(box, {
    maxHeight: HEIGHT,
    rowHeight: ROW_HEIGHT,
    layout: 'fitColumns',
    index: 'path',
    placeholder: 'No image is like this.',
    columns: columns(options),
  });
  // A grid may hold rows only; the buttons in the rows are the way to scroll by keyboard.
  grid.on('tableBuilt', () => box.querySelector('.tabulator-tableholder')?.removeAttribute('tabindex'));
  return grid;
}

function columns({ names, heatMaps, open }: ImageTableOptions): ColumnDefinition[] {
  const of = (cell: CellComponent): LiveRow => cell.getRow().getData() as LiveRow;
  const column = (title: string, minWidth: number, formatter: (row: LiveRow) => HTMLElement | string, more: Partial<ColumnDefinition> = {}): ColumnDefinition => ({
    title,
    field: title,
    minWidth,
    formatter: (cell) => formatter(of(cell)),
    ...more,
  });
  const by = (value: (row: LiveRow) => number | string): Partial<ColumnDefinition> => ({ sorter: (_a, _b, first, second) => (value(first.getData() as LiveRow) < value(second.getData() as LiveRow) ? -1 : 1) });
  return [
    column('Picture', 64, (row) => thumbnail(row, heatMaps()), { width: 64, headerSort: false }),
    column('Image', 180, (row) => button(row.path, 'link path', () => open(row)), { widthGrow: 3, ...by(({ path }) => path) }),
    column('Truth', 165, (row) => create('span', '', names[row.label]), by(({ label }) => label)),
    column('Predicted', 195, (row) => verdict(row, names), by(({ predicted }) => predicted)),
    column('Confidence', 92, (row) => create('span', '', formatPercent(row.confidence)), { hozAlign: 'right', headerHozAlign: 'right', ...by(({ confidence }) => confidence) }),
    column('Probability of the truth', 100, (row) => create('span', '', formatPercent(row.probabilities[row.label])), { hozAlign: 'right', headerHozAlign: 'right', headerWordWrap: true, ...by(({ probabilities, label }) => probabilities[label]) }),
  ];
}

function thumbnail({ path }: LiveRow, heatMap: boolean): HTMLElement | string {
  const picture = data.thumbnails[path];
  if (!picture) return create('span', 'no-thumbnail');
  const image = create('img', 'thumbnail');
  image.alt = '';
  image.src = heatMap && picture.cam ? picture.cam : picture.plain;
  return image;
}

function verdict(row: LiveRow, names: readonly string[]): HTMLElement {
  if (!identified(row)) return create('span', 'verdict', 'Unidentified');
  const [mark, word] = wrong(row) ? ['✗', 'wrong'] : ['✓', 'right'];
  const element = create('span', `verdict ${word}`, `${mark} ${names[row.predicted]}`);
  element.append(create('span', 'for-screen-readers', `, ${word}`));
  return element;
}
