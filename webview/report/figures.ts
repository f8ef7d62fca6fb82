/** How figures and their intervals are put into words. JSON knows no NaN: a figure that is not defined is null. */
import type { Interval } from '../../src/evaluation/types';
import { create } from '../dom';

export type Figure = number | null | undefined;
export type Format = (value: Figure) => string;

const NONE = '–';

/** A share of images, 0 to 1, as a percentage. Only what is all or none of them is 100 % or 0 %. */
export const share: Format = (value) => {
  if (!defined(value)) return NONE;
  if (value < 1 && value >= 0.9995) return '> 99.9 %';
  if (value > 0 && value < 0.0005) return '< 0.1 %';
  return `${(100 * value).toFixed(1)} %`;
};

/** A coefficient or an area, to 3 decimals; only a perfect one is 1.000. */
export const score: Format = (value) => {
  if (!defined(value)) return NONE;
  return value < 1 && value >= 0.9995 ? '> 0.999' : value.toFixed(3).replace('-', '−');
};

/** The figures of a class, and their averages over the classes. */
export const AVERAGES = [
  { name: 'Precision', key: 'precision', format: share },
  { name: 'Sensitivity', key: 'sensitivity', format: share },
  { name: 'Specificity', key: 'specificity', format: share },
  { name: 'F1', key: 'f1', format: share },
  { name: 'AUC', key: 'auc', format: score },
] as const;

export function pValue(value: Figure): string {
  if (!defined(value)) return NONE;
  return value < 0.001 ? '< 0.001' : value.toFixed(3);
}

export function count(value: number): string {
  return value.toLocaleString('en');
}

/** '3 images', '1 image'. */
export function images(value: number): string {
  return `${count(value)} ${value === 1 ? 'image' : 'images'}`;
}

export function megabytes(bytes: Figure): string {
  return defined(bytes) ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : NONE;
}

export function millions(parameters: Figure): string {
  return defined(parameters) ? `${(parameters / 1e6).toFixed(parameters < 1e7 ? 2 : 1)} M` : NONE;
}

export function defined(value: Figure): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

const METHODS: Record<Interval['method'], string> = {
  'cluster-bootstrap': 'Cluster bootstrap over the groups',
  wilson: 'Wilson',
  delong: 'DeLong',
  bootstrap: 'Bootstrap over the images',
};

/** The notes below a table: one for each way in which its intervals were made. */
export class Footnotes {
  private readonly notes: string[] = [];

  /** '94.1 to 98.0' in the figure's own unit with the mark of its note; nothing where there is no interval. */
  interval(interval: Interval | undefined, format: Format): Node | string {
    if (!interval) return '';
    const cell = create('span', 'interval', bounds(interval, format));
    cell.append(create('sup', '', this.mark(`${METHODS[interval.method]}${interval.note ? `: ${interval.note}` : ''}.`)));
    return cell;
  }

  /** The list of notes; empty where none was called for. */
  list(): HTMLElement {
    const list = create('ol', 'footnotes');
    list.append(...this.notes.map((note) => create('li', '', note)));
    list.hidden = this.notes.length === 0;
    return list;
  }

  private mark(note: string): string {
    if (!this.notes.includes(note)) this.notes.push(note);
    return String.fromCharCode('a'.charCodeAt(0) + this.notes.indexOf(note));
  }
}

function bounds({ low, high }: Interval, format: Format): string {
  if (low === null || high === null) return 'not estimable';
  // The unit stands at the figure itself.
  return `${format(low)} to ${format(high)}`.replaceAll(' %', '');
}
