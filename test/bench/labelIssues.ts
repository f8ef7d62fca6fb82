/**
 * `npm run bench -- label-issues FOLDER [--flips 0.05] [--seeds 5] [--run 15] [--folds N] [--l2 X] [--scores NAMES]`: wrong labels are planted in a folder of class folders
 * before anything is trained, and looked for in the queue 'label to check'. Random flips: the share of them in the first tenth of the queue. Whole runs of
 * neighbouring files: the same, which is harder, since what a head learnt from the rest of a smear may be of little help. Needs a built dist/.
 */
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { labelQuality } from '../../src/curation/labelIssues';
import { uniformNumbers } from '../../src/evaluation/metrics/random';
import { bundledBackbone } from '../../src/heads/backbone';
import { blockFolds } from '../../src/heads/blockFolds';
import { featuresOf } from '../../src/heads/features';
import { outOfSample } from '../../src/heads/outOfSample';
import { imageKey, walkImages } from '../../src/images/folder';
import { explorerOrder } from '../../src/images/order';
import { DEFAULT_FOLDS, DEFAULT_L2 } from '../../src/curation/judge';

const root = path.resolve(__dirname, '../..');

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      flips: { type: 'string', default: '0.05' },
      seeds: { type: 'string', default: '5' },
      run: { type: 'string', default: '15' },
      runs: { type: 'string', default: '8' },
      folds: { type: 'string', default: String(DEFAULT_FOLDS) },
      l2: { type: 'string', default: String(DEFAULT_L2) },
      model: { type: 'string', default: bundledBackbone(root) },
    },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error('Give a folder of class folders.');
  const images: { path: string; file: string; name: string }[] = [];
  for await (const file of walkImages(folder, () => undefined)) {
    const key = imageKey(folder, file);
    images.push({ path: key, file, name: path.posix.basename(path.posix.dirname(key)) });
  }
  images.sort((a, b) => explorerOrder(a.path, b.path));
  const began = performance.now();
  const table = await featuresOf(images, {
    model: values.model,
    spawn: (data) => new Worker(path.join(root, 'dist/cli.js'), { workerData: data }),
    signal: new AbortController().signal,
    progress: () => undefined,
    failed: (file, error) => console.log(`${file}: ${String(error)}`),
    log: (text) => console.log(text),
  });
  console.log(`${table.images.length} images, ${table.size} features, ${table.cached} of them kept from before: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const classes = [...new Set(table.images.map(({ name }) => name))].sort();
  const truth = table.images.map(({ name }) => classes.indexOf(name));
  const [folds, l2] = [Number(values.folds), Number(values.l2)];

  const planted = async (kind: string, plant: (random: () => number) => Set<number>): Promise<void> => {
    const shares: Record<string, number[]> = { selfConfidence: [], normalisedMargin: [], confidenceWeightedEntropy: [] };
    let seconds = 0;
    for (let seed = 1; seed <= Number(values.seeds); seed++) {
      const random = uniformNumbers(seed);
      const flipped = plant(random);
      const labels = truth.map((label, i) => (flipped.has(i) ? (label + 1 + Math.floor(random() * (classes.length - 1))) % classes.length : label));
      const start = performance.now();
      const { probabilities } = await outOfSample({ features: table.values, size: table.size, labels, classes: classes.length }, blockFolds(table.images.map((image, i) => ({ path: image.path, label: labels[i] })), folds), { l2 });
      seconds += (performance.now() - start) / 1000;
      for (const [name, quality] of Object.entries(labelQuality({ labels, probabilities, classes: classes.length }))) {
        const first = truth.map((_, i) => i).sort((a, b) => (quality as Float64Array)[a] - (quality as Float64Array)[b]).slice(0, Math.floor(truth.length / 10));
        shares[name].push(first.filter((i) => flipped.has(i)).length / flipped.size);
      }
    }
    const percent = (x: number): string => (100 * x).toFixed(1);
    for (const [name, own] of Object.entries(shares)) console.log(`${kind}, ${name}: ${percent(own.reduce((a, b) => a + b, 0) / own.length)} % in the first tenth (${own.map(percent).join(', ')})`);
    console.log(`  ${(seconds / Number(values.seeds)).toFixed(1)} s a training of ${folds} heads, λ ${l2}`);
  };

  await planted(`${100 * Number(values.flips)} % random flips`, (random) => {
    const flipped = new Set<number>();
    while (flipped.size < Math.round(Number(values.flips) * truth.length)) flipped.add(Math.floor(random() * truth.length));
    return flipped;
  });
  const length = Number(values.run);
  // A whole run has one wrong label, as a mislabelled smear has; so the class is drawn once a run.
  await plantedRuns();

  async function plantedRuns(): Promise<void> {
    const recalls: number[] = [];
    for (let seed = 1; seed <= Number(values.seeds); seed++) {
      const random = uniformNumbers(1000 + seed);
      const labels = [...truth];
      const flipped = new Set<number>();
      for (let run = 0; run < Number(values.runs); ) {
        const start = Math.floor(random() * (truth.length - length));
        const members = Array.from({ length }, (_, k) => start + k);
        if (members.some((i) => flipped.has(i) || truth[i] !== truth[start])) continue;
        const wrong = (truth[start] + 1 + Math.floor(random() * (classes.length - 1))) % classes.length;
        for (const i of members) {
          flipped.add(i);
          labels[i] = wrong;
        }
        run++;
      }
      const { probabilities } = await outOfSample({ features: table.values, size: table.size, labels, classes: classes.length }, blockFolds(table.images.map((image, i) => ({ path: image.path, label: labels[i] })), folds), { l2 });
      const { normalisedMargin } = labelQuality({ labels, probabilities, classes: classes.length });
      const first = truth.map((_, i) => i).sort((a, b) => normalisedMargin[a] - normalisedMargin[b]).slice(0, Math.floor(truth.length / 10));
      recalls.push(first.filter((i) => flipped.has(i)).length / flipped.size);
    }
    console.log(`${values.runs} runs of ${length} neighbouring files: ${((100 * recalls.reduce((a, b) => a + b, 0)) / recalls.length).toFixed(1)} % in the first tenth (${recalls.map((r) => (100 * r).toFixed(1)).join(', ')})`);
  }
}

void main();
