/** The command line: explain. Maps are held against PyTorch by the committed references of test/fixtures/onnx. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpy } from '../../src/images/npy';
import { about, codesOf, CommandLine, fixture, plain } from './commandLine';
import { relativeError } from './relativeError';

const cli = new CommandLine();
beforeAll(() => cli.drawImage());
afterAll(() => cli.dispose());

interface Maps {
  readonly layer: string;
  readonly shape: readonly [number, number];
  readonly classes: readonly string[];
  readonly logits: readonly number[];
  readonly probabilities: readonly number[];
  readonly maps: readonly { method: string; variant: string; class: string; overlay: string; raw: number[]; values: number[] }[];
}

const readMaps = (out: string): Maps => JSON.parse(readFileSync(join(out, 'maps.json'), 'utf8')) as Maps;

/** A committed reference, its input written as .npy. */
interface Reference {
  readonly layer: string;
  readonly classes: number;
  readonly tolerance: number;
  readonly input: { readonly name: string; readonly shape: readonly (number | string)[] };
  readonly samples: readonly ({ readonly logits: readonly number[] } & Record<'input' | 'gradCam' | 'gradCamPlusPlusPaper' | 'gradCamPlusPlusNormalised', string>)[];
}

function reference(name: string): { tensor: string; floats: Float32Array; dims: number[]; expected: Record<string, Float32Array>; network: Reference } {
  const network = about<Reference>(name);
  const [sample] = network.samples;
  const decode = (base64: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
  const floats = decode(sample.input);
  const dims = network.input.shape.map((d) => (typeof d === 'number' ? d : 1));
  const tensor = cli.at(`${name}.npy`);
  writeFileSync(tensor, writeNpy({ shape: dims, data: floats }));
  const expected = { 'grad-cam none': decode(sample.gradCam), 'grad-cam++ paper': decode(sample.gradCamPlusPlusPaper), 'grad-cam++ normalised': decode(sample.gradCamPlusPlusNormalised) };
  return { tensor, floats, dims, expected, network };
}

describe('explain', () => {
  it.each(['gap-linear-opset13', 'nhwc-dense', 'half', 'softmax-inside', 'twenty-classes', 'gated-two-pool', 'weights-external'])("writes PyTorch's maps of %s", async (name) => {
    const { tensor, expected, network } = reference(name);
    const out = cli.at(`maps-${name}`);
    const { status } = await cli.run('explain', '--tensor', tensor, '--model', fixture(name), '--variant', 'all', '--provider', 'cpu', '--out', out);
    expect(status).toBe(0);
    const { layer, shape, classes, logits, probabilities, maps } = readMaps(out);
    const pixels = shape[0] * shape[1];
    expect({ layer, classes: classes.length, logits: logits.length, probabilities: probabilities.length, maps: maps.length }).toEqual({ layer: network.layer, classes: network.classes, logits: network.classes, probabilities: network.classes, maps: 3 * network.classes });
    expect(relativeError(logits, network.samples[0].logits)).toBeLessThan(network.tolerance);
    for (const [key, values] of Object.entries(expected)) {
      const ours = maps.filter((m) => `${m.method} ${m.variant}` === key);
      expect(ours.map((m) => m.class)).toEqual(classes);
      expect(relativeError(ours.flatMap((m) => m.raw), values), key).toBeLessThan(network.tolerance);
      for (const map of ours) {
        expect([map.raw.length, map.values.length]).toEqual([pixels, pixels]);
        expect(Math.min(...map.raw)).toBeGreaterThanOrEqual(0);
        expect(map.values.every((v) => v >= 0 && v <= 1)).toBe(true);
      }
    }
  });

  it('draws an overlay a map, of the size of the image or of the tensor', async () => {
    const { tensor } = reference('gap-linear-opset13');
    for (const [source, size] of [[[cli.image], [40, 30]], [['--tensor', tensor], [16, 12]], [[cli.image, '--tensor', tensor], [40, 30]]] as const) {
      const out = cli.at(`overlays-${source.length}-${size[0]}`);
      expect((await cli.run('explain', ...source, '--model', plain, '--out', out)).status).toBe(0);
      const { maps } = readMaps(out);
      expect(readdirSync(out).sort()).toEqual([...maps.map((m) => m.overlay), 'maps.json'].sort());
      for (const { overlay } of maps) {
        const { info } = await sharp(join(out, overlay)).raw().toBuffer({ resolveWithObject: true });
        expect([info.format, info.width, info.height, info.channels]).toEqual(['raw', ...size, 3]);
      }
    }
  });

  it('chooses classes, methods, variants and the layer', async () => {
    const model = cli.manifest('chosen', ['a', 'A', 'b', '0']);
    const explain = async (...args: string[]): Promise<string[]> => {
      const { status, stderr } = await cli.run('explain', cli.image, '--model', model, '--out', cli.at('chosen-out'), ...args);
      expect(status, stderr).toBe(0);
      return readMaps(cli.at('chosen-out')).maps.map((m) => `${m.method} ${m.variant} ${m.class}`);
    };
    expect(await explain('--class', 'A', '--method', 'grad-cam')).toEqual(['grad-cam none A']);
    expect(await explain('--class', 'THE B', '--method', 'grad-cam++', '--variant', 'normalised')).toEqual(['grad-cam++ normalised b']);
    expect(await explain('--class', '0', '--method', 'grad-cam')).toEqual(['grad-cam none 0']);
    expect(await explain('--class', '2', '--method', 'all', '--variant', 'paper,normalised,channel-softmax')).toEqual(['grad-cam none b', 'grad-cam++ paper b', 'grad-cam++ normalised b', 'score-cam channel-softmax b']);
    const { lines } = await cli.json('predict', cli.image, '--model', model);
    expect(await explain('--class', 'top', '--method', 'grad-cam', '--layer', 'add')).toEqual([`grad-cam none ${lines[0].predicted}`]);
    expect(readMaps(cli.at('chosen-out'))).toMatchObject({ layer: 'add', shape: [6, 8] });
  });

  it('keeps classes apart whose names make the same file name', async () => {
    const model = cli.manifest('odd', ['a/b', 'a b', 'A_b', '../../ü*?']);
    const out = cli.at('odd-out');
    expect((await cli.run('explain', cli.image, '--model', model, '--method', 'grad-cam', '--out', out)).status).toBe(0);
    const { maps } = readMaps(out);
    expect(maps.map((m) => m.class)).toEqual(['a/b', 'a b', 'A_b', '../../ü*?']);
    expect(new Set(maps.map((m) => m.overlay.toLowerCase())).size).toBe(4);
    expect(readdirSync(out).sort()).toEqual([...maps.map((m) => m.overlay), 'maps.json'].sort());
  });

  it('leaves the part of the image alone that the network does not see', async () => {
    const model = cli.manifest('cover', ['a', 'b', 'c', 'd'], { input: { resize: 'cover' } });
    const wide = cli.at('wide.png');
    await sharp(cli.image).resize(60, 15, { fit: 'fill' }).toFile(wide);
    expect((await cli.run('explain', wide, '--model', model, '--out', cli.at('cover-out'))).status).toBe(0);
    const pixels = async (file: string): Promise<Buffer> => sharp(file).removeAlpha().raw().toBuffer();
    const original = await pixels(wide);
    for (const { overlay } of readMaps(cli.at('cover-out')).maps.filter((m) => m.values.some((v) => v > 0))) {
      const drawn = await pixels(join(cli.at('cover-out'), overlay));
      // The network sees the 20 columns in the middle.
      const changed = Array.from({ length: 60 }, (_, x) => x).filter((x) => Array.from({ length: 15 }, (_y, y) => 3 * (60 * y + x)).some((i) => drawn[i] !== original[i]));
      expect([Math.min(...changed), Math.max(...changed)], overlay).toEqual([20, 39]);
    }
  });

  it('writes the same bytes again', async () => {
    for (const out of ['first', 'second']) expect((await cli.run('explain', cli.image, '--model', fixture('densenet'), '--provider', 'cpu', '--out', cli.at(out))).status).toBe(0);
    for (const name of readdirSync(cli.at('first'))) expect(readFileSync(cli.at('second', name)).equals(readFileSync(cli.at('first', name))), name).toBe(true);
  });

  it.each(['gap-linear-opset13', 'twenty-classes', 'weights-external'])('saves %s so that a plain session gives the same maps', async (name) => {
    const { tensor, floats, dims, expected, network } = reference(name);
    const saved = cli.at(`saved-${name}.onnx`);
    const { status, lines } = await cli.json('explain', '--model', fixture(name), '--save-model', saved);
    expect([status, lines[0].saved, lines[0].layer]).toEqual([0, saved, network.layer]);
    const session = await ort.InferenceSession.create(saved);
    const { classRows } = lines[0] as unknown as { classRows: string | null };
    const rows = classRows === null ? {} : { [classRows]: new ort.Tensor('int64', BigInt64Array.from({ length: network.classes }, (_, i) => BigInt(i)), [network.classes]) };
    const outputs = await session.run({ [network.input.name]: new ort.Tensor('float32', floats, dims), ...rows });
    await session.release();
    const tensors = { 'grad-cam none': 'smearlens_grad_cam', 'grad-cam++ paper': 'smearlens_grad_cam_pp_paper', 'grad-cam++ normalised': 'smearlens_grad_cam_pp_normalised' };
    expect((await cli.run('explain', '--tensor', tensor, '--model', fixture(name), '--variant', 'all', '--provider', 'cpu', '--out', cli.at(`saved-${name}`))).status).toBe(0);
    const { maps } = readMaps(cli.at(`saved-${name}`));
    for (const [key, output] of Object.entries(tensors)) {
      const values = outputs[output].data as Float32Array;
      expect(relativeError(values, expected[key]), key).toBeLessThan(network.tolerance);
      expect(relativeError(values, maps.filter((m) => `${m.method} ${m.variant}` === key).flatMap((m) => m.raw)), key).toBeLessThan(1e-5);
    }
  });

  it('says what is wrong with a tensor, a class, a layer, a folder', async () => {
    const npy = (name: string, shape: number[], data: Float32Array | Uint8Array): string => {
      writeFileSync(cli.at(name), writeNpy({ shape, data }));
      return cli.at(name);
    };
    const values = new Float32Array(3 * 12 * 16);
    const cases: [string[], string, RegExp][] = [
      [['--tensor', npy('flat.npy', [3, 12, 16], values)], 'input-invalid', /3×12×16.*1×3×12×16/],
      [['--tensor', npy('bytes.npy', [1, 3, 12, 16], new Uint8Array(values.length))], 'input-invalid', /uint8/],
      [['--tensor', npy('nan.npy', [1, 3, 12, 16], values.map((_, i) => (i === 7 ? NaN : 0)))], 'input-invalid', /nan\.npy: element 7 is NaN/],
      [['--tensor', cli.image], 'input-invalid', /not a \.npy file/],
      [['--tensor', 'absent.npy'], 'input-invalid', /absent\.npy/],
      [[cli.image, '--class', 'nobody'], 'input-invalid', /no class 'nobody'/],
      [[cli.image, '--class', '4'], 'input-invalid', /no class '4'/],
      [[cli.image, '--layer', 'nothing'], 'layer-unknown', /'nothing'/],
      [[cli.image, '--out', cli.image], 'output-unwritable', /ünïcode\.png/],
      [['absent.png'], 'image-not-found', /absent\.png/],
      [[cli.path], 'image-unreadable', /folder/],
    ];
    for (const [args, code, message] of cases) {
      const { status, lines } = await cli.json('explain', '--out', cli.at('never'), '--model', plain, ...args);
      expect([status, lines.length, lines[0].error?.code], args.join(' ')).toEqual([1, 1, code]);
      expect(lines[0].error?.message, args.join(' ')).toMatch(message);
    }
    expect(readdirSync(cli.path)).not.toContain('never');
  });

  it('says why a model cannot be explained', async () => {
    for (const name of ['bad-no-convolution', 'bad-if', 'bad-loop', 'bad-quantised']) {
            const { status, lines } = await cli.json('explain', cli.image, '--model', fixture(name), '--out', cli.at('never'));
      expect([status, lines.length], name).toEqual([1, 1]);
      expect(codesOf(name), name).toContain(lines[0].error?.code);
    }
  });
});

