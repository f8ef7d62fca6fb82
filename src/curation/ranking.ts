/** Which images to look at first, each with its reason in one sentence. Pure. */
import type { ModelVerdict } from '../annotations/types';
import type { MapPlace } from '../explain/mapPlace';
import type { AlikePair } from '../images/alike';
import { confidentClasses, labelQuality, type JudgedLabels } from './labelIssues';

export type ReasonKind = 'label-to-check' | 'uncertain' | 'disagreement' | 'near-duplicate-other-label' | 'map-on-background' | 'outside-domain';

/** What images can be ranked by. */
export const RANKINGS = ['label', 'margin', 'entropy', 'disagreement', 'duplicates', 'background'] as const;
export type Ranking = (typeof RANKINGS)[number];

export interface RankedImage {
  /** Relative to the folder, '/'-separated, NFC. */
  readonly path: string;
  readonly sha256: string;
  /** Id of the given class; undefined where it has none. */
  readonly label?: string | undefined;
  /** Id of the likeliest class by what judged it. */
  readonly predicted?: string | undefined;
  /** 0 to 1, 1 first. */
  readonly score: number;
  readonly reason: { readonly kind: ReasonKind; readonly text: string };
  /** What models say of it, where the reason shows that. */
  readonly verdicts?: readonly ModelVerdict[] | undefined;
}

/** What all orders need to know of an image. */
export interface RankableImage {
  readonly path: string;
  readonly sha256: string;
  /** Index of the given class. */
  readonly label?: number | undefined;
}

/**
 * Label to check: 1 − the probability of the given class by heads that never saw the image or its neighbours. All images are ranked; `isToCheck` of those
 * that confident learning finds off the diagonal.
 * @param classes ids
 */
export function rankByLabel(images: readonly RankableImage[], judged: JudgedLabels, classes: readonly string[]): (RankedImage & { readonly isToCheck: boolean })[] {
  const { selfConfidence } = labelQuality(judged);
  const confident = confidentClasses(judged);
  return byScore(
    images.map(({ path, sha256 }, i) => {
      const row = rowOf(judged.probabilities, i, classes.length);
      const [first, second] = likeliest(row);
      const label = judged.labels[i];
      const others = first === label ? [first, second] : [first, label];
      const text = `Labelled ${classes[label]}; heads trained on other runs of files give ${others.map((c) => `${classes[c]} ${share(row[c])}`).join(', ')}.`;
      return { path, sha256, label: classes[label], predicted: classes[first], score: 1 - selfConfidence[i], reason: { kind: 'label-to-check', text }, isToCheck: confident[i] >= 0 && confident[i] !== label };
    }),
  );
}

/** What a model made of images. */
export interface Verdicts {
  /** [n, classes], row-major. */
  readonly probabilities: ArrayLike<number>;
  readonly model: string;
  /** By image; undefined where the model does not say. */
  readonly inDomain: readonly (boolean | undefined)[];
}

/** Certainties up to which a model is not sure, and fairly sure. */
const [NOT_SURE, FAIRLY_SURE] = [0.5, 0.9];

/**
 * Uncertainty of a model: by `margin` 1 − (p of the likeliest class − p of the second), by `entropy` H(p)/ln(classes). Images outside the model's domain come first,
 * without a class: there it knows nothing, however sure its numbers are.
 */
export function rankByUncertainty(images: readonly RankableImage[], { probabilities, model, inDomain }: Verdicts, classes: readonly string[], by: 'margin' | 'entropy'): RankedImage[] {
  return byScore(
    images.map((image, i) => {
      if (inDomain[i] === false) return { ...named(image, classes), score: 1, reason: outside(model) };
      const row = rowOf(probabilities, i, classes.length);
      const [first, second] = likeliest(row);
      const margin = row[first] - row[second];
      const entropy = entropyOf(row) / Math.log(classes.length);
      const measure = by === 'margin' ? `margin ${share(margin)}` : `entropy ${share(entropy)} of 1`;
      const score = by === 'margin' ? 1 - margin : entropy;
      const words = 1 - score <= NOT_SURE ? 'Not sure' : 1 - score <= FAIRLY_SURE ? 'Fairly sure' : 'Sure';
      const text = `${words}: ${classes[first]} ${share(row[first])}, ${classes[second]} ${share(row[second])} (${measure}) by ${model}.`;
      return { ...named(image, classes), predicted: classes[first], score, reason: { kind: 'uncertain', text } };
    }),
  );
}

/**
 * Disagreement between models: the Jensen-Shannon divergence of their probabilities, equal weights, over its largest possible value, ln min(models, classes). Of an
 * image outside the domain of a model that model has no say; where fewer than two have one, the image comes last.
 * @param verdicts by model
 */
export function rankByDisagreement(images: readonly RankableImage[], verdicts: readonly Verdicts[], classes: readonly string[]): RankedImage[] {
  return byScore(
    images.map((image, i) => {
      const said = verdicts.filter(({ inDomain }) => inDomain[i] !== false);
      const silent = verdicts.filter(({ inDomain }) => inDomain[i] === false).map(({ model }) => model);
      if (said.length < 2) return { ...named(image, classes), score: 0, reason: outside(silent.join(' and ')) };
      const rows = said.map(({ probabilities }) => rowOf(probabilities, i, classes.length));
      const mean = classes.map((_, c) => rows.reduce((sum, row) => sum + row[c], 0) / rows.length);
      const divergence = Math.max(0, entropyOf(mean) - rows.reduce((sum, row) => sum + entropyOf(row), 0) / rows.length);
      const score = Math.min(1, divergence / Math.log(Math.min(said.length, classes.length)));
      const words = rows.map((row, m) => `${said[m].model} says ${classes[likeliest(row)[0]]} ${share(row[likeliest(row)[0]])}`);
      const isOne = new Set(rows.map((row) => likeliest(row)[0])).size === 1;
      const text = `${isOne ? 'Models agree on the class' : 'Models disagree'}: ${[...words, ...silent.map((model) => `outside the domain of ${model}`)].join(', ')} (Jensen-Shannon divergence ${share(score)} of 1).`;
      return { ...named(image, classes), predicted: classes[likeliest(mean)[0]], score, reason: { kind: 'disagreement', text } };
    }),
  );
}

function outside(model: string): RankedImage['reason'] {
  return { kind: 'outside-domain', text: `Outside the model's domain: unlike the training images of ${model}, so that no class is offered.` };
}

/** Near-duplicates of images with another label: the likeness to the likest of them. Only images that have one. */
export function rankByDuplicates(images: readonly RankableImage[], pairs: readonly AlikePair[], classes: readonly string[]): RankedImage[] {
  const best = new Map<number, { readonly other: number; readonly likeness: number }>();
  for (const { a, b, likeness } of pairs) {
    if (images[a].label === undefined || images[b].label === undefined || images[a].label === images[b].label) continue;
    for (const [own, other] of [[a, b], [b, a]] as const) if (likeness > (best.get(own)?.likeness ?? -1)) best.set(own, { other, likeness });
  }
  return byScore(
    [...best].map(([i, { other, likeness }]) => {
      const twin = images[other];
      const how = images[i].sha256 === twin.sha256 ? 'the same file as' : `${share(likeness)} alike to`;
      const text = `Labelled ${classes[images[i].label ?? 0]}; ${how} ${twin.path}, which is labelled ${classes[twin.label ?? 0]}.`;
      return { ...named(images[i], classes), score: Math.min(1, likeness), reason: { kind: 'near-duplicate-other-label', text } };
    }),
  );
}

/** Map on background: the share of the energy of the predicted class's Grad-CAM that lies outside cells. @param places by image */
export function rankByBackground(images: readonly RankableImage[], places: readonly Omit<MapPlace, 'probabilities'>[], classes: readonly string[], model: string): RankedImage[] {
  return byScore(
    images.map((image, i) => {
      const { predicted, energy, area, inDomain } = places[i];
      if (inDomain === false) return { ...named(image, classes), score: energy, reason: outside(model) };
      const text = `${share(100 * energy, 0)} % of the energy of the Grad-CAM for ${classes[predicted]} lies outside cells, on ${share(100 * area, 0)} % of the picture, by ${model}.`;
      return { ...named(image, classes), predicted: classes[predicted], score: energy, reason: { kind: 'map-on-background', text } };
    }),
  );
}

function named({ path, sha256, label }: RankableImage, classes: readonly string[]): Pick<RankedImage, 'path' | 'sha256' | 'label'> {
  return { path, sha256, ...(label === undefined ? {} : { label: classes[label] }) };
}

/** Sorted, the first to look at first; of several alike in the order in which they were given. */
function byScore<T extends RankedImage>(rows: T[]): T[] {
  return rows.sort((a, b) => b.score - a.score);
}

function rowOf(probabilities: ArrayLike<number>, i: number, classes: number): number[] {
  return Array.from({ length: classes }, (_, c) => probabilities[i * classes + c]);
}

/** The two likeliest classes; of several alike the first. */
function likeliest(row: readonly number[]): [number, number] {
  const [first, second = first] = row.map((_, c) => c).sort((a, b) => row[b] - row[a] || a - b);
  return [first, second];
}

function entropyOf(row: readonly number[]): number {
  return row.reduce((sum, p) => (p > 0 ? sum - p * Math.log(p) : sum), 0);
}

function share(value: number, digits = 2): string {
  return value.toFixed(digits);
}
