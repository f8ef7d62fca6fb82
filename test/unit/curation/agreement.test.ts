/** Agreement against scikit-learn and a plain definition: test/fixtures/agreement/make.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FileReplay, replay } from '../../../src/annotations/replay';
import type { AnnotationEvent } from '../../../src/annotations/types';
import { agreementOf, type RatedImage } from '../../../src/curation/agreement';
import { agreementMarkdown, NOT_CORRECTNESS } from '../../../src/curation/agreementText';

interface Golden {
  readonly classes: string[];
  readonly labels: Record<string, string[]>;
  readonly pairs: { a: string; b: string; kappa: number; agreement: number; confusion: number[][] }[];
  readonly fleiss: number;
}
const golden = JSON.parse(readFileSync(join(__dirname, '../../fixtures/agreement/golden.json'), 'utf8')) as Golden;

interface Given {
  readonly image: string;
  readonly reviewer: string;
  readonly value: string | null;
  readonly more?: Partial<AnnotationEvent>;
}

/** The state of images after these labels; `group` of each image by its name. */
function rated(labels: readonly Given[], group?: (image: string) => string): RatedImage[] {
  const file = new FileReplay();
  labels.forEach(({ image, reviewer, value, more }, i) => file.add({ v: 1, id: String(i), time: `2026-01-01T00:00:00.${String(i).padStart(4, '0')}Z`, reviewer, previous: '', image: { path: `${image}.png`, sha256: image }, type: 'label', value, ...more } as AnnotationEvent));
  return [...file.images].map((sha256) => {
    const state = replay([file], sha256);
    if (!state) throw new Error('no state');
    return { path: state.image.path, state, group: group?.(sha256) };
  });
}

const goldenLabels = Object.entries(golden.labels).flatMap(([reviewer, values]) => values.map((value, i) => ({ image: `i${i}`, reviewer, value })));

it('gives the kappas of scikit-learn and of the definition', () => {
  const report = agreementOf(rated(goldenLabels), { classes: golden.classes, groupSource: 'none' });
  expect(report.all.pairs).toHaveLength(3);
  golden.pairs.forEach(({ a, b, kappa, agreement, confusion }, i) => {
    const pair = report.all.pairs[i];
    expect([pair.a, pair.b, pair.images, pair.agreement, pair.confusion]).toEqual([a, b, 60, agreement, confusion]);
    expect(pair.kappa.value).toBeCloseTo(kappa, 12);
    const { low, high, method, note } = pair.kappa.interval;
    expect([method, low !== null && high !== null && low < kappa && kappa < high, note]).toEqual(['bootstrap', true, expect.stringContaining('independent')]);
  });
  expect(report.all.fleiss?.kappa.value).toBeCloseTo(golden.fleiss, 12);
  expect(report.all.fleiss).toMatchObject({ raters: 3, images: 60, others: 0 });
  expect(report.independent.pairs).toEqual([]);
  expect(report.unknown).toBe(180);
  expect(agreementMarkdown(report)).toContain(NOT_CORRECTNESS);
});

it('draws groups where they are known, and none where there are fewer than five', () => {
  const by = (count: number): RatedImage[] => rated(goldenLabels, (image) => `slide ${Number(image.slice(1)) % count}`);
  const many = agreementOf(by(12), { classes: golden.classes, groupSource: 'given' });
  expect([many.units, many.all.pairs[0].kappa.interval.method]).toEqual([{ grouped: true, count: 12 }, 'cluster-bootstrap']);
  const few = agreementOf(by(3), { classes: golden.classes, groupSource: 'given' });
  expect(few.all.pairs[0].kappa.interval).toMatchObject({ low: null, note: expect.stringContaining('fewer than 5 groups') as string });
});

it('tells labels given after the model from independent ones, and repeats from opinions', () => {
  const report = agreementOf(
    rated([
      { image: 'x', reviewer: 'Anna', value: 'Pre', more: { sawModelFirst: false } },
      { image: 'x', reviewer: 'Bert', value: 'Pro', more: { blind: true } },
      { image: 'y', reviewer: 'Anna', value: 'Pre', more: { sawModelFirst: true } },
      { image: 'y', reviewer: 'Bert', value: 'Pre', more: { sawModelFirst: true } },
      { image: 'z', reviewer: 'Anna', value: 'Pre', more: { sawModelFirst: true } },
      { image: 'z', reviewer: 'Bert', value: null },
      { image: 'y', reviewer: 'Anna', value: 'Pro', more: { repeat: true } },
      { image: 'z', reviewer: 'Anna', value: 'Pre', more: { repeat: true } },
      { image: 'w', reviewer: 'Anna', value: 'Pre' },
      { image: 'w', reviewer: 'Carla', value: 'Pro' },
      { image: 'w', reviewer: 'Carla', value: null, more: { type: 'exclude', value: true } },
    ]),
    { classes: ['Pre', 'Pro'], groupSource: 'none' },
  );
  expect([report.images, report.excluded, report.unsure]).toEqual([3, 1, 1]);
  expect(report.independent.pairs).toMatchObject([{ a: 'Anna', b: 'Bert', images: 1, agreement: 0, confusion: [[0, 1], [0, 0]] }]);
  expect(report.afterModel.pairs).toMatchObject([{ images: 1, agreement: 1, kappa: { value: null } }]);
  expect(report.self).toMatchObject([{ reviewer: 'Anna', images: 2, agreement: 0.5 }]);
  expect(report.disputes).toEqual([{ path: 'x.png', sha256: 'x', labels: [{ reviewer: 'Anna', value: 'Pre' }, { reviewer: 'Bert', value: 'Pro' }] }]);
});
