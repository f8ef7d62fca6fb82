/** An evaluation made up for the report's tests: five rows of table 5, with everything that a report can have to say. */
import sharp, { type Sharp } from 'sharp';
import { compareModels } from '../../../src/evaluation/metrics/compare';
import { metricsOf } from '../../../src/evaluation/metrics/metrics';
import { uniformNumbers } from '../../../src/evaluation/metrics/random';
import { reportData } from '../../../src/evaluation/report/reportData';
import type { ReportData, Thumbnail } from '../../../src/evaluation/report/types';
import type { EvaluatedModel, EvaluationResult, PredictionSet } from '../../../src/evaluation/types';
import { worstOf } from '../../../src/evaluation/worst';
import { smearSvg } from './images';

export const CLASSES = [
  { id: 'Benign', name: 'Benign (hematogones)', superclass: 'benign' },
  { id: 'Early', name: 'Early Pre-B', superclass: 'malignant' },
  { id: 'Pre', name: 'Pre-B', superclass: 'malignant' },
  { id: 'Pro', name: 'Pro-B', superclass: 'malignant' },
];
const SHARES = [0.16, 0.3, 0.3, 0.24];
const IMAGES_A_GROUP = 20;

/** Few: the report's tests are not of the intervals. */
const RESAMPLES = 100;

/** Answers of a model whose logits are noise with the truth raised by `skill`; the same for the same seed. */
export function predictionSet(count: number, skill: number, seed: number): PredictionSet {
  const truth = uniformNumbers(1);
  const noise = uniformNumbers(seed);
  const rows = Array.from({ length: count }, (_, i) => {
    const draw = truth();
    const label = SHARES.findIndex((_share, c) => draw < SHARES.slice(0, c + 1).reduce((a, b) => a + b, 0));
    const logits = CLASSES.map((_class, c) => (c === label ? skill : 0) + 3 * (noise() + noise() + noise() - 1.5));
    const powers = logits.map(Math.exp);
    const sum = powers.reduce((a, b) => a + b, 0);
    const probabilities = powers.map((power) => power / sum);
    return { path: `${CLASSES[label].id}/Smear ${String(i).padStart(5, '0')} é.jpg`, sha256: '', label, predicted: probabilities.indexOf(Math.max(...probabilities)), probabilities, group: `patient ${Math.floor(i / IMAGES_A_GROUP)}` };
  }).sort((a, b) => (a.path < b.path ? -1 : 1));
  return { classes: CLASSES, rows, groupSource: 'given' };
}

/** One row of table 5, with its answers. */
interface Row {
  readonly model: EvaluatedModel;
  readonly set: PredictionSet;
}

function row(id: string, name: string, set: PredictionSet, more: Partial<EvaluatedModel> = {}): Row {
  return { model: { id, name, sha256: '', kind: 'model', metrics: metricsOf(set, { resamples: RESAMPLES }), ...more }, set };
}

/** @param count images of each model; the figures are as they follow from its answers */
export async function sampleReport(count = 600): Promise<ReportData> {
  const set = predictionSet(count, 4, 11);
  const rows = [
    row('all-mobilenetv2', 'MobileNetV2', set, { bytes: 8.9e6, parameters: 2.23e6 }),
    row('resnet50', 'ResNet50', predictionSet(count, 4.1, 12), { bytes: 94.1e6, parameters: 23.5e6 }),
    row('squeezenet', 'SqueezeNet 1.1', predictionSet(count, 2.6, 13), { bytes: 2.9e6, parameters: 0.73e6 }),
    row('mean', 'Mean of MobileNetV2 and ResNet50', predictionSet(count, 4.4, 14), { kind: 'ensemble' }),
    row('all-mobilenetv2-seen', 'MobileNetV2', { ...set, rows: set.rows.slice(0, 40), groupSource: 'none' }, { kind: 'not-independent' }),
  ];
  const sets = new Map(rows.map(({ model, set: of }) => [model.id, of]));
  const compared = compareModels(rows.filter(({ model }) => model.kind !== 'not-independent').map(({ model: { id }, set: of }) => ({ id, set: of })), { resamples: RESAMPLES });
  const result: EvaluationResult = { ...RESULT, ...compared, models: rows.map(({ model }) => model) };
  const facts = { when: '2026-03-04T09:30:00Z', provider: 'cpu', imagesPerSecond: { 'all-mobilenetv2': 131.4, resnet50: 21.2, squeezenet: 148 } };
  const run = { title: 'ALL smears', facts };
  return reportData({ result, run, sets, thumbnails: await thumbnails(worstOf(sets, 30).map(({ path }) => path)) });
}

async function thumbnails(paths: readonly string[]): Promise<Record<string, Thumbnail>> {
  const entries = paths.map(async (path, i): Promise<[string, Thumbnail]> => {
    const plain = sharp(smearSvg(i)).resize(96);
    const cam = plain.clone().tint('#3050ff');
    return [path, { plain: await uri(plain), cam: await uri(cam) }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function uri(picture: Sharp): Promise<string> {
  return `data:image/jpeg;base64,${(await picture.jpeg().toBuffer()).toString('base64')}`;
}

const RESULT: Omit<EvaluationResult, 'models' | 'comparisons' | 'notDistinguishable'> = {
  researchUse: 'Research use only. Not for diagnosis.',
  leakage: {
    summary: 'Leakage: 2 files lie in more than one split, 1 patient has images in train and test.',
    groupDisjoint: 'no',
    exactAcrossSplits: [['train/Early/Smear 1.jpg', 'test/Early/copy of Smear 1.jpg']],
    nearAcrossSplits: [{ a: 'train/Pre/Smear 7.jpg', b: 'test/Pre/Smear 7 turned.jpg', distance: 3 }],
    groupsAcrossSplits: [{ group: 'patient 4', splits: ['train', 'test'] }],
    contradictions: [],
    outsideDomain: { 'all-mobilenetv2': ['Benign/cat <b>.jpg'] },
    notIndependent: ['Pre/Smear 00012 é.jpg'],
  },
  unreadable: [{ path: 'Pro/broken </script><script>alert(1)</script>.jpg', code: 'image-unreadable', message: 'It is no JPEG, though its name says so.' }],
  mapping: { '[Malignant] Pre-B': 'Pre', 'Early Pre-B': 'Early', Артефакт: null },
};
