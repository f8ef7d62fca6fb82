/** The study's ten architectures as files: each opens, predicts, and gives the three maps of PyTorch, by the references of test/fixtures/architectures. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpy } from '../../src/images/npy';
import { CommandLine } from './commandLine';
import { floats } from './floats';
import { relativeError } from './relativeError';

const folder = join(import.meta.dirname, '../fixtures/architectures');
const NAMES = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
/** Of the largest value: float32 after as many as 152 layers against float64. */
const TOLERANCE = 1e-4;

interface Reference {
  /** [channels, height, width] of the explanation layer. */
  readonly shape: readonly number[];
  readonly logits: readonly number[];
  readonly gradCam: string;
  readonly gradCamPlusPlusPaper: string;
  readonly scoreCam: string;
}
interface Maps {
  readonly shape: readonly number[];
  readonly logits: readonly number[];
  readonly maps: readonly { readonly method: string; readonly variant: string; readonly raw: readonly number[] }[];
}

const read = <T>(...parts: string[]): T => JSON.parse(readFileSync(join(...parts), 'utf8')) as T;

/** The image of make.py: uint8 [size, size, 3], row by row. */
function drawn(size: number): Uint8Array {
  const at = (i: number): number => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % size, Math.floor(i / 3 / size)];
    return (x * (c + 1) + y * (3 - c) + Math.floor((x * y) / 40)) % 256;
  };
  return Uint8Array.from({ length: size * size * 3 }, (_, i) => at(i));
}

const cli = new CommandLine();
beforeAll(async () => {
  mkdirSync(cli.at('set/Pre'), { recursive: true });
  for (const size of [224, 299]) {
    const pixels = drawn(size);
    writeFileSync(cli.at(`${size}.npy`), writeNpy({ shape: [1, 3, size, size], data: Float32Array.from(pixels, (_, i) => pixels[(i % (size * size)) * 3 + Math.floor(i / (size * size))] / 255) }));
    await sharp(pixels, { raw: { width: size, height: size, channels: 3 } }).png().toFile(cli.at(`set/Pre/${size}.png`));
  }
});
afterAll(() => cli.dispose());

describe("the study's architectures", () => {
  it('are ten', () => expect(NAMES).toHaveLength(10));

  it.each(NAMES)("%s gives PyTorch's logits, Grad-CAM, Grad-CAM++ and Score-CAM", async (name) => {
    const reference = read<Reference>(folder, name, 'reference.json');
    const { input } = read<{ input: { width: number } }>(folder, name, 'model.json');
    const out = cli.at(name);
    const { status, stderr } = await cli.run('explain', '--tensor', cli.at(`${input.width}.npy`), '--model', join(folder, name), '--method', 'all', '--class', 'all', '--provider', 'cpu', '--out', out);
    expect(status, stderr).toBe(0);
    const { shape, logits, maps } = read<Maps>(out, 'maps.json');
    expect(shape).toEqual(reference.shape.slice(1));
    expect(relativeError(logits, reference.logits)).toBeLessThan(TOLERANCE);
    const expected = { 'grad-cam none': reference.gradCam, 'grad-cam++ paper': reference.gradCamPlusPlusPaper, 'score-cam authors': reference.scoreCam };
    for (const [key, values] of Object.entries(expected)) {
      const ours = maps.filter((m) => `${m.method} ${m.variant}` === key);
      expect(ours, key).toHaveLength(4);
      expect(relativeError(ours.flatMap((m) => m.raw), floats(values)), key).toBeLessThan(TOLERANCE);
    }
  });

  it('are ten rows of one evaluation', async () => {
    const { status } = await cli.run('evaluate', cli.at('set'), ...NAMES.flatMap((name) => ['--model', join(folder, name)]), '--provider', 'cpu', '--out', cli.at('results'));
    expect(status).toBe(0);
    const { models } = read<{ models: { model: string; n: number }[] }>(cli.at('results'), 'metrics.json');
    expect(models.map(({ model, n }) => [model, n])).toEqual(NAMES.map((name) => [name, 2]));
  });
});
