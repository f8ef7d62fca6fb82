import { expect, it } from 'vitest';
import { modelChecksMarkdown } from '../../../src/commands/modelChecksReport';
import { modelChecks, spreadOver } from '../../../src/protocol/modelChecks';
import type { Counterfactuals } from '../../../src/protocol/trust';

const answer = (after: readonly number[]): Counterfactuals => ({ logits: [2, 1], changed: [{ change: 'recoloured', towards: 1, logits: after }], skipped: [], flips: [], done: 2, total: 2, provider: 'cpu' });

it('counts the verdicts that change, and names the images that could not be looked at', () => {
  const model = { id: 'm', name: 'M', sha256: '', classes: [{ id: 'a', name: 'A|B' }, { id: 'c', name: 'C|D' }] };
  const text = modelChecksMarkdown('/smears', model, modelChecks([answer([0, 1]), answer([3, 1]), answer([3, 1])], undefined), [{ path: '/smears/x.jpg', message: 'is empty.' }]);
  expect(text).toContain('Model: M (m), over 3 images of /smears');
  expect(text).toContain('| With the colours of C\\|D | 1 of 3 | 33.3 % |');
  expect(text).toContain('- /smears/x.jpg: is empty.');
  expect(text).toContain('Research use only');
});

it('looks at images spread evenly over those given', () => {
  expect(spreadOver([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7]);
  expect(spreadOver(['a', 'b'], 4)).toEqual(['a', 'b']);
  expect(spreadOver([], 4)).toEqual([]);
});
