import { expect, it } from 'vitest';
import { markdownCode, markdownTable } from '../../../src/protocol/markdown';

it('keeps what a cell holds in its cell', () => {
  expect(markdownTable(['a', 'b'], [['x|y', 'one\ntwo'], ['', '1']])).toEqual(['| a | b |', '|---|---|', '| x\\|y | one two |', '|  | 1 |']);
});

it('shows names as they stand, whatever is in them', () => {
  expect(['smear *1*.png', 'a`b.png', '``', 'a\nb'].map(markdownCode)).toEqual(['`smear *1*.png`', '`` a`b.png ``', '``` `` ```', '`a b`']);
});
