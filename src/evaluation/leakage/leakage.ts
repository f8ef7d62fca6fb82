/** The gate before the figures: what makes images of a set, or of its splits, depend on each other. */
import { alikePairs, likenessThreshold } from '../../images/alike';
import type { Fingerprint } from '../../images/fingerprint';
import type { GroupSource, Leakage } from '../types';
import { byCodeUnits, byPath } from '../order';
import { summaryOf } from './summary';

/** One image of the evaluated set. */
export interface LeakageInput {
  /** As in {@link Prediction.path}. */
  readonly path: string;
  /** Of the file's bytes; empty where unknown: then the image has no duplicates. */
  readonly sha256: string;
  /** The true class. */
  readonly label: string;
  /** From the labels file, or from {@link splitOfPath}. */
  readonly split?: string | undefined;
  /** Patient or slide. */
  readonly group?: string | undefined;
  /** Without it no near duplicates are found. Needed only where there are at least two splits. */
  readonly fingerprint?: Fingerprint | undefined;
  /** Ids of the models whose training images this one is unlike. */
  readonly outsideDomainOf?: readonly string[] | undefined;
  /** The label was given after the reviewer saw an evaluated model. */
  readonly notIndependent?: boolean | undefined;
}

export interface LeakageOptions {
  /** `given` unless stated. */
  readonly groupSource?: GroupSource | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told 0 to 1 of the search for near duplicates, now and then. */
  readonly progress?: ((share: number) => void) | undefined;
}

/**
 * Looks for everything that makes the figures of an evaluation better than they are. Does not depend on the order of the images.
 * Groups are disjoint ('yes') where every image has a group and a split, there are at least two splits, and neither a group nor a
 * picture lies in two of them; groups of source 'none' (an image and its augmented copies) are no patients, and only ever refute it: the same picture is of the same smear, whatever the groups say.
 * @throws SmearLensError `cancelled`
 */
export async function leakageOf(images: readonly LeakageInput[], options: LeakageOptions = {}): Promise<Leakage> {
  const sorted = [...images].sort(byPath);
  const sameBytes = [...byKey(sorted, (image) => image.sha256 || undefined).values()].filter((same) => same.length > 1);
  const near = await nearDuplicates(sorted, options);
  const groups = byKey(sorted, (image) => image.group);
  const found = {
    exactAcrossSplits: sameBytes.filter((same) => distinct(same, (image) => image.split).length > 1).map(paths),
    ...near,
    groupsAcrossSplits: [...groups].map(([group, members]) => ({ group, splits: distinct(members, (image) => image.split) })).filter(({ splits }) => splits.length > 1).sort((a, b) => byCodeUnits(a.group, b.group)),
    contradictions: sameBytes.map((same) => ({ paths: paths(same), labels: distinct(same, (image) => image.label) })).filter(({ labels }) => labels.length > 1),
    outsideDomain: outsideDomain(sorted),
    notIndependent: paths(sorted.filter((image) => image.notIndependent)),
  };
  const splits = distinct(sorted, (image) => image.split);
  const told = splits.length > 1 && options.groupSource !== 'none' && sorted.every((image) => image.group !== undefined && image.split !== undefined);
  const crossed = found.groupsAcrossSplits.length + found.exactAcrossSplits.length + found.nearAcrossSplits.length > 0;
  const groupDisjoint = crossed ? 'no' : told ? 'yes' : 'unknown';
  const summary = summaryOf({ groupDisjoint, ...found }, { groups: groups.size, splits: splits.length, guessed: options.groupSource === 'file-run' });
  return { summary, groupDisjoint, ...found };
}

/** Pairs in different splits that are alike but not the same bytes. */
async function nearDuplicates(sorted: readonly LeakageInput[], { signal, progress }: LeakageOptions): Promise<Pick<Leakage, 'nearAcrossSplits' | 'nearThreshold'>> {
  const seen = sorted.filter((image): image is LeakageInput & { fingerprint: Fingerprint } => image.fingerprint !== undefined && image.split !== undefined);
  const splits = distinct(seen, (image) => image.split);
  if (splits.length < 2) return { nearAcrossSplits: [] };
  const fingerprints = seen.map((image) => image.fingerprint);
  const threshold = likenessThreshold(fingerprints);
  if (threshold === undefined) return { nearAcrossSplits: [], nearThreshold: null };
  const numbers = new Map(splits.map((split, i) => [split, i]));
  const parts = Uint32Array.from(seen, (image) => numbers.get(image.split ?? '') ?? 0);
  const pairs = await alikePairs(fingerprints, { threshold, parts, signal, progress });
  return {
    nearAcrossSplits: pairs
      .filter(({ a, b }) => seen[a].sha256 === '' || seen[a].sha256 !== seen[b].sha256)
      .map(({ a, b, likeness }) => ({ a: seen[a].path, b: seen[b].path, distance: 1 - likeness })),
    nearThreshold: threshold,
  };
}

function outsideDomain(sorted: readonly LeakageInput[]): Record<string, readonly string[]> {
  const models = [...new Set(sorted.flatMap((image) => image.outsideDomainOf ?? []))].sort(byCodeUnits);
  return Object.fromEntries(models.map((id) => [id, paths(sorted.filter((image) => image.outsideDomainOf?.includes(id)))]));
}

/** Those without a key are left out. */
function byKey(images: readonly LeakageInput[], key: (image: LeakageInput) => string | undefined): Map<string, LeakageInput[]> {
  const found = new Map<string, LeakageInput[]>();
  for (const image of images) {
    const value = key(image);
    if (value === undefined) continue;
    const members = found.get(value);
    if (members) members.push(image);
    else found.set(value, [image]);
  }
  return found;
}

/** Sorted; undefined is no value. */
function distinct(images: readonly LeakageInput[], value: (image: LeakageInput) => string | undefined): string[] {
  return [...new Set(images.map(value).filter((v) => v !== undefined))].sort(byCodeUnits);
}

function paths(images: readonly LeakageInput[]): string[] {
  return images.map((image) => image.path);
}
