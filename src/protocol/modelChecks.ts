/** Checks of a model over a set of images: what they came to. */
import type { ClassInfo } from './analysis';
import type { Counterfactuals, FlipShare, Randomisation } from './trust';
import { changeWords, randomisationSentence, sharesOfFlips } from './trustText';

/** Images of a folder that are looked at, spread over it, unless told otherwise. */
export const CHECKED_IMAGES = 100;
/** Of so many of them, maps are compared with those of random weights. */
export const RANDOMISED_IMAGES = 5;

export interface ModelChecks {
  readonly images: number;
  readonly flips: readonly FlipShare[];
  /** Absent where no map could be compared. */
  readonly randomisation?: Randomisation | undefined;
  readonly randomisationSentence?: string | undefined;
}

export function modelChecks(answers: readonly Counterfactuals[], randomisation: Randomisation | undefined): ModelChecks {
  return { images: answers.length, flips: sharesOfFlips(answers), randomisation, randomisationSentence: randomisation && randomisationSentence(randomisation) };
}

/** `count` of the items, spread evenly; all where there are no more. */
export function spreadOver<T>(items: readonly T[], count: number): T[] {
  const n = Math.min(count, items.length);
  return Array.from({ length: n }, (_, i) => items[Math.floor((i * items.length) / n)]);
}

/** e.g. [['With the scale bar painted out', '3 of 100', '3.0 %'], …]. */
export function flipRows({ flips }: ModelChecks, classes: readonly ClassInfo[]): [change: string, flips: string, share: string][] {
  return flips.map((share) => [changeWords(share, classes), `${share.flips} of ${share.images}`, `${((100 * share.flips) / share.images).toFixed(1)} %`]);
}
