/** The colours a map is drawn in. No DOM: the webview and the command line paint with the same tables. */
import { rgb } from 'd3-color';
import { interpolateCividis, interpolateInferno, interpolateMagma, interpolateTurbo, interpolateViridis } from 'd3-scale-chromatic';
import type { ColourMapName } from '../protocol/viewState';

const INTERPOLATORS: Record<ColourMapName, (t: number) => string> = {
  viridis: interpolateViridis,
  inferno: interpolateInferno,
  magma: interpolateMagma,
  cividis: interpolateCividis,
  turbo: interpolateTurbo,
};

/** Entries of a colour table: as matplotlib's, so that a value v has the colour of entry min(255, ⌊256·v⌋). */
export const COLOURS = 256;

const tables = new Map<ColourMapName, Uint8Array>();

/** The colour table of a map: 3 · {@link COLOURS} bytes, RGB, 0 to 255, from the lowest value to the highest. */
export function colourTable(name: ColourMapName): Uint8Array {
  let table = tables.get(name);
  if (!table) {
    table = new Uint8Array(3 * COLOURS);
    for (let i = 0; i < COLOURS; i++) {
      // The middle of the entry's interval, so that d3's own quantisation into 256 colours hits entry i exactly.
      const { r, g, b } = rgb(INTERPOLATORS[name]((i + 0.5) / COLOURS));
      table.set([r, g, b], 3 * i);
    }
    tables.set(name, table);
  }
  return table;
}
