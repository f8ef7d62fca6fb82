/** The import of models in the forms that exporters write (test/fixtures/imports), on the command line, against probabilities by PyTorch. */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import golden from '../fixtures/imports/golden.json';
import type { Manifest } from '../../src/models/manifest';
import type { ImportReport } from '../../src/protocol/modelImport';
import { CommandLine } from './commandLine';

const imports = join(import.meta.dirname, '../fixtures/imports');
const drawn = join(imports, 'drawn.png');
const cli = new CommandLine();
afterAll(() => cli.dispose());

/** A copy of a fixture's folder, and the model in it. */
function copied(name: string, as = name): string {
  cpSync(join(imports, name), cli.at(as), { recursive: true });
  const file = readdirSync(cli.at(as)).find((one) => one.endsWith('.onnx'));
  return cli.at(as, String(file));
}

async function imported(file: string, ...args: string[]): Promise<ImportReport> {
  const { status, lines } = await cli.json('import', file, ...args);
  const last = lines.at(-1) as unknown as { import?: ImportReport; error?: object };
  expect([status, last.error]).toEqual([0, undefined]);
  return last.import as ImportReport;
}

async function refused(...args: string[]): Promise<{ code: string; message: string; hint: string }> {
  const { status, lines } = await cli.json('import', ...args);
  expect([status, lines.length]).toEqual([1, 1]);
  return lines[0].error as { code: string; message: string; hint: string };
}

const manifestBeside = (file: string): Manifest => JSON.parse(readFileSync(join(dirname(file), 'model.json'), 'utf8')) as Manifest;
const CLASSES = ['Benign', 'Early', 'Pre', 'Pro'];

interface Reference {
  readonly right: string;
  readonly probabilities: Readonly<Record<string, readonly number[]>>;
}

describe('import', () => {
  it.each(Object.entries(golden as Record<string, Reference>))('of %s gives the probabilities of PyTorch under every preset, and saved under the right one those again', async (name, { right, probabilities }) => {
    const file = copied(name);
    const tolerance = name === 'half' ? 5e-3 : 1e-5;
    const report = await imported(file, '--dry-run', '--image', drawn);
    expect(existsSync(join(dirname(file), 'model.json'))).toBe(false);
    expect(report.dryRun?.rows.map((row) => row.preset).sort()).toEqual(Object.keys(probabilities).sort());
    for (const row of report.dryRun?.rows ?? []) probabilities[row.preset].forEach((p, c) => expect(Math.abs((row.probabilities?.[c] ?? NaN) - p), row.preset).toBeLessThan(tolerance));

    const saved = await imported(file, '--preprocessing', right);
    expect(saved.saved).toBe(join(dirname(file), 'model.json'));
    const { lines } = await cli.json('predict', drawn, '--model', file, '--provider', 'cpu');
    const predicted = lines[0].probabilities as Record<string, number>;
    expect(Object.keys(predicted)).toEqual(report.classes);
    Object.values(predicted).forEach((p, c) => expect(Math.abs(p - probabilities[right][c])).toBeLessThan(tolerance));
    const explained = await cli.run('explain', drawn, '--model', join(dirname(file), 'model.json'), '--out', cli.at(`maps of ${name}`));
    expect(explained.status).toBe(0);
    const maps = JSON.parse(readFileSync(cli.at(`maps of ${name}`, 'maps.json'), 'utf8')) as { layer: string; classes: string[] };
    expect([maps.layer, maps.classes]).toEqual([report.layer, report.classes]);
  });

  it("of tf2onnx's usual form finds everything but the preprocessing", async () => {
    const file = copied('keras-tf', 'facts');
    const r = await imported(file, '--dry-run');
    expect(r.input).toEqual({ name: 'input_1', elementType: 'float32', layout: 'NHWC', width: 32, height: 24, sizeFrom: 'file', layoutFrom: 'file' });
    expect([r.fedZero, r.output, r.classes, r.classesFrom]).toEqual([['keras_learning_phase'], { name: 'dense/Softmax:0', classes: 4, activation: 'softmax' }, CLASSES, 'class_indices.json']);
    expect([r.inside, r.preprocessing, r.open, r.layer]).toEqual([undefined, undefined, ['preprocessing'], 'model/re_lu_1/Relu:0']);
    const error = await refused(file);
    expect(error.code).toBe('input-invalid');
    expect(error.message).toContain('how pixels are scaled');
    expect(error.hint).toContain('--preprocessing');
    expect(existsSync(join(dirname(file), 'model.json'))).toBe(false);
  });

  it("of Keras's true NHWC form with its rescaling inside needs nothing said", async () => {
    const file = copied('keras-nhwc', 'nothing said');
    const r = await imported(file, '--name', 'EfficientNet, mine');
    expect([r.classesFrom, r.preprocessing, r.preprocessingFrom, r.open]).toEqual(['metadata', '0-255', 'graph', []]);
    expect(manifestBeside(file)).toEqual({
      schemaVersion: 1,
      id: 'EfficientNet-mine',
      name: 'EfficientNet, mine',
      file: 'efficientnet.onnx',
      sha256: r.sha256,
      classes: CLASSES.map((id) => ({ id, name: id })),
      input: { tensorName: 'input_2', width: 32, height: 24, layout: 'NHWC', colour: 'RGB', resize: 'stretch', interpolation: 'bilinear', antialias: true, scale: 1, mean: [0, 0, 0], std: [1, 1, 1] },
      output: { name: 'dense/Softmax:0', kind: 'probabilities', activation: 'softmax' },
      explain: { layer: 'auto' },
    });
  });

  it('tries the usual sizes where a dense layer fixes an open one', async () => {
    const file = copied('dense-head');
    const r = await imported(file, '--dry-run');
    expect([r.input.width, r.input.height, r.input.sizeFrom, r.open]).toEqual([64, 64, 'tried', ['classes', 'preprocessing']]);
    expect((await refused(file, '--dry-run', '--size', '48x48')).code).toMatch(/inference-failed|model-unsupported/);
    expect((await refused(file, '--classes', 'a,b', '--preprocessing', '0-1')).message).toContain('(4)');
    const saved = await imported(file, '--classes', 'a, b,c,d', '--preprocessing', 'keras-torch', '--layer', 'c');
    expect([saved.preprocessing, manifestBeside(file).explain]).toEqual(['imagenet', { layer: 'c' }]);
    expect((await cli.json('predict', drawn, '--model', file)).status).toBe(0);
  });

  it('tries layouts where nothing is fixed, and asks for a size where any runs', async () => {
    const file = copied('open-layout');
    const r = await imported(file, '--dry-run');
    expect([r.input.layout, r.input.layoutFrom, r.input.width, r.input.sizeFrom]).toEqual(['NHWC', 'tried', 224, 'open']);
    expect([r.open, r.classesNote, r.preprocessing]).toEqual([['size', 'classes'], 'classes.txt and labels.txt name different classes', '0-1']);
    writeFileSync(cli.at('names.txt'), 'one\ntwo\nthree\n');
    const saved = await imported(file, '--size', '40x30', '--classes-from', cli.at('names.txt'), '--layout', 'NHWC');
    expect([saved.input.layoutFrom, saved.classes]).toEqual(['given', ['one', 'two', 'three']]);
    const predicted = (await cli.json('predict', drawn, '--model', file)).lines[0];
    expect(Object.keys(predicted.probabilities as object)).toEqual(['one', 'two', 'three']);
    expect((await refused(copied('keras-nhwc', 'fixed layout'), '--layout', 'NCHW')).message).toContain('contradicts the file');
  });

  it('asks which of several outputs counts, unless the names of the classes tell', async () => {
    const file = copied('outputs');
    const r = await imported(file, '--dry-run');
    expect(r.outputs).toEqual([{ name: 'coarse', classes: 2, activation: 'none' }, { name: 'fine', classes: 4, activation: 'none' }]);
    expect(r.open).toEqual(['output', 'classes', 'preprocessing']);
    expect((await refused(file, '--preprocessing', '0-1', '--classes-from', cli.at('absent.txt'))).code).toBe('input-invalid');
    expect((await refused(file, '--output', 'nothing')).hint).toContain('coarse, fine');
    const saved = await imported(file, '--classes', CLASSES.join(), '--preprocessing', '0-1');
    expect([saved.output.name, saved.output.classes]).toEqual(['fine', 4]);
    const probabilities = await imported(file, '--output', 'fine_probabilities', '--classes', CLASSES.join(), '--preprocessing', '0-1', '--force');
    expect([probabilities.output.activation, manifestBeside(file).output]).toEqual(['softmax', { name: 'fine_probabilities', kind: 'probabilities', activation: 'softmax' }]);
  });

  it('refuses two images, and what is no classifier, and names what it is', async () => {
    const two = await refused(join(imports, 'two-images/two.onnx'), '--dry-run');
    expect(two.code).toBe('model-unsupported');
    expect(two.message).toContain("'original' and 'segmented'");
    expect(two.hint).toContain('one image');
    const map = await refused(join(imports, 'segmentation/unet.onnx'), '--dry-run');
    expect(map.code).toBe('model-unsupported');
    expect(map.message).toContain('[1, 4, 24, 32]');
  });

  it('never overwrites a manifest unless told to, and copies all of the files into another folder', async () => {
    const file = copied('half', 'kept');
    writeFileSync(join(dirname(file), 'model.json'), '{"mine": true}');
    const error = await refused(file, '--preprocessing', '0-1');
    expect([error.code, readFileSync(join(dirname(file), 'model.json'), 'utf8')]).toEqual(['output-unwritable', '{"mine": true}']);
    const out = cli.at('elsewhere ü', 'half');
    const saved = await imported(file, '--preprocessing', '0-1', '--out', out);
    expect(readdirSync(out).sort()).toEqual(['half.onnx', 'half.onnx.data', 'model.json']);
    expect(saved.saved).toBe(join(out, 'model.json'));
    expect((await cli.json('predict', drawn, '--model', out)).status).toBe(0);
    expect((await refused(file, '--preprocessing', '0-1', '--out', out)).code).toBe('output-unwritable');
    // Another model of that name is in the way, too.
    mkdirSync(cli.at('occupied'));
    copyFileSync(join(imports, 'caffe/vgg.onnx'), cli.at('occupied', 'half.onnx'));
    expect((await refused(file, '--preprocessing', '0-1', '--out', cli.at('occupied'))).message).toContain('another file');
    expect(readdirSync(cli.at('occupied'))).toEqual(['half.onnx']);
    await imported(file, '--preprocessing', '0-1', '--force');
    expect(manifestBeside(file).id).toBe('half');
  });

  it('compares the presets on labelled images, and takes the best', async () => {
    const file = copied('caffe', 'compared');
    const folder = cli.at('labelled');
    for (const [name, background] of [['Blue cells', '#5050a0'], ['red', '#a05050'], ['other', '#50a050']] as const) {
      mkdirSync(join(folder, name), { recursive: true });
      for (const i of [0, 1, 2]) await sharp({ create: { width: 40, height: 30, channels: 3, background, noise: { type: 'gaussian', mean: 128, sigma: 5 } } }).composite([{ input: { create: { width: 40, height: 30, channels: 3, background } } }]).png().toFile(join(folder, name, `${i}.png`));
    }
    writeFileSync(join(folder, 'red', 'broken.png'), 'no image');
    const { status, lines } = await cli.json('import', file, '--labelled', folder);
    // One image cannot be read, and is reported; the model is imported all the same.
    expect(status).toBe(1);
    expect(lines.filter((line) => line.error).map((line) => basename(line.path))).toEqual(['broken.png']);
    expect(lines.some((line) => 'progress' in line)).toBe(true);
    const report = (lines.at(-1) as unknown as { import: ImportReport }).import;
    const comparison = report.comparison;
    expect([comparison?.images, comparison?.labelled, comparison?.mapping]).toEqual([6, 7, { 'Blue cells': 'blue', red: 'red', other: null }]);
    expect(comparison?.rows[0]).toMatchObject({ preset: 'keras-caffe', accuracy: 1 });
    // Small values leave the decision to the bias; bytes in the other order have blue taken for red.
    expect(Object.fromEntries(comparison?.rows.map((row) => [row.preset, row.accuracy]) ?? [])).toEqual({ 'keras-caffe': 1, '0-1': 0.5, imagenet: 0.5, 'keras-tf': 0.5, '0-255': 0 });
    // d = 0.04 · 0x50: logits ±d/2, so the loss of each image is ln(1 + e^−d).
    expect(comparison?.rows[0].logLoss).toBeCloseTo(Math.log1p(Math.exp(-0.04 * 0x50)), 5);
    expect([report.preprocessing, report.preprocessingFrom, manifestBeside(file).input.colour]).toEqual(['keras-caffe', 'labelled', 'BGR']);
    expect(comparison?.note).toContain('optimistic');
    rmSync(join(folder, 'red', 'broken.png'));
    const text = await cli.run('import', file, '--labelled', folder, '--dry-run', '--count', '4');
    expect(text.stdout).toContain('4 of 6 labelled images, drawn at random');
    expect(text.stdout).toMatch(/Keras 'caffe'\s+100\.0 %/);
    expect(text.stdout).toContain('Research use only');
    expect((await refused(copied('open-layout', 'no names'), '--size', '32x32', '--labelled', folder)).message).toContain('names of the classes');
    expect((await refused(file, '--dry-run', '--labelled', folder, '--classes', 'x,y')).message).toContain('no sub-folder');
  });

  it('tells wrong options as usage', async () => {
    for (const args of [['--preprocessing', 'nonsense'], ['--size', '0x4'], ['--layout', 'CHW'], ['--classes', 'a', '--classes-from', 'b']]) {
      expect((await cli.run('import', join(imports, 'caffe/vgg.onnx'), '--dry-run', ...args)).status, args.join(' ')).toBe(2);
    }
  });
});
