/** One colour in a network's own space: what stands where an image is masked away. */
import type { InputSpec } from './types';

type Normalisation = Pick<InputSpec, 'scale' | 'mean' | 'std' | 'colour'>;
export type Rgb = readonly [number, number, number];

/** A colour as the network takes it, a value a channel in the order of `spec.colour`. @param rgb 0 to 255 */
export function colourToInput(rgb: Rgb, spec: Normalisation): number[] {
  const ordered = spec.colour === 'RGB' ? rgb : [...rgb].reverse();
  return ordered.map((value, c) => (value * spec.scale - spec.mean[c]) / spec.std[c]);
}

/** The inverse of {@link colourToInput}: 0 in network space is black, grey or the mean colour, by the model. Not clamped, not rounded. */
export function inputToColour(values: readonly number[], spec: Normalisation): Rgb {
  const ordered = values.map((value, c) => (value * spec.std[c] + spec.mean[c]) / spec.scale);
  const [r, g, b] = spec.colour === 'RGB' ? ordered : [...ordered].reverse();
  return [r, g, b];
}

/** A network input of this colour all over: batch 1, in the network's layout. @param values as {@link colourToInput} gives them */
export function plainInput(values: readonly number[], { width, height, layout }: Pick<InputSpec, 'width' | 'height' | 'layout'>): Float32Array {
  const pixels = width * height;
  return Float32Array.from({ length: 3 * pixels }, (_, i) => values[layout === 'NCHW' ? Math.floor(i / pixels) : i % 3]);
}
