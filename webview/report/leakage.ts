/** The report's first line, and what stands behind it. */
import type { Leakage } from '../../src/evaluation/types';
import { byId, create } from '../dom';
import { count } from './figures';

/** So many of each kind are listed; metrics.json has them all. */
const LISTED = 50;

export function drawLeakage(leakage: Leakage): void {
  const findings = findingsOf(leakage);
  const bad = findings.some(({ items }) => items.length > 0);
  // 'unknown' is no finding, but no all-clear either.
  byId('leakage').dataset['finding'] = bad || leakage.groupDisjoint === 'no' ? 'found' : leakage.groupDisjoint;
  byId('leakage-findings').replaceChildren(...findings.map(({ title, items }) => section(title, items)));
}

interface Finding {
  readonly title: string;
  readonly items: readonly string[];
}

function findingsOf(leakage: Leakage): Finding[] {
  return [
    { title: 'The same file in two splits', items: leakage.exactAcrossSplits.map((paths) => paths.join(' = ')) },
    { title: 'Alike pictures in two splits', items: leakage.nearAcrossSplits.map(({ a, b, distance }) => `${a} ≈ ${b} (distance ${distance})`) },
    { title: 'Groups (patient, slide) in more than one split', items: leakage.groupsAcrossSplits.map(({ group, splits }) => `${group}: ${splits.join(', ')}`) },
    { title: 'One image, two labels', items: leakage.contradictions.map(({ paths, labels }) => `${paths.join(' = ')}: ${labels.join(', ')}`) },
    ...Object.entries(leakage.outsideDomain).map(([model, paths]) => ({ title: `Unlike the training images of ${model}`, items: paths })),
    { title: 'Labelled after the reviewer saw the model’s answer; not part of the figures', items: leakage.notIndependent },
  ];
}

function section(title: string, items: readonly string[]): HTMLElement {
  const part = create('div', 'finding');
  part.append(create('h3', '', `${title}: ${items.length ? count(items.length) : 'none'}`));
  if (items.length === 0) return part;
  const list = create('ul');
  list.append(...items.slice(0, LISTED).map((item) => create('li', 'path', item)));
  if (items.length > LISTED) list.append(create('li', '', `and ${count(items.length - LISTED)} more, in metrics.json`));
  part.append(list);
  return part;
}
