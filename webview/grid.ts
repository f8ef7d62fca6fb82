/** The page of the review queue's grid: pictures, of which those that are selected are labelled with one key. */
import type { FromGrid, GridImage, GridOrder, ToGrid } from '../src/protocol/grid';
import { RESEARCH_USE } from '../src/protocol/format';
import { applyChange } from '../src/protocol/gridChanges';
import { byId, create, say } from './dom';
import { GridCells } from './grid/cells';
import { Selection } from './grid/selection';

declare function acquireVsCodeApi(): { postMessage(message: FromGrid): void };

const api = acquireVsCodeApi();
const KEYS = 9;
const ORDERS: Record<GridOrder, string> = { reason: 'As ranked', name: 'Name', state: 'State', similarity: 'Likeness' };

const grid = byId('grid');
const orderChoice = byId<HTMLSelectElement>('order');
const stateChoice = byId<HTMLSelectElement>('state');
const labelChoice = byId<HTMLSelectElement>('label');

let told: Extract<ToGrid, { kind: 'images' }> | undefined;
/** All of them, in their order. */
let images: readonly GridImage[] = [];
let visible: readonly GridImage[] = [];
let focused = false;

const selection = new Selection();
const cells = new GridCells(grid, (path) => api.postMessage({ kind: 'picture', path }));

function show(): void {
  if (!told) return;
  const { classes, order, orders, ranking, busy } = told;
  const [state, label] = [stateChoice.value, labelChoice.value];
  visible = images.filter((image) => (!state || image.state === state) && (!label || (label === 'none' ? image.label === undefined : label === 'unsure' ? image.label === null : image.label === `${label.slice(1)}`)));
  selection.over(visible.map(({ path }) => path));
  fill(orderChoice, orders.map((value) => [value, value === 'reason' && ranking ? ranking : ORDERS[value]]), order);
  fill(labelChoice, [['', 'All'], ['none', 'Not labelled'], ['unsure', 'Unsure'], ...classes.map(({ id, name }): [string, string] => [`=${id}`, name])], label);
  cells.show(visible, classes);
  drawSelection();
  say(byId('empty'), busy ?? (visible.length === 0 ? 'No image is like that.' : undefined));
  byId('classes').replaceChildren(
    ...classes.slice(0, KEYS).map(({ name }, i) => key(String(i + 1), name, i + 1)),
    ...(classes.length > 0 ? [key('U', 'Unsure', 'unsure' as const)] : []),
  );
}

function key(letter: string, name: string, choice: number | 'unsure'): HTMLElement {
  const button = create('button');
  button.type = 'button';
  button.append(create('kbd', '', letter), name);
  button.addEventListener('mousedown', (event) => event.preventDefault());
  button.addEventListener('click', () => label(choice));
  return button;
}

function fill(select: HTMLSelectElement, entries: readonly (readonly [string, string])[], chosen: string): void {
  select.replaceChildren(...entries.map(([value, text]) => Object.assign(create('option', '', text), { value })));
  select.value = entries.some(([value]) => value === chosen) ? chosen : (entries[0]?.[0] ?? '');
}

function drawSelection(): void {
  cells.select(selection);
  const { size } = selection;
  byId('count').textContent = `${visible.length} image${visible.length === 1 ? '' : 's'}${size > 0 ? `, ${size} selected` : ''}`;
}

function label(choice: number | 'unsure'): void {
  const chosen = visible.filter(({ path }) => selection.has(path));
  const ready = chosen.flatMap(({ path, sha256 }) => (sha256 === undefined ? [] : [{ path, sha256 }]));
  if (chosen.length === 0) return news('Nothing is selected: Space selects the image at the frame.', true);
  if (ready.length < chosen.length) return news('Not recorded: images are still being read. Press the key again.', true);
  api.postMessage({ kind: 'label', choice, images: ready });
}

function news(text: string, failed: boolean): void {
  byId('news').classList.toggle('failed', failed);
  say(byId('news'), text);
}

/** Of the keys those that move and select; those that label are VS Code's, so that they can be changed there. */
const MOVES: Readonly<Record<string, (() => number) | undefined>> = {
  ArrowRight: () => 1,
  ArrowLeft: () => -1,
  ArrowDown: () => cells.columns,
  ArrowUp: () => -cells.columns,
  PageDown: () => cells.columns * 4,
  PageUp: () => -cells.columns * 4,
  Home: () => -visible.length,
  End: () => visible.length,
};

grid.addEventListener('keydown', (event) => {
  const move = MOVES[event.key];
  const all = event.key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey);
  if (move) selection.move(move(), event.shiftKey);
  else if (event.key === ' ') selection.toggle();
  else if (event.key === 'Escape') selection.clear();
  else if (all) selection.all();
  else if (event.key === 'Enter' && selection.current !== undefined) api.postMessage({ kind: 'open', path: selection.current });
  else return;
  event.preventDefault();
  drawSelection();
  if (move) cells.reveal(selection.current);
});

grid.addEventListener('click', (event) => {
  const path = cells.pathOf(event.target);
  if (path === undefined) return;
  selection.point(path, event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'only');
  drawSelection();
});
grid.addEventListener('dblclick', (event) => {
  const path = cells.pathOf(event.target);
  if (path !== undefined) api.postMessage({ kind: 'open', path });
});

for (const choice of [stateChoice, labelChoice]) choice.addEventListener('change', show);
orderChoice.addEventListener('change', () => api.postMessage({ kind: 'order', order: orderChoice.value as GridOrder }));
byId<HTMLInputElement>('size').addEventListener('input', ({ target }) => grid.style.setProperty('--size', `${(target as HTMLInputElement).value}px`));

function reportFocus(): void {
  const now = document.hasFocus() && document.activeElement === grid;
  if (now === focused) return;
  focused = now;
  api.postMessage({ kind: 'focus', focused });
}
for (const event of ['focus', 'blur'] as const) {
  grid.addEventListener(event, reportFocus);
  window.addEventListener(event, () => {
    if (document.hasFocus() && document.activeElement === document.body) grid.focus({ preventScroll: true });
    reportFocus();
  });
}

window.addEventListener('message', ({ data }: MessageEvent<ToGrid>) => {
  switch (data.kind) {
    case 'images':
      if (data.since !== 0 && data.since !== told?.number) return;
      images = applyChange(data.since === 0 ? [] : images, data.change);
      told = data;
      return show();
    case 'picture':
      return cells.picture(data.path, data.png);
    case 'label-selected':
      return label(data.choice);
    case 'news':
      return news(data.text, data.failed);
  }
});
byId('research-use').textContent = RESEARCH_USE;
api.postMessage({ kind: 'ready' });
grid.focus({ preventScroll: true });
reportFocus();
