import { describe, expect, it } from 'vitest';
import { rankByBackground, rankByDisagreement, rankByDuplicates, rankByLabel, rankByUncertainty, type Verdicts } from '../../../src/curation/ranking';

const CLASSES = ['Early', 'Pre', 'Pro'];
const verdicts = (model: string, probabilities: number[], inDomain: (boolean | undefined)[] = []): Verdicts => ({ model, probabilities, inDomain });
const image = (name: string, label?: number): { path: string; sha256: string; label: number | undefined } => ({ path: name, sha256: `sha of ${name}`, label });

describe('the order in which to look at images', () => {
  it('puts labels first that heads do not agree with, and says what they give', () => {
    const images = [image('a', 0), image('b', 0), image('c', 1), image('d', 2)];
    const probabilities = [0.9, 0.06, 0.04, 0.04, 0.93, 0.03, 0.2, 0.7, 0.1, 0.1, 0.1, 0.8];
    const rows = rankByLabel(images, { labels: [0, 0, 1, 2], probabilities, classes: 3 }, CLASSES);
    expect(rows.map((r) => [r.path, r.isToCheck])).toEqual([['b', true], ['c', false], ['d', false], ['a', false]]);
    expect(rows[0]).toMatchObject({ label: 'Early', predicted: 'Pre', reason: { kind: 'label-to-check', text: 'Labelled Early; heads trained on other runs of files give Pre 0.93, Early 0.04.' } });
    expect(rows[0].score).toBeCloseTo(0.96, 12);
    expect(JSON.stringify(rows)).not.toMatch(/error/i);
  });

  it('puts uncertain verdicts first, by margin and by entropy', () => {
    const images = [image('even'), image('two'), image('sure')];
    const probabilities = [0.4, 0.3, 0.3, 0.5, 0.5, 0, 1, 0, 0];
    const by = (how: 'margin' | 'entropy'): (string | number)[][] => rankByUncertainty(images, verdicts('M', probabilities), CLASSES, how).map((r) => [r.path, Number(r.score.toFixed(3))]);
    expect(by('margin')).toEqual([['two', 1], ['even', 0.9], ['sure', 0]]);
    expect(by('entropy')).toEqual([['even', 0.991], ['two', 0.631], ['sure', 0]]);
    expect(rankByUncertainty(images, verdicts('M', probabilities), CLASSES, 'margin')[1].reason.text).toBe('Not sure: Early 0.40, Pre 0.30 (margin 0.10) by M.');
  });

  it('is as sure in words as in numbers', () => {
    const rows = rankByUncertainty([image('a'), image('b'), image('c')], verdicts('M', [0.99, 0.01, 0, 0.8, 0.2, 0, 0.6, 0.4, 0]), CLASSES, 'margin');
    expect(rows.map(({ path, reason }) => [path, reason.text.split(':')[0]])).toEqual([['c', 'Not sure'], ['b', 'Fairly sure'], ['a', 'Sure']]);
  });

  it("offers no class outside a model's domain", () => {
    const sure = [0.99, 0.01, 0, 0.98, 0.02, 0];
    for (const by of ['margin', 'entropy'] as const) {
      const [first, second] = rankByUncertainty([image('in', 0), image('out', 0)], verdicts('M', sure, [true, false]), CLASSES, by);
      expect(first).toEqual({ path: 'out', sha256: 'sha of out', label: 'Early', score: 1, reason: { kind: 'outside-domain', text: "Outside the model's domain: unlike the training images of M, so that no class is offered." } });
      expect(second).toMatchObject({ path: 'in', predicted: 'Early', reason: { kind: 'uncertain' } });
    }
    const other = [0, 1, 0, 0, 1, 0];
    const two = rankByDisagreement([image('in'), image('out')], [verdicts('A', sure, [true, false]), verdicts('B', other)], CLASSES);
    expect(two.map(({ path, predicted, score, reason }) => [path, predicted === undefined, score > 0, reason.kind])).toEqual([['in', false, true, 'disagreement'], ['out', true, false, 'outside-domain']]);
    const three = rankByDisagreement([image('in'), image('out')], [verdicts('A', sure, [true, false]), verdicts('B', other), verdicts('C', other)], CLASSES);
    expect(three.find(({ path }) => path === 'out')?.reason.text).toBe('Models agree on the class: B says Pre 1.00, C says Pre 1.00, outside the domain of A (Jensen-Shannon divergence 0.00 of 1).');
    const [away] = rankByBackground([image('out')], [{ predicted: 0, energy: 0.9, area: 0.6, inDomain: false }], CLASSES, 'M');
    expect(away).toMatchObject({ score: 0.9, reason: { kind: 'outside-domain' } });
    expect(away.predicted).toBeUndefined();
  });

  it('puts images first on which models disagree: 1 where each is sure of another class', () => {
    const rows = rankByDisagreement([image('same'), image('other')], [verdicts('A', [1, 0, 0, 1, 0, 0]), verdicts('B', [1, 0, 0, 0, 1, 0])], CLASSES);
    expect(rows.map((r) => r.path)).toEqual(['other', 'same']);
    expect(rows[0].score).toBeCloseTo(1, 12);
    expect(rows[1].score).toBe(0);
    expect(rows[0].reason.text).toBe('Models disagree: A says Early 1.00, B says Pre 1.00 (Jensen-Shannon divergence 1.00 of 1).');
  });

  it('tells near-duplicates with another label, each by its likest', () => {
    const images = [image('a', 0), image('b', 1), image('c', 1), image('d', 0), image('e')];
    const pairs = [{ a: 0, b: 1, likeness: 0.7 }, { a: 0, b: 2, likeness: 0.9 }, { a: 1, b: 2, likeness: 1 }, { a: 3, b: 4, likeness: 1 }];
    const rows = rankByDuplicates(images, pairs, CLASSES);
    expect(rows.map((r) => [r.path, r.score])).toEqual([['a', 0.9], ['c', 0.9], ['b', 0.7]]);
    expect(rows[0].reason).toEqual({ kind: 'near-duplicate-other-label', text: 'Labelled Early; 0.90 alike to c, which is labelled Pre.' });
  });

  it('puts maps on the background first', () => {
    const rows = rankByBackground([image('a'), image('b')], [{ predicted: 0, energy: 0.2, area: 0.7 }, { predicted: 1, energy: 0.9, area: 0.6 }], CLASSES, 'M');
    expect(rows.map((r) => r.path)).toEqual(['b', 'a']);
    expect(rows[0].reason.text).toBe('90 % of the energy of the Grad-CAM for Pre lies outside cells, on 60 % of the picture, by M.');
  });
});
