/** 16-bit samples to 8 bits ('windowing'), by hand: libvips would drop the low byte, which blackens a 12-bit camera's images. */

/** `full` maps 0..65535 to 0..255; `percentile` maps the 0.1 and 99.9 percentiles to 0 and 255 and clips outside. */
export type WindowMode = 'full' | 'percentile';

const LEVELS = 65536;

/**
 * @param samples row-major interleaved 16-bit values
 * @param channels 1 to 4; in 2 and 4 the last is alpha, which is always scaled by its full range and not counted
 * @param mode percentiles are taken over all colour channels together, so that colours keep their ratios; an image of a
 *   single value has no percentile range and is mapped as `full`
 * @returns the same layout, 8 bits a sample, rounded half up
 */
export function windowTo8Bit(samples: Uint16Array, channels: number, mode: WindowMode): Uint8Array {
  const colours = channels === 2 || channels === 4 ? channels - 1 : channels;
  const fullRange = lookupTable(0, LEVELS - 1);
  const [low, high] = mode === 'percentile' ? percentileRange(samples, channels, colours) : [0, LEVELS - 1];
  const colourTable = low < high ? lookupTable(low, high) : fullRange;
  const out = new Uint8Array(samples.length);
  for (let at = 0; at < samples.length; at += channels) {
    for (let c = 0; c < channels; c++) {
      out[at + c] = (c < colours ? colourTable : fullRange)[samples[at + c]]!;
    }
  }
  return out;
}

function lookupTable(low: number, high: number): Uint8Array {
  const table = new Uint8Array(LEVELS);
  for (let value = 0; value < LEVELS; value++) {
    const scaled = ((value - low) * 255) / (high - low);
    table[value] = Math.floor(Math.min(Math.max(scaled, 0), 255) + 0.5);
  }
  return table;
}

/** The smallest values that at least 0.1 % and 99.9 % of the samples do not exceed (numpy's 'inverted_cdf'). */
function percentileRange(samples: Uint16Array, channels: number, colours: number): [number, number] {
  const histogram = new Uint32Array(LEVELS);
  for (let at = 0; at < samples.length; at += channels) {
    for (let c = 0; c < colours; c++) histogram[samples[at + c]]++;
  }
  const total = (samples.length / channels) * colours;
  return [quantile(histogram, total / 1000), quantile(histogram, (total * 999) / 1000)];
}

function quantile(histogram: Uint32Array, count: number): number {
  let seen = 0;
  for (let value = 0; value < LEVELS; value++) {
    seen += histogram[value];
    if (seen > 0 && seen >= count) return value;
  }
  return LEVELS - 1;
}
