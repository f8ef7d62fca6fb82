/** The preview sheet: one image under each operation, from one end of its range to the other (the study's figure 4). */
import { drawing, image, text } from '../../explain/svg';
import { applyChange, NO_CHANGE, type Change, type Fill } from '../../images/change';
import { encodePng, shrink } from '../../images/render';
import type { RgbImage } from '../../images/types';
import { RESEARCH_USE } from '../../protocol/format';
import { drawChange, type Ranges } from './transform';

/** In units of the drawing. */
const TILE = 120;
const GAP = 10;
const MARGIN = 24;
const SIDE = 150;
const CAPTION = 20;
/** Pixels of a tile's longer side. */
const PIXELS = 2 * TILE;
/** Of a range, from its one end to the other. */
const STEPS = [-1, -0.5, 0.5, 1];

interface Tile {
  readonly caption: string;
  readonly change: Change;
}

/**
 * An SVG drawing with a row an operation, and one of whole random changes as the set will have them.
 * @param sha256 of the image, which the random changes depend on
 */
export async function previewSheet(source: RgbImage, { name, sha256 }: { readonly name: string; readonly sha256: string }, ranges: Ranges, fill: Fill, seed: number): Promise<string> {
  const small = await shrink(source, PIXELS);
  const rows = rowsOf(ranges, seed, sha256);
  const height = TILE * (small.height / Math.max(small.width, small.height));
  const width = TILE * (small.width / Math.max(small.width, small.height));
  const parts: string[] = [text(MARGIN, MARGIN + 4, `Augmentation of ${name}`, { size: 16, bold: true })];
  let y = MARGIN + 24;
  for (const { label, tiles } of rows) {
    parts.push(text(MARGIN, y + height / 2, label, { size: 13, bold: true }));
    for (const [i, { caption, change }] of tiles.entries()) {
      const x = MARGIN + SIDE + i * (width + GAP);
      const { data } = applyChange(small, change, fill);
      const png = await encodePng(data, small.width, small.height);
      parts.push(image(x, y, width, height, `data:image/png;base64,${Buffer.from(png).toString('base64')}`, `${label}: ${caption}`), text(x + width / 2, y + height + 14, caption, { size: 11, anchor: 'middle' }));
    }
    y += height + CAPTION + GAP;
  }
  parts.push(text(MARGIN, y + 6, `${fillText(fill)} ${RESEARCH_USE}`, { size: 11 }));
  const most = Math.max(...rows.map(({ tiles }) => tiles.length));
  return drawing(2 * MARGIN + SIDE + most * (width + GAP), y + MARGIN, `Augmentation of ${name}, a row an operation`, parts);
}

function rowsOf(ranges: Ranges, seed: number, sha256: string): { label: string; tiles: Tile[] }[] {
  const percent = (value: number): string => `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.round(100 * Math.abs(value))} %`;
  const row = (label: string, range: number, caption: (value: number) => string, change: (value: number) => Partial<Change>): { label: string; tiles: Tile[] }[] =>
    range === 0 ? [] : [{ label, tiles: STEPS.map((step) => ({ caption: caption(step * range), change: { ...NO_CHANGE, ...change(step * range) } })) }];
  return [
    { label: 'Original', tiles: [{ caption: 'as it is', change: NO_CHANGE }, ...(ranges.flip ? [{ caption: 'flipped', change: { ...NO_CHANGE, flip: true } }] : [])] },
    ...row('Rotation', ranges.rotation, (v) => `${v < 0 ? '−' : '+'}${Math.round(10 * Math.abs(v)) / 10}°`, (rotation) => ({ rotation })),
    ...row('Shear (tangent)', ranges.shear, percent, (shear) => ({ shear })),
    ...row('Zoom', ranges.zoom, percent, (v) => ({ zoom: 1 + v })),
    ...row('Width shift', ranges.widthShift, percent, (widthShift) => ({ widthShift })),
    ...row('Height shift', ranges.heightShift, percent, (heightShift) => ({ heightShift })),
    { label: 'All, at random', tiles: Array.from({ length: STEPS.length }, (_, i) => ({ caption: `copy ${i + 1}`, change: drawChange(ranges, seed, sha256, i + 1) })) },
  ];
}

function fillText(fill: Fill): string {
  if (fill === 'reflect') return 'Beyond its edges the image is mirrored.';
  return fill === 'nearest' ? 'Beyond its edges the edge pixels are drawn out.' : `Beyond its edges is RGB ${fill.join(', ')}.`;
}
