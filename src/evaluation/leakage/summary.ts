/** The report's first line: what the gate before the figures found, in one sentence. */
import { MAX_PAIRS } from '../../images/alike';
import type { Leakage } from '../types';

export interface SetSize {
  /** 0 where there are none. */
  readonly groups: number;
  readonly splits: number;
  /** The groups were taken from the file names. */
  readonly guessed: boolean;
}

/** e.g. 'group-disjoint: no: 3 groups in two splits; 1 image with two labels', or 'group-disjoint: unknown' alone. */
export function summaryOf(found: Omit<Leakage, 'summary'>, size: SetSize): string {
  const crossing = crossingFindings(found, size);
  const verdict = {
    yes: `group-disjoint: yes (${plural(size.groups, 'group')}${size.guessed ? ' taken from the file names' : ''}, ${size.splits} splits)`,
    no: `group-disjoint: no: ${crossing.join('; ')}`,
    unknown: 'group-disjoint: unknown',
  }[found.groupDisjoint];
  return [verdict, ...otherFindings(found)].join('; ');
}

function crossingFindings({ groupsAcrossSplits, exactAcrossSplits, nearAcrossSplits }: Omit<Leakage, 'summary'>, { guessed }: SetSize): string[] {
  const groups = groupsAcrossSplits.length;
  const exact = exactAcrossSplits.length;
  const near = nearAcrossSplits.length;
  const most = Math.max(2, ...groupsAcrossSplits.map(({ splits }) => splits.length));
  return [
    ...(groups > 0 ? [`${plural(groups, 'group')}${guessed ? ' taken from the file names' : ''} in ${most === 2 ? 'two' : 'several'} splits`] : []),
    ...(exact > 0 ? [`${plural(exact, 'exact duplicate')} across splits`] : []),
    ...(near > 0 ? [`${near >= MAX_PAIRS ? 'at least ' : ''}${plural(near, 'pair')} of near duplicates across splits`] : []),
  ];
}

function otherFindings({ nearThreshold, contradictions, outsideDomain, notIndependent }: Omit<Leakage, 'summary'>): string[] {
  return [
    ...(nearThreshold === null ? ['near duplicates not looked for, since unrelated images of this set are too alike'] : []),
    ...(contradictions.length > 0 ? [`${plural(contradictions.length, 'image')} with two labels`] : []),
    ...Object.entries(outsideDomain).map(([model, images]) => `${plural(images.length, 'image')} outside the domain of ${model}`),
    ...(notIndependent.length > 0 ? [`${plural(notIndependent.length, 'label')} given after the reviewer saw the model, left out of the headline`] : []),
  ];
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
