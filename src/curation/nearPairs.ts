/** Pairs of images that show the same field: alike as a whole, or one of them cut out of the other. */
import { alikePairs, likenessThreshold, MAX_PAIRS, type AlikePair } from '../images/alike';
import { cutoutPairs, cutoutThreshold } from '../images/cutouts';
import type { Fingerprint } from '../images/fingerprint';

/** An image whose picture is known. */
export interface PrintedImage {
  readonly sha256: string;
  readonly fingerprint: Fingerprint;
}

/** Finds pairs of images, by index, that may show the same field; whether they do is then seen from their fingerprints. */
export type CandidateSearch = (images: readonly PrintedImage[]) => Promise<readonly (readonly [number, number])[]>;

export interface NearOptions {
  /** Where one of two pictures may be cut out of the other; without it they are compared as a whole only. */
  readonly candidates?: CandidateSearch | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told 0 to 1 of the search for pictures that are alike as a whole, then of that among the candidates. */
  readonly progress?: ((share: number) => void) | undefined;
}

export interface NearPairs {
  /** Likeness from which whole pictures count as the same; undefined: unrelated pictures of this set are too alike to tell, and nothing was looked for. */
  readonly threshold: number | undefined;
  /** Sorted by `a`, then `b`. */
  readonly pairs: readonly AlikePair[];
  /** There are more than are listed. */
  readonly incomplete: boolean;
}

/** @throws SmearLensError `cancelled`, or what the search for candidates throws */
export async function nearPairs(images: readonly PrintedImage[], { candidates, signal, progress }: NearOptions = {}): Promise<NearPairs> {
  const fingerprints = images.map(({ fingerprint }) => fingerprint);
  const threshold = likenessThreshold(fingerprints);
  if (threshold === undefined) return { threshold, pairs: [], incomplete: false };
  const whole = await alikePairs(fingerprints, { threshold, signal, progress });
  const incomplete = whole.length === MAX_PAIRS;
  const stricter = candidates && !incomplete ? cutoutThreshold(fingerprints) : undefined;
  if (!candidates || stricter === undefined) return { threshold, pairs: whole, incomplete };
  const known = new Set(whole.map(({ a, b }) => `${a} ${b}`));
  const open = (await candidates(images)).filter(([a, b]) => !known.has(a < b ? `${a} ${b}` : `${b} ${a}`));
  const cut = await cutoutPairs(fingerprints, open, { threshold: Math.max(threshold, stricter), signal, progress });
  return { threshold, pairs: [...whole, ...cut].sort((x, y) => x.a - y.a || x.b - y.b), incomplete };
}
