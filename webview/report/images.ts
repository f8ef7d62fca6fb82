/** The images below the figures: which are shown, in which order, and one of them larger. */
import type { Tabulator } from 'tabulator-tables';
import { formatPercent } from '../../src/protocol/format';
import { byId, create } from '../dom';
import { data } from './data';
import { count, images as imagesOf } from './figures';
import { opensImages } from './host';
import { imageTable } from './imageTable';
import { identified, wrong, type LiveRow } from './live';
import { named } from './perClass';
import { noteOf, openSelection, type Selection } from './selection';
import type { ReportState } from './state';
import { button, table } from './table';

/** Milliseconds. */
const REST = 150;

/** Confidence from which a wrong answer counts as a sure one. */
const SURE = 0.9;

const SHOWN: readonly { label: string; value: string; keeps: (row: LiveRow) => boolean }[] = [
  { label: 'all images', value: 'all', keeps: () => true },
  { label: 'wrong ones', value: 'wrong', keeps: wrong },
  { label: `sure but wrong (${SURE * 100} % or more)`, value: 'sure', keeps: (row) => wrong(row) && row.confidence >= SURE },
  { label: 'right ones', value: 'right', keeps: (row) => identified(row) && !wrong(row) },
  { label: 'unidentified', value: 'unidentified', keeps: (row) => !identified(row) },
];

const ORDERS: readonly { label: string; value: string; compare: (a: LiveRow, b: LiveRow) => number }[] = [
  { label: 'wrong first, the surest first', value: 'sure-wrong', compare: (a, b) => Number(wrong(b)) - Number(wrong(a)) || (wrong(a) ? surer(a, b) : surer(b, a)) },
  { label: 'least sure first', value: 'unsure', compare: (a, b) => surer(b, a) },
  { label: 'least probable truth first', value: 'truth', compare: (a, b) => a.probabilities[a.label] - b.probabilities[b.label] },
  { label: 'file name', value: 'path', compare: (a, b) => (a.path < b.path ? -1 : 1) },
];

/** NaN, where a model gave no probabilities, counts as the least sure. */
function surer(a: LiveRow, b: LiveRow): number {
  return (b.confidence || 0) - (a.confidence || 0);
}

export class Images {
  private picked: Selection | undefined;
  private soon = 0;
  private table: Tabulator | undefined;
  private ready: Promise<void> = Promise.resolve();
  private readonly show = choice('show-images', 'Show', SHOWN);
  private readonly order = choice('order-images', 'Order', ORDERS);
  private readonly search = create('input');
  private readonly heatMaps = create('input');
  private readonly status = create('p', 'note');
  private readonly picking = create('p', 'picked');

  constructor(private readonly state: ReportState) {
    this.search.type = 'search';
    this.search.id = 'search-images';
    this.search.placeholder = 'part of a file name';
    this.heatMaps.type = 'checkbox';
    this.heatMaps.id = 'heat-maps';
    this.status.setAttribute('role', 'status');
    const controls = create('div', 'filters');
    controls.append(labelled('Show', this.show), labelled('Order', this.order), labelled('Find', this.search));
    if (Object.values(data.thumbnails).some(({ cam }) => cam)) controls.append(labelled('Heat maps', this.heatMaps));
    byId('image-filters').append(controls, this.picking, this.status);
    for (const control of [this.show, this.search]) control.addEventListener('input', () => void this.list());
    this.order.addEventListener('input', () => {
      this.table?.clearSort();
      void this.list();
    });
    this.heatMaps.addEventListener('change', () => void this.list());
  }

  /** Anew for the model on show. */
  draw(): void {
    this.table?.destroy();
    this.picked = undefined;
    const names = this.state.set.classes.map(({ name }) => name);
    const grid = imageTable(byId('images'), { names, heatMaps: () => this.heatMaps.checked, open: (row) => this.open(row) });
    this.table = grid;
    this.ready = new Promise((resolve) => grid.on('tableBuilt', () => resolve()));
    byId('image-detail').hidden = true;
  }

  /** Shows these images only, until the reader lets go of them. In VS Code they also open in a review session. */
  select(selection: Selection): void {
    this.picked = selection;
    this.show.value = 'all';
    this.search.value = '';
    void this.list();
    if (opensImages) openSelection(selection, this.state);
    else byId('images-section').scrollIntoView();
  }

  /** Lists what is asked for once the thresholds rest: the figures move with a slider, a long list would hold it up. */
  listSoon(): void {
    clearTimeout(this.soon);
    this.soon = window.setTimeout(() => void this.list(), REST);
  }

  /** Lists what is asked for, at the thresholds on show. */
  async list(): Promise<void> {
    clearTimeout(this.soon);
    const rows = this.rows();
    this.status.textContent = `${imagesOf(rows.length)} of ${count(this.state.live.rows.length)}.`;
    this.picking.replaceChildren(...(this.picked ? [create('strong', '', this.picked.title), ' ', button('Show all images', 'link', () => this.letGo())] : []));
    await this.ready;
    await this.table?.setData([...rows]);
  }

  private letGo(): void {
    this.picked = undefined;
    void this.list();
    this.show.focus();
  }

  private rows(): LiveRow[] {
    const { rows } = this.state.live;
    const among = this.picked && new Set(this.picked.rows.map(({ path }) => path));
    const shown = SHOWN.find(({ value }) => value === this.show.value) ?? SHOWN[0];
    const order = ORDERS.find(({ value }) => value === this.order.value) ?? ORDERS[0];
    const sought = this.search.value.trim().toLowerCase();
    return rows.filter((row) => (!among || among.has(row.path)) && shown.keeps(row) && row.path.toLowerCase().includes(sought)).sort(order.compare);
  }

  /** A session from this image on, in VS Code; else the image larger, with all its probabilities. */
  private open(row: LiveRow): void {
    if (opensImages) {
      const rows = this.rows();
      return openSelection({ title: this.picked?.title ?? 'Evaluated images', rows: rows.slice(rows.findIndex(({ path }) => path === row.path)) }, this.state);
    }
    const detail = byId('image-detail');
    detail.hidden = false;
    detail.replaceChildren(...this.detail(row));
    detail.scrollIntoView({ block: 'nearest' });
  }

  private detail(row: LiveRow): Node[] {
    const { set, current } = this.state;
    const pictures = create('div', 'pictures');
    const thumbnail = data.thumbnails[row.path];
    for (const [source, words] of [[thumbnail?.plain, 'the image'], [thumbnail?.cam, 'the image with the heat map of the predicted class']] as const) {
      if (!source) continue;
      const picture = create('img');
      picture.src = source;
      picture.alt = `${row.path}: ${words}`;
      pictures.append(picture);
    }
    const likeliest = row.probabilities.map((p, i) => ({ p, i })).sort((a, b) => b.p - a.p || a.i - b.i).slice(0, 8);
    const probabilities = table({ label: `Probabilities of ${row.path}`, head: ['Class', 'Probability'], rows: likeliest.map(({ p, i }) => [named(set.classes[i].name, i), formatPercent(p)]) });
    return [create('h3', 'path', row.path), create('p', '', noteOf(row, set.classes, current.model.name)), pictures, probabilities];
  }
}

function choice(id: string, label: string, options: readonly { label: string; value: string }[]): HTMLSelectElement {
  const element = create('select');
  element.id = id;
  element.setAttribute('aria-label', `${label} of the images`);
  element.append(...options.map((option) => new Option(option.label, option.value)));
  return element;
}

function labelled(text: string, control: HTMLElement): HTMLElement {
  const label = create('label', 'control', text);
  label.htmlFor = control.id;
  label.append(control);
  return label;
}
