/** The colour and the stroke of a class in every chart and table: the style sheet has the colours, for light and for dark. */

import { create } from '../dom';

const SVG = 'http://www.w3.org/2000/svg';

/** Colours in the style sheet (--class-0 and so on), after Okabe and Ito, for readers with any colour vision. */
const COLOURS = 8;

/** Dashes, in pixels, so that a class is not told by colour alone. */
const DASHES = [[], [7, 3], [2, 2], [9, 3, 2, 3]];

/** Charts and sliders show so many classes; more cannot be told apart. */
export const SHOWN_CLASSES = 12;

export function classColour(index: number): string {
  return `var(--class-${index % COLOURS})`;
}

export function classDash(index: number): number[] {
  return DASHES[index % DASHES.length];
}

/** A list of the classes, each with a piece of its line. */
export function legend(entries: readonly { readonly index: number; readonly name: string }[]): HTMLElement {
  const list = create('ul', 'legend');
  for (const { index, name } of entries) {
    const item = create('li');
    const svg = document.createElementNS(SVG, 'svg');
    const line = document.createElementNS(SVG, 'line');
    for (const [key, value] of Object.entries({ x2: '30', y1: '5', y2: '5', stroke: classColour(index), 'stroke-dasharray': classDash(index).join(' ') })) line.setAttribute(key, value);
    svg.setAttribute('aria-hidden', 'true');
    svg.append(line);
    item.append(svg, name);
    list.append(item);
  }
  return list;
}

/** The classes that are drawn: all of a few; of many those with the most images. Indices, in the model's order. */
export function drawnClasses(supports: readonly number[]): number[] {
  const indices = supports.map((_, i) => i);
  if (indices.length <= SHOWN_CLASSES) return indices;
  return indices.sort((a, b) => supports[b] - supports[a]).slice(0, SHOWN_CLASSES).sort((a, b) => a - b);
}
