/** The checks of a map that the reviewer asked for: what they came to, in words, and how far they are. */
import type { ErrorInfo } from '../errors';
import type { ClassInfo } from './analysis';
import { formatMethod } from './format';
import type { TrustAnswer, TrustInquiry } from './inquiry';
import type { MapInQuestion, MapName } from './trust';
import { counterfactualVerdict, energySentences, faithfulnessSentence, flipsSentence, randomisationSentence, skippedSentences } from './trustText';

export interface MapChecks {
  /** The map that is checked. */
  readonly map: MapName;
  /** One plain sentence a finding, with its numbers. */
  readonly sentences: readonly string[];
  /** What is being looked into; absent once all is. */
  readonly running?: string | undefined;
  /** The checks went on no further. */
  readonly error?: ErrorInfo | undefined;
}

/** What the reviewer can have checked: all that is quick, or removal by ROAD, which takes longer. */
export type ChecksAsked = 'all' | 'road';

/** The inquiries that it takes, in the order of their answers on the page. */
export function checksOf(map: MapInQuestion, asked: ChecksAsked): TrustInquiry[] {
  if (asked === 'road') return [{ kind: 'faithfulness', map, replacement: 'road' }];
  return [{ kind: 'faithfulness', map, replacement: 'blur' }, { kind: 'map-energy', map }, { kind: 'counterfactuals' }, { kind: 'randomisation' }];
}

const SUBJECTS: Record<TrustInquiry['kind'], string> = {
  'faithfulness': 'Removing what the map marks…',
  'map-energy': 'Looking at what the map lies on…',
  'counterfactuals': 'Changing scale bar, background and colour…',
  'randomisation': 'Making the last weights random…',
};

export function checkWords({ kind }: TrustInquiry): string {
  return SUBJECTS[kind];
}

/** The findings of a whole answer. */
export function sentencesOf(answer: TrustAnswer, classes: readonly ClassInfo[]): string[] {
  switch (answer.kind) {
    case 'faithfulness':
      return present(faithfulnessSentence(answer));
    case 'map-energy': {
      const { summary, warnings } = energySentences(answer);
      return [...warnings, summary];
    }
    case 'counterfactuals':
      return [...answer.changed.map((changed) => counterfactualVerdict(changed, answer.logits, classes).sentence), ...skippedSentences(answer), ...present(flipsSentence(answer.flips, classes))];
    case 'randomisation':
      return present(randomisationSentence(answer));
  }
}

/** The map by its name, as the head of its findings. */
export function checkedMap({ method, variant, classIndex }: MapName, classes: readonly ClassInfo[]): string {
  return `${formatMethod(method, variant)} for ${classes[classIndex]?.name ?? String(classIndex)}`;
}

function present(sentence: string | undefined): string[] {
  return sentence === undefined ? [] : [sentence];
}
