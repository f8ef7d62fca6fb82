/** The cells of the grid: one an image, kept while it is on show, so that pictures are loaded once. */
import type { ClassInfo } from '../../src/protocol/analysis';
import type { GridImage } from '../../src/protocol/grid';
import { labelName } from '../../src/protocol/labels';
import { QUEUE_STATES } from '../../src/protocol/queue';
import { create, say } from '../dom';
import type { Selection } from './selection';

interface Cell {
  readonly element: HTMLElement;
  readonly picture: HTMLImageElement;
  readonly chip: HTMLElement;
  readonly reason: HTMLElement;
  /** The colour in words. */
  readonly state: HTMLElement;
  uri: string | undefined;
}

export class GridCells {
  private readonly cells = new Map<string, Cell>();
  private readonly paths = new WeakMap<Element, string>();
  /** Pictures that the host has to decode are asked for when they come into view. */
  private readonly sight: IntersectionObserver;

  /** @param ask for a picture that the browser cannot decode */
  constructor(
    private readonly grid: HTMLElement,
    private readonly ask: (path: string) => void,
  ) {
    this.sight = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        this.sight.unobserve(target);
        const path = this.paths.get(target);
        if (path !== undefined) this.ask(path);
      }
    });
  }

  get columns(): number {
    return getComputedStyle(this.grid).gridTemplateColumns.split(' ').length;
  }

  show(images: readonly GridImage[], classes: readonly ClassInfo[]): void {
    const wanted = new Set(images.map(({ path }) => path));
    for (const [path, { element }] of this.cells) {
      if (wanted.has(path)) continue;
      this.sight.unobserve(element);
      this.cells.delete(path);
    }
    const elements = images.map((image) => this.cell(image, classes).element);
    const same = elements.length === this.grid.children.length && elements.every((element, i) => this.grid.children[i] === element);
    if (!same) this.grid.replaceChildren(...elements);
  }

  select(selection: Selection): void {
    for (const [path, { element }] of this.cells) {
      element.setAttribute('aria-selected', String(selection.has(path)));
      element.classList.toggle('current', path === selection.current);
    }
    const current = selection.current === undefined ? undefined : this.cells.get(selection.current)?.element.id;
    if (current) this.grid.setAttribute('aria-activedescendant', current);
    else this.grid.removeAttribute('aria-activedescendant');
  }

  reveal(path: string | undefined): void {
    if (path !== undefined) this.cells.get(path)?.element.scrollIntoView({ block: 'nearest' });
  }

  pathOf(target: EventTarget | null): string | undefined {
    const cell = target instanceof Element ? target.closest('[role="option"]') : null;
    return cell ? this.paths.get(cell) : undefined;
  }

  /** @param png undefined where nobody can decode it */
  picture(path: string, png: Uint8Array | undefined): void {
    const cell = this.cells.get(path);
    if (!cell) return;
    if (png) cell.picture.src = URL.createObjectURL(new Blob([new Uint8Array(png)], { type: 'image/png' }));
    else cell.element.classList.add('unreadable');
  }

  private cell(image: GridImage, classes: readonly ClassInfo[]): Cell {
    const { path, uri, state, label, reason } = image;
    const cell = this.cells.get(path) ?? this.make(path);
    if (uri !== cell.uri || !cell.picture.hasAttribute('data-asked')) this.load(cell, uri);
    const name = label === undefined ? '' : labelName(label, classes);
    cell.element.dataset['state'] = state;
    cell.state.textContent = QUEUE_STATES[state];
    cell.element.title = [path, QUEUE_STATES[state], reason].filter(Boolean).join('\n');
    say(cell.chip, name || (state === 'excluded' ? 'Excluded' : undefined));
    say(cell.reason, reason);
    return cell;
  }

  private load(cell: Cell, uri: string | undefined): void {
    cell.uri = uri;
    cell.picture.dataset['asked'] = '';
    cell.element.classList.remove('unreadable');
    if (uri !== undefined) cell.picture.src = uri;
    else this.sight.observe(cell.element);
  }

  private make(path: string): Cell {
    const element = create('div', 'cell');
    element.id = `cell-${this.cells.size}-${path}`;
    element.setAttribute('role', 'option');
    const frame = create('div', 'frame');
    const picture = create('img');
    picture.alt = '';
    picture.loading = 'lazy';
    picture.decoding = 'async';
    picture.draggable = false;
    picture.addEventListener('error', () => element.classList.add('unreadable'));
    const chip = create('span', 'chip');
    frame.append(picture, chip);
    const reason = create('span', 'reason');
    const state = create('span', 'for-screen-readers');
    element.append(frame, create('span', 'name', path.split('/').pop() ?? ''), state, reason);
    this.paths.set(element, path);
    const cell = { element, picture, chip, reason, state, uri: undefined };
    this.cells.set(path, cell);
    return cell;
  }
}
