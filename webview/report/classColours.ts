/** The colour and the stroke of a class in every chart and table: the style sheet has the colours, for light and for dark. */

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

/** The classes that are drawn: all of a few; of many those with the most images. Indices, in the model's order. */
export function drawnClasses(supports: readonly number[]): number[] {
  const indices = supports.map((_, i) => i);
  if (indices.length <= SHOWN_CLASSES) return indices;
  return indices.sort((a, b) => supports[b] - supports[a]).slice(0, SHOWN_CLASSES).sort((a, b) => a - b);
}
