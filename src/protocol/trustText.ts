/** What the checks of a map found, one plain sentence each: the same in the editor and on the command line. */
import type { ClassInfo, Explanation } from './analysis';
import { median, pearson, spearman } from './correlation';
import { deletionContest, insertionContest, roadContest, type Contest } from './faithfulness';
import { formatMethod } from './format';
import type { Change, Counterfactual, Counterfactuals, Faithfulness, FlipShare, MapEnergy, Randomisation, Share } from './trust';

/** From so alike on, the maps of two classes are called nearly identical. */
const NEARLY_IDENTICAL = 0.95;
/** Below this median of |Spearman| maps are said to depend on the weights. */
export const RANDOMISATION_LIMIT = 0.5;
/** A corner or scale bar is looked at where it holds this many times its area's share of the energy, and so much of all energy. */
const LOOKED_AT: Share = { area: 2, energy: 0.03 };
/** A corner of which nuclei cover so much is no mere corner. */
const HAS_NUCLEUS = 0.25;
/** Fewer controls than this do not tell. */
const LEAST_CONTROLS = 4;

/** @returns undefined until the answer is whole */
export function faithfulnessSentence(answer: Faithfulness): string | undefined {
  const { done, total, flat, controls, replacement, original, replaced } = answer;
  if (flat) return 'The map is flat: it marks nothing that could be removed.';
  if (done < total) return undefined;
  if (controls.length < LEAST_CONTROLS) return `The map marks so evenly spread an area that copies of it elsewhere cover the same: ${controls.length} matched controls do not tell whether it is right.`;
  if (replacement === 'road') {
    const road = roadContest(answer);
    return `With removed areas filled from their neighbours (ROAD), the map's order of pixels matters ${comparative(road)} than matched controls' do: ${figures(road)} (${beaten(road, 'come to as much')}).`;
  }
  if (replaced !== undefined && replaced >= original) {
    return `The image blurred all over scores no lower for this class than the image itself (${number(replaced)} against ${number(original)}), so removing areas by blur cannot judge this map.`;
  }
  const [deletion, insertion] = [deletionContest(answer), insertionContest(answer)];
  return `Removing the marked areas lowers the score ${comparative(deletion)} than matched controls do: ${figures(deletion)} (${beaten(deletion, 'lower it as much')}); showing them alone raises it ${comparative(insertion)}: ${figures(insertion)} (${beaten(insertion, 'raise it as much')}).`;
}

/** Where the map lies, and for each corner or scale bar that holds more than its share a warning. */
export function energySentences(answer: MapEnergy): { readonly summary: string; readonly warnings: readonly string[] } {
  const { parts, corners, flat, scaleBar } = answer;
  if (flat) return { summary: 'The map is flat: its energy lies nowhere in particular.', warnings: [] };
  const nuclei = parts.find((p) => p.part === 'nuclei');
  const summary =
    nuclei && nuclei.area > 0
      ? `${percent(nuclei.energy)} of the map's energy lies on nuclei, which cover ${percent(nuclei.area)} of the picture (${times(nuclei)}).`
      : 'No nuclei were found by their colour, so where the energy should lie is not known.';
  const looks = (name: string, share: Share): string => `The model looks at the ${name}: ${percent(share.energy)} of the map's energy on ${percent(share.area)} of the picture (${times(share)}).`;
  const bar = parts.filter((p) => p.part === 'scale bar' && isLookedAt(p)).map((p) => looks('scale bar', p));
  // The bar lies in that corner, and is named itself.
  const named = corners.filter((c) => isLookedAt(c) && c.nuclei < HAS_NUCLEUS && !(scaleBar && bar.length > 0 && c.corner === 'bottom right corner'));
  return { summary, warnings: [...bar, ...named.map((c) => looks(c.corner, c))] };
}

/** Energy's share over the area's: 1 where the energy is spread evenly, NaN where there is no area. */
export function enrichment({ energy, area }: Share): number {
  return area > 0 ? energy / area : NaN;
}

export interface CounterfactualVerdict {
  /** Change of the predicted class's score. */
  readonly scoreChange: number;
  /** Index of the class that is predicted instead; undefined where it stays. */
  readonly flipsTo: number | undefined;
  readonly sentence: string;
}

/** @param logits of the image as it is */
export function counterfactualVerdict(changed: Counterfactual, logits: readonly number[], classes: readonly ClassInfo[]): CounterfactualVerdict {
  const [before, after] = [largest(logits), largest(changed.logits)];
  const scoreChange = changed.logits[before] - logits[before];
  const verdict = after === before ? `the verdict stays ${className(classes, before)}` : `the verdict changes from ${className(classes, before)} to ${className(classes, after)}`;
  return { scoreChange, flipsTo: after === before ? undefined : after, sentence: `${changeWords(changed, classes)} ${verdict} (score ${signed(scoreChange)}).` };
}

export function skippedSentences({ skipped }: Counterfactuals): string[] {
  return skipped.map(({ change, reason }) => `Not tried, ${change}: ${reason}.`);
}

/** Over a set of images: how often each change changes the verdict. */
export function sharesOfFlips(answers: Iterable<Pick<Counterfactuals, 'logits' | 'changed'>>): FlipShare[] {
  const shares = new Map<string, { change: Change; towards?: number | undefined; images: number; flips: number }>();
  for (const { logits, changed } of answers) {
    for (const { change, towards, logits: after } of changed) {
      const key = `${change} ${towards ?? ''}`;
      const share = shares.get(key) ?? { change, ...(towards === undefined ? {} : { towards }), images: 0, flips: 0 };
      share.images++;
      if (largest(after) !== largest(logits)) share.flips++;
      shares.set(key, share);
    }
  }
  return [...shares.values()];
}

/** e.g. 'without colour 3 of 12 (25 %)'. */
export function flipWords(share: FlipShare, classes: readonly ClassInfo[]): string {
  const words = changeWords(share, classes);
  return `${words.charAt(0).toLowerCase()}${words.slice(1)} ${share.flips} of ${share.images} (${percent(share.flips / share.images)})`;
}

/** @returns undefined where one image alone was asked about */
export function flipsSentence(flips: readonly FlipShare[], classes: readonly ClassInfo[]): string | undefined {
  const images = Math.max(0, ...flips.map((f) => f.images));
  if (images < 2) return undefined;
  return `Over the ${images} images checked with this model so far, the verdict changes ${flips.map((f) => flipWords(f, classes)).join(', ')}.`;
}

/** e.g. 'With the colours of Pre'. */
export function changeWords({ change, towards }: Pick<Counterfactual, 'change' | 'towards'>, classes: readonly ClassInfo[]): string {
  return { 'scale bar painted out': 'With the scale bar painted out', 'background flattened': 'With the background flattened', grey: 'Without colour', recoloured: `With the colours of ${className(classes, towards ?? -1)}` }[change];
}

/** Median of |Spearman| over all stages, NaN where nothing could be compared, and whether maps depend on the weights. */
export function randomisationVerdict({ stages }: Randomisation): { readonly median: number; readonly passes: boolean; readonly compared: number; readonly flat: number } {
  const sizes = stages.flatMap((s) => s.correlations.map(Math.abs));
  const middle = median(sizes);
  return { median: middle, passes: middle < RANDOMISATION_LIMIT, compared: sizes.length, flat: stages.reduce((sum, s) => sum + s.flat, 0) };
}

/** @returns undefined until the answer is whole */
export function randomisationSentence(answer: Randomisation): string | undefined {
  if (answer.done < answer.total) return undefined;
  const { median: middle, passes, compared, flat } = randomisationVerdict(answer);
  if (answer.stages.length === 0) return 'Whether maps depend on the weights was not checked: the model has no float32 weights that could be made random.';
  if (compared === 0) return `Whether maps depend on the weights was not checked: there were only flat maps to compare${flat > 0 ? ` (${flat} of random weights)` : ''}.`;
  const maps = `median |Spearman| ${number(middle)} over ${compared} maps of ${answer.images === 1 ? 'one image' : `${answer.images} images`}`;
  return passes
    ? `Maps of this model change when its last weights are made random (${maps}, below ${RANDOMISATION_LIMIT}), as they should.`
    : `Maps of this model stay much the same when its last weights are made random (${maps}, not below ${RANDOMISATION_LIMIT}): they show the image more than what was learnt.`;
}

/** A sentence for each method whose maps of the two likeliest classes are nearly identical. @param logits one a class */
export function nearlySameMaps({ maps }: Pick<Explanation, 'maps'>, logits: readonly number[], classes: readonly ClassInfo[]): string[] {
  const [first, second] = logits.map((_, i) => i).sort((a, b) => logits[b] - logits[a] || a - b);
  return maps.filter((m) => m.classIndex === first).flatMap((a) => {
    const b = maps.find((m) => m.method === a.method && m.variant === a.variant && m.classIndex === second);
    if (!b) return [];
    const [p, s] = [pearson(a.raw, b.raw), spearman(a.raw, b.raw)];
    if (!(Math.min(p, s) >= NEARLY_IDENTICAL)) return [];
    return [`The ${formatMethod(a.method, a.variant)} maps of ${classes[first].name} and ${classes[second].name} are nearly identical (Pearson ${number(p)}, Spearman ${number(s)}): they do not show what tells the two apart.`];
  });
}

/** `more` only where no control comes to as much: of 8 controls and a map without meaning the map is first one time in nine. */
function comparative({ difference, asMuch }: Contest): string {
  if (difference <= 0) return 'no more';
  return asMuch === 0 ? 'more' : 'hardly more';
}

function figures({ map, matched }: Contest): string {
  return `${number(map)} against ${number(matched)}`;
}

function beaten({ controls, asMuch }: Contest, what: string): string {
  return `of ${controls.length} controls ${asMuch} ${what}`;
}

function isLookedAt(share: Share): boolean {
  return enrichment(share) >= LOOKED_AT.area && share.energy >= LOOKED_AT.energy;
}

function times(share: Share): string {
  return `${enrichment(share).toFixed(1)} times as much as evenly spread`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
}

function number(value: number): string {
  return value.toFixed(2).replace(/^-(?=0\.00$)/, '').replace('-', '−');
}

function signed(value: number): string {
  return value > 0 ? `+${number(value)}` : number(value);
}

function className(classes: readonly ClassInfo[], index: number): string {
  return classes[index]?.name ?? String(index);
}

function largest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
