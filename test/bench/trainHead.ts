/**
 * `npm run bench -- train-head [FOLDER] [--model M] [--seeds 3]`: what training a head costs and comes to, on a folder of class folders (default: the smears in
 * ../shared). Time: 2,000 images whose features are kept from before, by each optimiser. Accuracy: on images of a random split and on unseen runs of files, by
 * the head, by the exact minimum (L-BFGS) and, where Debian's python3-sklearn is there, by scikit-learn's LogisticRegression on the same features
 * (test/bench/sklearn_head.py). Needs a built dist/.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { labelledImages } from '../../src/curation/labelled';
import { partsOf } from '../../src/curation/training/parts';
import { bundledBackbone } from '../../src/heads/backbone';
import { featuresOf } from '../../src/heads/features';
import { OPTIMISERS } from '../../src/heads/optimisers';
import { probabilitiesOf, trainHead, type HeadData, type SoftmaxHead } from '../../src/heads/softmaxHead';
import { trainByEpochs, TRAINING_DEFAULTS } from '../../src/heads/training';
import { writeNpy } from '../../src/images/npy';

const root = path.resolve(__dirname, '../..');
const python = '/usr/bin/python3';
const TIMED = 2000;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { model: { type: 'string', default: bundledBackbone(root) }, seeds: { type: 'string', default: '3' } } });
  const folder = positionals[0] ?? path.join(root, '../shared/data/all-smears');
  console.log(`${os.cpus()[0]?.model ?? 'CPU'}, ${os.availableParallelism()} cores, load ${os.loadavg()[0].toFixed(1)}`);
  const failed = (file: string, error: unknown): void => console.log(`${file}: ${String(error)}`);
  const { classes, images } = await labelledImages({ folder, labels: 'folders', groups: 'file-run', map: {} }, failed);
  const features = (): ReturnType<typeof featuresOf<(typeof images)[number]>> =>
    featuresOf(images, { model: values.model, spawn: (data) => new Worker(path.join(root, 'dist/cli.js'), { workerData: data }), signal: new AbortController().signal, progress: () => undefined, failed, log: (text) => console.log(text) });
  await features();
  const began = performance.now();
  const table = await features();
  console.log(`${table.images.length} images, ${table.size} features; read from the cache, the network opened: ${seconds(began)}`);
  const data: HeadData = { features: table.values, size: table.size, labels: table.images.map(({ label }) => label), classes: classes.length };

  const first = table.images.map((_, i) => i).filter((i) => (i * TIMED) % table.images.length < TIMED).slice(0, TIMED);
  const [own, other] = [first.filter((_, k) => k % 5 !== 0), first.filter((_, k) => k % 5 === 0)];
  for (const optimiser of OPTIMISERS) {
    const start = performance.now();
    const { history, best, ending } = await trainByEpochs(data, own, other, { ...TRAINING_DEFAULTS, optimiser });
    console.log(`${first.length} images by ${optimiser}: ${seconds(start)}, ${history.length} epochs (${ending}), best ${best}`);
  }

  for (const by of ['random', 'group'] as const) {
    for (let seed = 1; seed <= Number(values.seeds); seed++) {
      const { partOf } = partsOf(table.images, classes, { by, test: 0.2, holdout: 0.2, seed });
      const rowsOf = (part: string): number[] => table.images.flatMap(({ path: key }, i) => (partOf.get(key) === part ? [i] : []));
      const [training, heldOut, test] = ['train', 'validation', 'test'].map(rowsOf);
      const { head } = await trainByEpochs(data, training, heldOut, { ...TRAINING_DEFAULTS, optimiser: 'adam' });
      const exact = await trainHead(data, { l2: TRAINING_DEFAULTS.l2, tolerance: 1e-5, iterations: 500 }, training);
      const sklearn = byScikitLearn(data, training, test);
      console.log(`${by}, seed ${seed}, ${test.length} unseen images: Adam ${percent(accuracy(head, data, test))}, exact minimum ${percent(accuracy(exact, data, test))}${sklearn === undefined ? '' : `, scikit-learn ${percent(sklearn)}`}`);
    }
  }
}

function accuracy(head: SoftmaxHead, data: HeadData, rows: readonly number[]): number {
  const p = probabilitiesOf(head, data, rows);
  const right = rows.filter((row, k) => {
    const own = p.subarray(k * data.classes, (k + 1) * data.classes);
    return own.indexOf(Math.max(...own)) === data.labels[row];
  });
  return right.length / rows.length;
}

/** Undefined where scikit-learn is not there. */
function byScikitLearn(data: HeadData, training: readonly number[], test: readonly number[]): number | undefined {
  const folder = path.join(root, 'out/bench/head');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'features.npy'), writeNpy({ shape: [data.labels.length, data.size], data: data.features }));
  fs.writeFileSync(path.join(folder, 'rows.json'), JSON.stringify({ labels: data.labels, training, test, l2: TRAINING_DEFAULTS.l2 }));
  const { status, stdout, stderr } = spawnSync(python, [path.join(root, 'test/bench/sklearn_head.py'), folder], { encoding: 'utf8' });
  if (status === 0) return Number(stdout);
  console.log(`scikit-learn was left out: ${stderr.trim().split('\n').at(-1) ?? `no ${python}`}`);
  return undefined;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

function percent(x: number): string {
  return `${(100 * x).toFixed(1)} %`;
}

void main();
