/** Score-CAM of one image: its maps of all classes explained, as far as they have come. */
import type { CamMap, ProviderName } from './analysis';

/** `exact`: a pass for each channel. `fast`: passes for some, from which the weights of the others follow (docs/ARCHITECTURE.md). */
export type ScoreCamMode = 'exact' | 'fast';

export interface ScoreCam {
  readonly layer: string;
  readonly height: number;
  readonly width: number;
  /** Of the layer. */
  readonly channels: number;
  /** Left out: a flat channel masks nothing. */
  readonly flatChannels: number;
  readonly mode: ScoreCamMode;
  /** Passes done, of those that the mode takes. The maps are final where the two are equal. */
  readonly done: number;
  readonly total: number;
  /** Variants `authors` and `channel-softmax`. */
  readonly maps: readonly CamMap[];
  /** What masking shows, as red, green and blue of 0 to 255, and the probabilities of an image that is masked all over. */
  readonly baseline: { readonly fill: readonly [number, number, number]; readonly probabilities: readonly number[] };
  readonly provider: ProviderName;
  /** Wall time of the passes, in milliseconds. */
  readonly milliseconds: number;
}

/** Below this variation of the weights (standard deviation over mean) a map shows activity. */
const EVEN_WEIGHTS = 0.1;

/** What a reader of the map must know, where the channels weigh nearly the same; undefined where they do not. */
export function evenWeightsNote({ weightVariation }: CamMap): string | undefined {
  if (weightVariation === undefined || weightVariation >= EVEN_WEIGHTS) return undefined;
  return 'Weights nearly equal: this map shows activity, not evidence for the class.';
}
