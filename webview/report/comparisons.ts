/** Any two models on the same images. */
import type { Comparison } from '../../src/evaluation/types';
import { byId, create } from '../dom';
import { data } from './data';
import { defined, Footnotes, pValue, share, type Figure, type Format } from './figures';
import { HEADLINES } from './headline';
import { table, type Cell } from './table';

export function drawComparisons(): void {
  const { comparisons, models } = data.result;
  byId('comparisons').hidden = comparisons.length === 0;
  const name = (id: string): string => models.find((model) => model.id === id)?.name ?? id;
  const pair = ({ a, b }: Comparison): string => `${name(a)} and ${name(b)}`;
  const notes = [...new Set(comparisons.map(({ note }) => note).filter((note) => note !== undefined))];
  byId('comparison-rows').replaceChildren(
    tests(comparisons, pair),
    create('p', 'note', 'McNemar: exact (binomial), of the images that only one of the two has right; adjusted: after Holm, over the comparisons with the most accurate model. AUC: paired DeLong test of each class, p not adjusted.'),
    ...differences(comparisons, pair),
    create('p', 'note', 'A difference is the first model’s figure minus the second’s, shares in percentage points.'),
    ...notes.map((note) => create('p', 'note', `${note}.`)),
  );
}

type Naming = (comparison: Comparison) => string;

function tests(comparisons: readonly Comparison[], pair: Naming): HTMLElement {
  const classes = [...new Set(comparisons.flatMap(({ delong }) => Object.keys(delong)))];
  const head = ['Models', 'Only first right', 'Only second right', 'McNemar p', 'Adjusted p', ...classes.map((label) => `AUC difference, ${label} (p)`)];
  const rows = comparisons.map((comparison): Cell[] => {
    const { mcnemar, delong } = comparison;
    return [pair(comparison), String(mcnemar.onlyA), String(mcnemar.onlyB), pValue(mcnemar.p), pValue(mcnemar.holm), ...classes.map((label) => aucDifference(delong[label]))];
  });
  return table({ label: 'Tests of any two models', head, rows });
}

function differences(comparisons: readonly Comparison[], pair: Naming): Node[] {
  const notes = new Footnotes();
  const rows = comparisons.map((comparison): Cell[] => {
    const cells = HEADLINES.map(({ key, format }): Cell => {
      const found = key === 'accuracy' ? comparison.accuracyDifference : comparison.differences?.[key];
      const signed = format === share ? points : signedScore;
      const cell = create('span', 'figure', signed(found?.value));
      cell.append(notes.interval(found?.interval, signed));
      return cell;
    });
    return [pair(comparison), ...cells];
  });
  return [table({ label: 'Differences of any two models, with 95 % intervals', head: ['Difference (95 % interval)', ...HEADLINES.map(({ name }) => name)], rows }), notes.list()];
}

function aucDifference(test: Comparison['delong'][string] | undefined): string {
  return test ? `${signedScore(test.difference)} (${pValue(test.p)})` : '–';
}

/** A difference of two shares, in percentage points. */
const points: Format = (value) => signed(defined(value) ? 100 * value : value, 1);

const signedScore: Format = (value) => signed(value, 3);

function signed(value: Figure, decimals: number): string {
  if (!defined(value)) return '–';
  return `${value > 0 ? '+' : ''}${value.toFixed(decimals).replace('-', '−')}`;
}
