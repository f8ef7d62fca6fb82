/** Images of a set that show the same: the same bytes, or pictures that are alike. */
import { createHash } from 'node:crypto';
import { byCodeUnits, byPath } from '../evaluation/order';
import type { Fingerprint } from '../images/fingerprint';
import { nearPairs, type NearOptions } from './nearPairs';

export interface DuplicateInput {
  readonly path: string;
  readonly sha256: string;
  /** Width × height; 0 where unknown. */
  readonly pixels: number;
  /** Without it only the same bytes are found. */
  readonly fingerprint?: Fingerprint | undefined;
  /** Class id, where one is known. */
  readonly label?: string | undefined;
  /** Patient or slide, where one is known. */
  readonly group?: string | undefined;
}

export interface DuplicateMember {
  readonly path: string;
  readonly sha256: string;
  readonly pixels: number;
  readonly label?: string | undefined;
  readonly group?: string | undefined;
  /** The largest picture, of several the first by path. */
  readonly best: boolean;
}

/** Two pictures that joined a group. */
export interface DuplicatePair {
  readonly a: string;
  readonly b: string;
  /** Correlation of the fingerprints over all eight orientations, to 1; where one is cut out of the other, of that part. */
  readonly likeness: number;
  /** Cosine of the embeddings, −1 to 1, where a model gave them: a second opinion. */
  readonly embedding?: number | undefined;
}

export interface DuplicateGroup {
  /** The same for the same pictures, wherever they lie. */
  readonly id: string;
  /** `exact`: all files have the same bytes. */
  readonly kind: 'exact' | 'near';
  /** Of the pairs that joined it, the lowest; 1 for the same bytes. */
  readonly likeness: number;
  /** Sorted by path. */
  readonly members: readonly DuplicateMember[];
  /** Of pictures with different bytes; they may be joined through others. */
  readonly pairs: readonly DuplicatePair[];
  /** Distinct, sorted. */
  readonly labels: readonly string[];
  /** Its members have more than one label. */
  readonly conflict: boolean;
}

export interface Duplicates {
  readonly images: number;
  /** Likeness from which pictures count as near duplicates; null: unrelated pictures of this set are too alike to tell. */
  readonly nearThreshold: number | null;
  /** There are more near duplicates than are listed: a folder of film frames, say. */
  readonly incomplete: boolean;
  /** Sorted by the path of the first member. */
  readonly groups: readonly DuplicateGroup[];
}

export interface DuplicateOptions extends NearOptions {
  /** Cosine of a model's pooled features of two images, by sha256: a second opinion of the pairs found. */
  readonly cosine?: ((a: string, b: string) => number | undefined) | undefined;
}

/**
 * All groups of duplicates. Near duplicates are joined pair by pair, so that in a long group the first and the last may be less alike than the threshold;
 * `pairs` says who is alike to whom. Does not depend on the order of the images.
 * @throws SmearLensError `cancelled`
 */
export async function duplicatesOf(images: readonly DuplicateInput[], { cosine, ...near }: DuplicateOptions = {}): Promise<Duplicates> {
  const contents = new Map<string, DuplicateInput[]>();
  for (const image of [...images].sort(byPath)) {
    const copies = contents.get(image.sha256);
    if (copies) copies.push(image);
    else contents.set(image.sha256, [image]);
  }
  // One picture a content is compared, so that copies cost nothing.
  const seen = [...contents.values()].map(([first]) => first).filter((image): image is DuplicateInput & { fingerprint: Fingerprint } => image.fingerprint !== undefined);
  const { threshold, pairs, incomplete } = await nearPairs(seen, near);
  const sets = new DisjointSets();
  const pairsOf = new Map<string, (DuplicatePair & { sha256: string })[]>();
  for (const { a, b } of pairs) sets.join(seen[a].sha256, seen[b].sha256);
  for (const { a, b, likeness } of pairs) {
    const root = sets.find(seen[a].sha256);
    const pair = { a: seen[a].path, b: seen[b].path, likeness, embedding: cosine?.(seen[a].sha256, seen[b].sha256), sha256: root };
    const known = pairsOf.get(root);
    if (known) known.push(pair);
    else pairsOf.set(root, [pair]);
  }
  const byRoot = new Map<string, DuplicateInput[]>();
  for (const [sha256, copies] of contents) {
    const root = sets.find(sha256);
    byRoot.set(root, [...(byRoot.get(root) ?? []), ...copies]);
  }
  const groups = [...byRoot].filter(([, members]) => members.length > 1).map(([root, members]) => groupOf(members, (pairsOf.get(root) ?? []).map(({ sha256: _, ...pair }) => pair)));
  return { images: images.length, nearThreshold: threshold ?? null, incomplete, groups: groups.sort((a, b) => byCodeUnits(a.members[0].path, b.members[0].path)) };
}

function groupOf(unsorted: readonly DuplicateInput[], pairs: readonly DuplicatePair[]): DuplicateGroup {
  const members = [...unsorted].sort(byPath);
  const best = members.reduce((a, b) => (b.pixels > a.pixels ? b : a));
  const labels = [...new Set(members.flatMap(({ label }) => label ?? []))].sort(byCodeUnits);
  const contents = [...new Set(members.map(({ sha256 }) => sha256))].sort(byCodeUnits);
  return {
    id: `duplicates-${createHash('sha256').update(contents.join('\n')).digest('hex').slice(0, 12)}`,
    kind: contents.length === 1 ? 'exact' : 'near',
    likeness: pairs.reduce((least, { likeness }) => Math.min(least, likeness), 1),
    members: members.map((image) => ({ path: image.path, sha256: image.sha256, pixels: image.pixels, label: image.label, group: image.group, best: image === best })),
    pairs,
    labels,
    conflict: labels.length > 1,
  };
}

/** Union-find (Tarjan 1975) with path halving; the smaller name is the root, so that it does not depend on the order. */
class DisjointSets {
  private readonly parents = new Map<string, string>();

  find(name: string): string {
    let at = name;
    for (let parent = this.parents.get(at); parent !== undefined; parent = this.parents.get(at)) {
      const above = this.parents.get(parent);
      if (above !== undefined) this.parents.set(at, above);
      at = parent;
    }
    return at;
  }

  join(a: string, b: string): void {
    const [first, second] = [this.find(a), this.find(b)].sort();
    if (first !== second) this.parents.set(second, first);
  }
}

/** What `--keep one` takes out: every content of a group but the best one's. Files with the same bytes are one image to the annotation log, and stay one. */
export function contentsToExclude({ groups }: Duplicates): { readonly path: string; readonly sha256: string }[] {
  return groups.flatMap(({ members }) => {
    const kept = new Set(members.filter(({ best }) => best).map(({ sha256 }) => sha256));
    return members.flatMap(({ path, sha256 }) => {
      if (kept.has(sha256)) return [];
      kept.add(sha256);
      return [{ path, sha256 }];
    });
  });
}

/** A group that `--assign-groups` gives to a content. */
export interface GroupAssignment {
  readonly path: string;
  readonly sha256: string;
  readonly group: string;
}

/**
 * What `--assign-groups` writes: the members' own patient or slide where they have exactly one among them, else the id of the group of duplicates.
 * @returns `conflicts`: groups of duplicates whose members have different patients or slides already; nothing is changed there
 */
export function groupsToAssign({ groups }: Duplicates): { readonly assignments: readonly GroupAssignment[]; readonly conflicts: readonly DuplicateGroup[] } {
  const assignments: GroupAssignment[] = [];
  const conflicts: DuplicateGroup[] = [];
  for (const group of groups) {
    const own = [...new Set(group.members.flatMap((member) => member.group ?? []))];
    if (own.length > 1) {
      conflicts.push(group);
      continue;
    }
    const name = own[0] ?? group.id;
    const seen = new Set(group.members.filter((member) => member.group === name).map(({ sha256 }) => sha256));
    for (const { path, sha256 } of group.members) {
      if (!seen.has(sha256)) assignments.push({ path, sha256, group: name });
      seen.add(sha256);
    }
  }
  return { assignments, conflicts };
}
