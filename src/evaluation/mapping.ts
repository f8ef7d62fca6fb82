/** Which class of a model a name of the truth (a folder, a label in a CSV or in the annotation log) stands for. */
import { SmearLensError } from '../errors';
import type { ClassInfo } from '../protocol/analysis';

/** What a name was taken for. */
export interface Match {
  /** Index of the class; null where it is none, or more than one alike. */
  readonly index: number | null;
  /** `given` by the user; `exact` id or name; `same` but for case and punctuation; `likest` by words; `ambiguous`; `none`. */
  readonly how: 'given' | 'exact' | 'same' | 'likest' | 'ambiguous' | 'none';
}

/** Share of the words of both that must be common (Jaccard) for a name to be taken for a class. */
const LEAST_LIKENESS = 0.5;
/** A name with one of these says what its images are not. */
const NEGATIONS = new Set(['no', 'non', 'not', 'without']);

/** Maps names to the classes of a model and remembers what was asked, so that the user can be shown it and can correct it. */
export class ClassMapping {
  private readonly known = new Map<string, Match>();
  private readonly given: ReadonlyMap<string, number | null>;

  /**
   * @param given the user's own: by name, the id or name of a class, or '' for none
   * @throws SmearLensError `input-invalid` where a given class is none of the model's
   */
  constructor(
    private readonly classes: readonly ClassInfo[],
    given: Readonly<Record<string, string>> = {},
  ) {
    this.given = new Map(
      Object.entries(given).map(([name, wished]) => {
        const index = classes.findIndex((c) => c.id === wished || c.name === wished);
        if (wished !== '' && index < 0) {
          throw new SmearLensError('input-invalid', `'${name}' was mapped to '${wished}', which is no class of the model.`, `Its classes are ${classes.map((c) => c.id).join(', ')}.`);
        }
        return [name.normalize('NFC'), wished === '' ? null : index];
      }),
    );
  }

  /** Index of the class that a name stands for; null: none. Never one of several that are as alike. */
  indexOf(name: string): number | null {
    return this.match(name).index;
  }

  match(name: string): Match {
    const key = name.normalize('NFC');
    const known = this.known.get(key) ?? this.find(key);
    this.known.set(key, known);
    return known;
  }

  private find(name: string): Match {
    const given = this.given.get(name);
    if (given !== undefined) return { index: given, how: 'given' };
    for (const how of ['exact', 'same'] as const) {
      const form = how === 'exact' ? (text: string): string => text.normalize('NFC') : (text: string): string => words(text).join(' ');
      const wanted = form(name);
      const found = wanted === '' ? [] : this.classes.flatMap((c, i) => (form(c.id) === wanted || form(c.name) === wanted ? [i] : []));
      if (found.length > 0) return found.length === 1 ? { index: found[0], how } : { index: null, how: 'ambiguous' };
    }
    return this.likest(name);
  }

  private likest(name: string): Match {
    const all = words(name);
    if (all.some((word) => NEGATIONS.has(word))) return { index: null, how: 'none' };
    // '[Malignant] Pre-B' names the superclass beside the class.
    const superclasses = new Set(this.classes.flatMap((c) => words(c.superclass ?? '')));
    const own = all.filter((word) => !superclasses.has(word));
    const wanted = own.length > 0 ? own : all;
    const scores = this.classes.map((c) => Math.max(likeness(wanted, words(c.id)), likeness(wanted, words(c.name))));
    const best = Math.max(...scores);
    // What else a name says ('Pre, second batch') does not matter where it names one class only.
    const found = scores.flatMap((score, i) => ((best >= LEAST_LIKENESS ? score === best : namesAll(wanted, words(this.classes[i].id))) ? [i] : []));
    return found.length === 1 ? { index: found[0], how: 'likest' } : { index: null, how: found.length === 0 ? 'none' : 'ambiguous' };
  }
}

/** Lower-case words and numbers: 'Early Pre-B' is early, pre, b. */
function words(text: string): string[] {
  return text.normalize('NFKC').toLowerCase().match(/\p{L}[\p{L}\p{M}]*|\p{N}+/gu) ?? [];
}

function namesAll(name: readonly string[], id: readonly string[]): boolean {
  return likeness(name, id) > 0 && id.every((word) => name.includes(word));
}

/** Words in common over words of both; 0 where only numbers or single letters are in common, which say little. */
function likeness(a: readonly string[], b: readonly string[]): number {
  const common = new Set(a.filter((word) => b.includes(word)));
  if (![...common].some((word) => /\p{L}{2}/u.test(word))) return 0;
  return common.size / new Set([...a, ...b]).size;
}
