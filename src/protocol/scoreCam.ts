/** Score-CAM of one image: its maps of all classes explained, as far as they have come. */
import type { CamMap, ClassInfo, ProviderName } from './analysis';
import { formatPercent } from './format';

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

/** What to expect of a fast map. `npm run bench -- score-cam` measures it; docs/ARCHITECTURE.md has the figures. */
export const FAST_AGREEMENT = "expected agreement with the exact map: Spearman 0.99 or more in nine of ten smears with the default model, less with others";

/** How a mode's maps relate to the exact ones, for whoever looks at them. */
export function agreementNote(mode: ScoreCamMode): string {
  return mode === 'exact' ? 'Exact: a pass for each channel.' : `Fast: estimated from some of the channels; ${FAST_AGREEMENT}.`;
}

/** How the maps came about, for a caption: mode, passes, and what masking shows. */
export function scoreCamCaption({ mode, done, total, maps, baseline }: ScoreCam, classes: readonly ClassInfo[]): string {
  const passes = `${done < total ? `unfinished, ${done} of ${total}` : total} passes${mode === 'fast' ? ` (${FAST_AGREEMENT})` : ''}`;
  const explained = [...new Set(maps.map(({ classIndex }) => classIndex))];
  const masked = explained.map((index) => `${classes[index]?.name ?? ''} ${formatPercent(baseline.probabilities[index] ?? NaN)}`);
  return `Score-CAM: ${mode}, ${passes}; masked parts are RGB ${baseline.fill.map(Math.round).join(', ')}; the image masked all over: ${masked.join(', ')}`;
}
