/** What an augmented set will hold: which images go into which part, and how many copies each gets. Pure. */
import { createHash } from 'node:crypto';
import { byCodeUnits } from '../../evaluation/order';
import { proportional, type Part } from '../split';

/** `balanced`: the training part alone, to equal classes; `study-table-1`: every class doubled, validation cut from originals and copies. */
export type Preset = 'balanced' | 'study-table-1';

/** Of the doubled training part the study's table 1 sets a tenth aside (its text says a fifth). */
const STUDY_VALIDATION = 0.1;

/** An image whose part is known. */
export interface Source {
  readonly path: string;
  readonly label: number;
  readonly part: Part;
}

/** An image to be written. */
export interface Planned<S extends Source> {
  readonly source: S;
  /** 0: the image itself; from 1: a changed copy. */
  readonly copy: number;
  readonly part: Part;
}

export const LEAK_WARNING = "study-table-1: validation images are cut after augmentation, as the study's table 1 prints them, so that copies of one image lie on both sides. Validation figures on this set are too good.";

/**
 * Copies come in even numbers from all images of a class, the odd ones by the hash of seed and path.
 * @param classes how many there are
 * @returns sorted by path and copy
 */
export function planAugmented<S extends Source>(sources: readonly S[], classes: number, preset: Preset, seed: number): Planned<S>[] {
  const training = sources.filter(({ part }) => part === 'train' || (preset === 'study-table-1' && part === 'validation'));
  const byClass = Array.from({ length: classes }, (_, c) => drawn(training.filter(({ label }) => label === c), seed));
  const largest = Math.max(...byClass.map((own) => own.length));
  const copies = byClass.flatMap((own) => {
    const wanted = own.length === 0 ? 0 : preset === 'balanced' ? largest - own.length : own.length;
    return Array.from({ length: wanted }, (_, i): Planned<S> => ({ source: own[i % own.length], copy: 1 + Math.floor(i / own.length), part: 'train' }));
  });
  const originals = sources.map((source): Planned<S> => ({ source, copy: 0, part: preset === 'study-table-1' && source.part === 'validation' ? 'train' : source.part }));
  const all = [...originals, ...copies];
  const planned = preset === 'study-table-1' ? cutValidation(all, classes, seed) : all;
  return planned.sort((a, b) => byCodeUnits(a.source.path, b.source.path) || a.copy - b.copy);
}

/** Validation as printed: a stratified tenth of what is there after augmentation, whichever image it comes from. */
function cutValidation<S extends Source>(all: readonly Planned<S>[], classes: number, seed: number): Planned<S>[] {
  const training = all.filter(({ part }) => part === 'train');
  const byClass = Array.from({ length: classes }, (_, c) => training.filter(({ source }) => source.label === c));
  const wanted = proportional(byClass.map((own) => own.length), Math.ceil(STUDY_VALIDATION * training.length - 1e-9));
  const cut = new Set(byClass.flatMap((own, c) => drawn(own, seed).slice(0, wanted[c])));
  return all.map((one) => (cut.has(one) ? { ...one, part: 'validation' } : one));
}

function drawn<T extends { readonly path: string } | Planned<Source>>(items: readonly T[], seed: number): T[] {
  const name = (item: T): string => ('path' in item ? item.path : `${item.source.path} ${item.copy}`);
  const hash = (item: T): string => createHash('sha256').update(`${seed} augment\n${name(item)}`).digest('hex');
  return items.map((item) => ({ item, hash: hash(item) })).sort((a, b) => byCodeUnits(a.hash, b.hash)).map(({ item }) => item);
}
