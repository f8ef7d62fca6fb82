import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { confusionsOf, evaluationSummary } from '../../../src/assistant/evaluationSummary';
import { compareModels } from '../../../src/evaluation/metrics/compare';
import { metricsJson } from '../../../src/evaluation/metrics/json';
import { metricsOf } from '../../../src/evaluation/metrics/metrics';
import { evaluationsFolder, newestEvaluation, readEvaluationFile } from '../../../src/evaluation/stored';
import type { EvaluationFile, PredictionSet } from '../../../src/evaluation/types';

const CLASSES = ['Benign', 'Early', 'Pre'].map((id) => ({ id, name: `${id} cells` }));

/** @param said of each image in turn: true class, predicted class */
function set(said: readonly (readonly [number, number])[]): PredictionSet {
  const rows = said.map(([label, predicted], i) => ({ path: `${i}.png`, sha256: '', label, predicted, probabilities: CLASSES.map((_, c) => (c === predicted ? 0.8 : 0.1)) }));
  return { classes: CLASSES, rows, groupSource: 'none' };
}

const TRUTH = [...Array<number>(10).fill(0), ...Array<number>(20).fill(1), ...Array<number>(10).fill(2)];
/** All right but 4 Early as Benign and 1 Pre as Early: 35 of 40. */
const GOOD = set(TRUTH.map((label, i) => [label, i >= 10 && i < 14 ? 0 : i === 39 ? 1 : label]));
/** All Benign: 10 of 40. */
const POOR = set(TRUTH.map((label) => [label, 0]));

function file(): EvaluationFile {
  const sets = { good: GOOD, poor: POOR };
  const models = Object.entries(sets).map(([model, of]) => ({ model, name: `Network ${model}`, sha256: model.padEnd(64, '0'), kind: 'model' as const, ...metricsOf(of, { resamples: 20 }) }));
  return {
    researchUse: 'Research use only. Not for diagnosis.',
    models: [...models, { ...models[0], model: 'good-calibrated', kind: 'calibrated' }],
    ...compareModels(Object.entries(sets).map(([id, of]) => ({ id, set: of })), { resamples: 20 }),
    leakage: { summary: 'Leakage: 2 files lie in more than one split.', groupDisjoint: 'no', exactAcrossSplits: [], nearAcrossSplits: [], groupsAcrossSplits: [], contradictions: [], outsideDomain: {}, notIndependent: [] },
    unreadable: [{ path: 'broken.png', code: 'image-unreadable', message: 'broken' }],
    leftOut: [{ path: 'x.png', reason: 'disputed' }],
    mapping: { 'Early Pre-B': 'Early', Artefact: null },
  };
}

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'smearlens-evaluations-'))));
afterEach(() => rmSync(root, { recursive: true }));

function store(name: string, text: string, seconds = 1): string {
  const folder = join(evaluationsFolder(root), name);
  mkdirSync(folder, { recursive: true });
  const stored = join(folder, 'metrics.json');
  writeFileSync(stored, text);
  utimesSync(stored, seconds, seconds);
  return stored;
}

describe('the summary of an evaluation', () => {
  it('says after what it is for what the leakage gate found, then the figures', async () => {
    const text = metricsJson(file());
    const sha256 = createHash('sha256').update(text).digest('hex');
    const lines = evaluationSummary(await readEvaluationFile(store('one', text)), 'one/metrics.json', sha256).split('\n');
    expect(lines.slice(0, 5)).toEqual(['Research use only. Not for diagnosis.', '', 'Leakage: 2 files lie in more than one split.', '', `Evaluation: \`one/metrics.json\` (sha256 ${sha256})`]);
    expect(lines[6]).toBe('| model | images | accuracy | 95 % interval | precision | sensitivity | specificity | F1 | AUC |  |');
    // By hand: recalls 1, 16/20, 9/10; precisions 10/14, 16/17, 1; specificities 26/30, 19/20, 1. Wilson's interval of 35 of 40.
    const f1 = ((2 * 10) / 24 + (2 * 16) / 37 + (2 * 9) / 19) / 3;
    expect(lines[8]).toContain(`| good * | 40 | 0.8750 | 0.7389 to 0.9454 | ${((10 / 14 + 16 / 17 + 1) / 3).toFixed(4)} | 0.9000 | ${((26 / 30 + 19 / 20 + 1) / 3).toFixed(4)} | ${f1.toFixed(4)} |`);
    expect(lines[9]).toMatch(/^\| poor \| 40 \| 0\.2500 \|/);
    expect(lines).toContain('* not distinguishable from the most accurate one (McNemar, Holm-adjusted).');
    expect(lines).toContain('1 image could not be evaluated.');
    expect(lines).toContain('1 image was left out: reviewers differ, cannot tell or excluded them.');
    expect(lines).toContain('Images under these names were left out, as they stand for no class of the models: `Artefact`.');
    expect(lines).toContain(`- \`good\`: Network good, sha256 ${'good'.padEnd(64, '0')}`);
  });

  it('names the most frequent confusions of each model, and of a calibrated one none of its own', async () => {
    const text = evaluationSummary(await readEvaluationFile(store('one', metricsJson(file()))), 'x', '');
    expect(text.slice(text.indexOf('Most frequent')).split('\n')).toEqual([
      'Most frequent confusions:',
      '- `good`: 4 of 20 Early (20.0 %) taken for Benign; 1 of 10 Pre (10.0 %) taken for Early',
      '- `poor`: 20 of 20 Early (100.0 %) taken for Benign; 10 of 10 Pre (100.0 %) taken for Benign',
    ]);
  });

  it('counts images without a class as confusions of their own', () => {
    const metrics = metricsOf(set([[0, 0], [0, -1], [1, 1], [2, 2]]), { resamples: 20 });
    expect(confusionsOf(metrics)).toEqual([{ truth: 'Benign', predicted: undefined, count: 1, of: 2 }]);
  });
});

describe('stored evaluations', () => {
  it('are found by when they ended, and only those that have', async () => {
    const [old, newest] = [store('z', '{}', 10), store('a', '{}', 20)];
    mkdirSync(join(evaluationsFolder(root), 'stopped'));
    expect(await newestEvaluation([join(root, 'nowhere'), root])).toBe(newest);
    rmSync(newest);
    expect(await newestEvaluation([root])).toBe(old);
    expect(await newestEvaluation([join(root, 'nowhere')])).toBeUndefined();
  });

  it.each([
    ['{', /is no JSON/],
    ['{}', /holds no evaluation of models/],
    [metricsJson({ ...metricsOf(GOOD, { resamples: 20 }) }), /holds no evaluation of models/],
    [metricsJson({ ...file(), models: [] }), /holds no evaluation of models/],
  ])('are told from other files (%#)', async (text, message) => {
    await expect(readEvaluationFile(store('one', text))).rejects.toMatchObject({ code: 'input-invalid', message });
  });

  it('say what cannot be read', async () => {
    await expect(readEvaluationFile(join(root, 'none.json'))).rejects.toMatchObject({ code: 'input-invalid', message: expect.stringContaining(`${join(root, 'none.json')}: cannot be read`) as string });
  });

  it('come back as they were written', async () => {
    const written = file();
    const { models, ...rest } = await readEvaluationFile(store('one', metricsJson(written)));
    expect(JSON.parse(metricsJson({ ...rest, models: models.map(({ id, metrics, ...facts }) => ({ model: id, ...facts, ...metrics })) }))).toEqual(JSON.parse(metricsJson(written)));
  });
});
