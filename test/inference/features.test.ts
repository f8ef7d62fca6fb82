/** Features: the bundled backbone against a float32 network by PyTorch, other networks, the cache, and `curate label-issues` from end to end. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import golden from '../fixtures/heads/backbone.json';
import { featureTensorOf, openFeatures } from '../../src/explain/features';
import { prepare } from '../../src/explain/prepare';
import { bundledBackbone } from '../../src/heads/backbone';
import { toTensor } from '../../src/images/tensor';
import type { RgbImage } from '../../src/images/types';
import { resolveModel } from '../../src/models/resolve';
import { CommandLine, fixture } from './commandLine';

const root = join(import.meta.dirname, '../..');
const SIZE = 224;
/** Dense heads, a convolutional one, NHWC, half precision, a fixed batch, softmax inside, external weights. */
const NETWORKS = ['gap-linear-opset13', 'gap-linear-opset7', 'dense-head', 'class-scores', 'squeezenet', 'nhwc-layer', 'half', 'fixed-batch', 'softmax-inside', 'weights-external', 'cosine', 'view-flatten'];
const cli = new CommandLine();
process.env.SMEARLENS_CACHE = cli.at('cache');
afterAll(() => cli.dispose());

/** As `drawn` of models/training/backbone.py. */
function drawn(k: number): RgbImage {
  const data = new Uint8Array(3 * SIZE * SIZE);
  for (let y = 0; y < SIZE; y++) for (let x = 0; x < SIZE; x++) for (let c = 0; c < 3; c++) data[(y * SIZE + x) * 3 + c] = Math.floor(127.5 + 120 * Math.sin((x * (1 + k + c) + y * (3 - c)) * (0.03 + 0.02 * k)));
  return { width: SIZE, height: SIZE, data };
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) [ab, aa, bb] = [ab + a[i] * b[i], aa + a[i] ** 2, bb + b[i] ** 2];
  return ab / Math.sqrt(aa * bb);
}

describe('features', () => {
  it('of the bundled backbone are those of the published network', async () => {
    const p = await prepare(await resolveModel(bundledBackbone(root)));
    const session = await openFeatures(p, undefined);
    try {
      expect(session.tensor).toEqual({ tensor: 'features', size: 1280, pixels: [] });
      for (const [k, expected] of golden.features.entries()) {
        const own = await session.extract(await toTensor(drawn(k), p.resolved.input));
        expect(own.length).toBe(1280);
        expect(cosine(own, expected)).toBeGreaterThan(0.9999);
        const norm = (v: ArrayLike<number>): number => Math.hypot(...Array.from(v));
        expect(norm(own) / norm(expected)).toBeCloseTo(1, 2);
      }
    } finally {
      await session.release();
    }
  });

  it('of a classifier are what enters its last dense layer', async () => {
    const p = await prepare(await resolveModel(join(root, 'models/all-mobilenetv2')));
    expect(featureTensorOf(p)).toEqual({ tensor: 'flat', size: 1280, pixels: [] });
  });

  it.each(NETWORKS)('of %s are finite rows', async (name) => {
    const p = await prepare(await resolveModel(fixture(name)));
    const session = await openFeatures(p, undefined);
    try {
      const { width, height } = p.resolved.input;
      const row = await session.extract(Float32Array.from({ length: 3 * width * height }, (_, i) => Math.sin(i)));
      expect(row.length).toBe(session.tensor.size);
      expect(new Set(row).size).toBeGreaterThan(1);
    } finally {
      await session.release();
    }
  });
});

describe('smearlens curate label-issues', () => {
  const folder = cli.at('dataset');
  const FLIPPED = 'round/smear-12.png';
  const draw = async (): Promise<void> => {
    for (const name of ['round', 'striped']) mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < 40; i++) {
      const isRound = i % 2 === 0;
      // One of the striped ones lies in the folder of the round ones.
      const name = i === 25 ? FLIPPED : `${isRound ? 'round' : 'striped'}/smear-${isRound ? i / 2 + 100 : (i - 1) / 2 + 100}.png`;
      const shapes = Array.from({ length: 6 }, (_, k) => (isRound ? `<circle cx="${30 + ((i * 7 + k * 31) % 140)}" cy="${30 + ((i * 13 + k * 47) % 140)}" r="${14 + (k % 3) * 3}" fill="#7030a0"/>` : `<rect x="${(k * 34 + i) % 190}" y="0" width="9" height="200" fill="#7030a0"/>`)).join('');
      await sharp(Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><rect width="200" height="200" fill="#f4e0e8"/>${shapes}</svg>`)).png().toFile(join(folder, name));
    }
    writeFileSync(join(folder, 'striped/torn.png'), 'not an image');
  };

  it('puts a wrong label first, says why, passes over what cannot be read, and computes nothing twice', async () => {
    await draw();
    const out = cli.at('issues.csv');
    const first = await cli.run('curate', 'label-issues', folder, '--json', '--out', out);
    expect(first.status).toBe(1);
    const values = first.stdout.trim().split('\n').map((line) => JSON.parse(line) as { path?: string; score?: number; label?: string; predicted?: string; error?: { code: string }; reason?: { kind: string; text: string } });
    expect(values.filter((v) => v.error).map((v) => [v.path, v.error?.code])).toEqual([['striped/torn.png', 'image-unsupported']]);
    const rows = values.filter((v) => v.reason);
    expect(rows).toHaveLength(40);
    expect(rows[0]).toMatchObject({ path: FLIPPED, label: 'round', predicted: 'striped', reason: { kind: 'label-to-check' } });
    expect(rows[0].reason?.text).toMatch(/^Labelled round; heads trained on other runs of files give striped \d\.\d\d, round \d\.\d\d\.$/);
    expect(rows.map((r) => r.score)).toEqual(rows.map((r) => r.score).sort((a, b) => (b ?? 0) - (a ?? 0)));
    expect(readFileSync(out, 'utf8').split('\n')[1]).toContain(FLIPPED);
    const [model] = readdirSync(cli.at('cache', 'features'));
    expect(readdirSync(cli.at('cache', 'features', model))).toHaveLength(1);
    const again = await cli.run('curate', 'label-issues', folder, '--json');
    expect(again.stdout.split('\n').filter((line) => line.includes('"reason"'))).toEqual(first.stdout.split('\n').filter((line) => line.includes('"reason"')));
    // Nothing new was kept.
    expect(readdirSync(cli.at('cache', 'features', model))).toHaveLength(1);
  });

  it('tells the near-duplicate with another label, and a model that is not sure', async () => {
    copyFileSync(join(folder, 'round/smear-100.png'), join(folder, 'striped/twin-900.png'));
    const rowsOf = async (...args: string[]): Promise<{ path: string; reason: { kind: string; text: string } }[]> => (await cli.run('curate', 'label-issues', folder, '--json', ...args)).stdout.split('\n').filter((line) => line.includes('"reason"')).map((line) => JSON.parse(line) as { path: string; reason: { kind: string; text: string } });
    const twins = await rowsOf('--by', 'duplicates');
    expect(twins.slice(0, 2).map((r) => r.path).sort()).toEqual(['round/smear-100.png', 'striped/twin-900.png']);
    expect(twins[0].reason.text).toContain('the same file as');
    const unsure = await rowsOf('--by', 'margin', '--top', '3');
    expect(unsure).toHaveLength(3);
    // The default model has never seen such drawings.
    for (const { reason } of unsure) expect(reason).toMatchObject({ kind: 'outside-domain', text: expect.stringMatching(/^Outside the model's domain: /) as string });
    const [known] = await rowsOf('--by', 'margin', '--top', '1', '--model', cli.manifest('any', ['a', 'b', 'c', 'd']));
    expect(known.reason).toMatchObject({ kind: 'uncertain', text: expect.stringMatching(/^(Not|Fairly) sure: a 0\.\d\d, d 0\.\d\d \(margin 0/) as string });
  });

  it('tells how far models are apart', async () => {
    const models = [cli.manifest('one', ['a', 'b', 'c', 'd']), cli.manifest('other', ['a', 'b', 'c', 'd'], { calibration: { temperature: 5 } })];
    const { lines } = await cli.json('curate', 'label-issues', folder, '--by', 'disagreement', ...models.flatMap((model) => ['--model', model]));
    const rows = lines.filter((line) => line.reason);
    expect(rows.length).toBe(41);
    expect(rows[0].reason).toMatchObject({ kind: 'disagreement', text: expect.stringMatching(/^Models agree on the class: one says . 0\.\d\d, other says . 0\.\d\d \(Jensen-Shannon divergence 0\.\d\d of 1\)\.$/) as string });
    expect(rows[0].score).toBeGreaterThan(rows[40].score as number);
  });

  it('puts maps first that lie outside cells', async () => {
    const { lines } = await cli.json('curate', 'label-issues', folder, '--by', 'background', '--top', '5', '--model', cli.manifest('background', ['a', 'b', 'c', 'd']));
    const rows = lines.filter((line) => line.reason);
    expect(rows).toHaveLength(5);
    for (const { score, reason } of rows) {
      expect(score).toBeLessThanOrEqual(1);
      expect(reason).toMatchObject({ kind: 'map-on-background', text: expect.stringContaining(`${(100 * (score as number)).toFixed(0)} % of the energy`) as string });
    }
  });

  it('refuses disagreement of one model', async () => {
    expect((await cli.run('curate', 'label-issues', folder, '--by', 'disagreement')).status).toBe(2);
  });
});
