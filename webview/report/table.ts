/** Tables of the report. */
import { create } from '../dom';

export type Cell = string | Node;

export interface TableContent {
  /** The table's name, read by screen readers; headings above it say it to others. */
  readonly label: string;
  readonly head: readonly Cell[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly Cell[])[];
  readonly className?: string;
}

/** A table in a box that scrolls sideways by itself, also by keyboard, so that the page never does. */
export function table({ label, head, rows, className = '' }: TableContent): HTMLElement {
  const element = create('table', className);
  element.createTHead().insertRow().append(...head.map((cell) => headingCell(cell, 'col')));
  const body = element.createTBody();
  for (const [first, ...others] of rows) body.insertRow().append(headingCell(first, 'row'), ...others.map(dataCell));
  return scrolling(element, label);
}

export function scrolling(element: HTMLTableElement, label: string): HTMLElement {
  element.createCaption().append(create('span', 'for-screen-readers', label));
  const box = create('div', 'scrolling');
  box.tabIndex = 0;
  box.setAttribute('role', 'group');
  box.setAttribute('aria-label', label);
  box.append(element);
  return box;
}

export function headingCell(content: Cell, scope: 'row' | 'col'): HTMLTableCellElement {
  const cell = create('th');
  cell.scope = scope;
  cell.append(content);
  return cell;
}

export function dataCell(content: Cell): HTMLTableCellElement {
  const cell = create('td');
  cell.append(content);
  return cell;
}

/** A fold with a table in it: a chart's figures for who cannot see it. */
export function folded(summary: string, ...content: Node[]): HTMLDetailsElement {
  const details = create('details');
  details.append(create('summary', '', summary), ...content);
  return details;
}

export function button(text: string, className: string, pressed: () => void): HTMLButtonElement {
  const element = create('button', className, text);
  element.type = 'button';
  element.addEventListener('click', pressed);
  return element;
}
