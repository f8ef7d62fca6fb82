/** The command line as users run it: dist/cli.js in a process of its own. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, linkSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFile } from '../../src/images/decode';
import { readNpy, writeNpy } from '../../src/images/npy';
import { resizeRgb } from '../../src/images/tensor';
import { temporaryFolder } from './bundle';
import { builtCli } from './dist';
import { relativeError } from './relativeError';

const fixtures = join(import.meta.dirname, '../fixtures/onnx');
const fixture = (name: string): string => join(fixtures, `${name}.onnx`);
const plain = fixture('gap-linear-opset13');
const photo = join(import.meta.dirname, '../fixtures/images/photo.jpg');
const folder = temporaryFolder();
const at = (...parts: string[]): string => join(folder.path, ...parts);
const image = at('a smear, ünïcode.png');
let cli: string;

beforeAll(async () => {
  cli = builtCli();
  await sharp({ create: { width: 40, height: 30, channels: 3, background: '#b06090', noise: { type: 'gaussian', mean: 128, sigma: 40 } } }).png().toFile(image);
});
afterAll(() => folder.remove());

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(...args: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [cli, ...args], { cwd: folder.path });
}

async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number | null]>]);
  return { status, stdout, stderr };
}

const run = (...args: string[]): Promise<Ended> => ended(start(...args));

/** Every line of stdout must be JSON. */
async function json(...args: string[]): Promise<{ status: number | null; lines: Line[] }> {
  const { status, stdout } = await run(...args, '--json');
  return { status, lines: linesOf(stdout) };
}

interface Line {
  readonly path: string;
  readonly predicted?: string;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
  readonly [key: string]: unknown;
}

function linesOf(stdout: string): Line[] {
  expect(stdout === '' || stdout.endsWith('\n')).toBe(true);
  return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
}

interface Maps {
  readonly layer: string;
  readonly shape: readonly [number, number];
  readonly classes: readonly string[];
  readonly logits: readonly number[];
  readonly probabilities: readonly number[];
  readonly maps: readonly { method: string; variant: string; class: string; overlay: string; raw: number[]; values: number[] }[];
}

const readMaps = (out: string): Maps => JSON.parse(readFileSync(join(out, 'maps.json'), 'utf8')) as Maps;

/** What test/fixtures/onnx/make.py wrote of a network; see the README there. */
interface Reference {
  readonly layer: string;
  readonly classes: number;
  readonly tolerance: number;
  readonly input: { readonly name: string; readonly shape: readonly (number | string)[] };
  readonly samples: readonly ({ readonly logits: readonly number[] } & Record<'input' | 'gradCam' | 'gradCamPlusPlusPaper' | 'gradCamPlusPlusNormalised', string>)[];
}

function reference(name: string): { tensor: string; floats: Float32Array; expected: Record<string, Float32Array>; about: Reference } {
  const about = JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as Reference;
  const [sample] = about.samples;
  const decode = (base64: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);
  const floats = decode(sample.input);
  const tensor = at(`${name}.npy`);
  writeFileSync(tensor, writeNpy({ shape: about.input.shape.map((d) => (typeof d === 'number' ? d : 1)), data: floats }));
  return {
    tensor,
    floats,
    about,
    expected: { 'grad-cam none': decode(sample.gradCam), 'grad-cam++ paper': decode(sample.gradCamPlusPlusPaper), 'grad-cam++ normalised': decode(sample.gradCamPlusPlusNormalised) },
  };
}

/** A manifest for the plain fixture. */
function manifest(name: string, ids: readonly string[], more: { input?: object; calibration?: object } = {}): string {
  mkdirSync(at(name));
  copyFileSync(plain, at(name, 'model.onnx'));
  const classes = ids.map((id) => ({ id, name: `the ${id}` }));
  const input = { width: 16, height: 12, ...more.input };
  writeFileSync(at(name, 'model.json'), JSON.stringify({ schemaVersion: 1, id: name, name, file: 'model.onnx', classes, ...more, input }));
  return at(name);
}

describe('predict', () => {
  it('gives a record an image, and names what failed on stdout too', async () => {
    const broken = at('broken.jpg');
    writeFileSync(broken, 'no image');
    const { status, lines } = await json('predict', image, broken, 'absent.png', '--model', plain);
    expect(status).toBe(1);
    expect(lines.map((l) => [l.path, l.error?.code])).toEqual([[image, undefined], [broken, 'image-unsupported'], ['absent.png', 'image-not-found']]);
    expect(lines[1].error).toMatchObject({ message: expect.stringContaining(broken) as string, hint: expect.stringMatching(/\w/) as string });
    const [{ probabilities, logits, predicted, sha256, model, provider, milliseconds }] = lines;
    expect(Object.values(probabilities as object).reduce((a: number, b: number) => a + b, 0)).toBeCloseTo(1, 12);
    const scores = Object.entries(logits as Record<string, number>);
    expect(predicted).toBe(scores.sort(([, a], [, b]) => b - a)[0][0]);
    expect({ sha256, model, provider }).toEqual({ sha256: (await decodeFile(image)).sha256, model: 'gap-linear-opset13', provider: expect.any(String) as string });
    expect(milliseconds).toBeGreaterThan(0);
  });

  it('uses the model that comes with SmearLens, domain included', async () => {
    const { status, lines } = await json('predict', photo);
    expect(status).toBe(0);
    expect(Object.keys(lines[0].probabilities as object)).toEqual(['Benign', 'Early', 'Pre', 'Pro']);
    expect(lines[0]).toMatchObject({ inDomain: false });
    expect((await run('predict', photo)).stdout).toContain("Unlike this model's training images: no class offered");
  });

  it('takes folders in one order on every system, without hidden files and with links', async () => {
    const names = ['Z.png', 'a b.png', 'a-1.png', 'a/c.PNG', 'a/x.jpg/d.png', 'é.png'];
    for (const name of [...names, '.hidden.png', '.hidden/e.png', 'notes.txt']) {
      mkdirSync(join(at('folder'), name, '..'), { recursive: true });
      copyFileSync(image, at('folder', name));
    }
    if (process.platform !== 'win32') {
      symlinkSync(image, at('folder', 'link.png'));
      symlinkSync(at('folder'), at('folder', 'up'));
      names.splice(5, 0, 'link.png');
    }
    const { status, lines } = await json('predict', 'folder', '--model', plain);
    expect(status).toBe(0);
    expect(lines.map((l) => l.path)).toEqual(names.map((name) => join('folder', name)));
  });

  it('reports an empty folder and goes on', async () => {
    mkdirSync(at('empty'));
    const { status, lines } = await json('predict', 'empty', image, '--model', plain);
    expect([status, ...lines.map((l) => l.error?.code)]).toEqual([1, 'image-not-found', undefined]);
  });

  it.each(['twenty-classes', 'half', 'nhwc-dense', 'softmax-inside', 'sigmoid-inside', 'fixed-batch', 'weights-external', 'bad-no-convolution', 'bad-if'])('runs %s', async (name) => {
    const { status, lines } = await json('predict', image, '--model', fixture(name));
    expect([status, lines.length, lines[0].error]).toEqual([0, 1, undefined]);
    expect(Object.values(lines[0].probabilities as Record<string, number>).every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  it('says a model that cannot be used once, not with every image', async () => {
    for (const name of ['bad-text', 'bad-truncated', 'bad-empty', 'bad-external-missing', 'bad-two-images', 'bad-custom-op']) {
      const { codes } = JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as { codes: string[] };
      const { status, lines } = await json('predict', image, image, '--model', fixture(name));
      expect([status, lines.length, lines[0].path], name).toEqual([1, 1, fixture(name)]);
      expect(codes, name).toContain(lines[0].error?.code);
      expect(lines[0].error?.message).toContain(basename(fixture(name)));
    }
    const { status, lines } = await json('predict', image, image, '--model', plain, '--provider', process.platform === 'darwin' ? 'dml' : 'coreml');
    expect([status, lines.length, lines[0].error?.code]).toEqual([1, 1, 'provider-unavailable']);
  });

  it('never prints certainty, and says what the result is for', async () => {
    const certain = manifest('certain', ['a', 'b', 'c', 'd'], { calibration: { temperature: 1e-4 } });
    const { status, stdout } = await run('predict', image, '--model', certain);
    expect(status).toBe(0);
    expect(stdout).toMatch(/the \w +> 99\.9 %/);
    expect(stdout).toContain('< 0.1 %');
    expect(stdout).not.toMatch(/\b(100|0)(\.0)? %/);
    expect(stdout).toContain('Research use only');
  });
});

describe('explain', () => {
  it.each(['gap-linear-opset13', 'nhwc-dense', 'half', 'softmax-inside', 'twenty-classes', 'gated-two-pool', 'weights-external'])("writes PyTorch's maps of %s", async (name) => {
    const { tensor, expected, about } = reference(name);
    const out = at(`maps-${name}`);
    const { status } = await run('explain', '--tensor', tensor, '--model', fixture(name), '--variant', 'all', '--provider', 'cpu', '--out', out);
    expect(status).toBe(0);
    const { layer, shape, classes, logits, probabilities, maps } = readMaps(out);
    const pixels = shape[0] * shape[1];
    expect({ layer, classes: classes.length, logits: logits.length, probabilities: probabilities.length, maps: maps.length }).toEqual({ layer: about.layer, classes: about.classes, logits: about.classes, probabilities: about.classes, maps: 3 * about.classes });
    expect(relativeError(logits, about.samples[0].logits)).toBeLessThan(about.tolerance);
    for (const [key, values] of Object.entries(expected)) {
      const ours = maps.filter((m) => `${m.method} ${m.variant}` === key);
      expect(ours.map((m) => m.class)).toEqual(classes);
      expect(relativeError(ours.flatMap((m) => m.raw), values), key).toBeLessThan(about.tolerance);
      for (const map of ours) {
        expect([map.raw.length, map.values.length]).toEqual([pixels, pixels]);
        expect(Math.min(...map.raw)).toBeGreaterThanOrEqual(0);
        expect(map.values.every((v) => v >= 0 && v <= 1)).toBe(true);
      }
    }
  });

  it('draws an overlay a map, of the size of the image or of the tensor', async () => {
    const { tensor } = reference('gap-linear-opset13');
    for (const [source, size] of [[[image], [40, 30]], [['--tensor', tensor], [16, 12]], [[image, '--tensor', tensor], [40, 30]]] as const) {
      const out = at(`overlays-${source.length}-${size[0]}`);
      expect((await run('explain', ...source, '--model', plain, '--out', out)).status).toBe(0);
      const { maps } = readMaps(out);
      expect(readdirSync(out).sort()).toEqual([...maps.map((m) => m.overlay), 'maps.json'].sort());
      for (const { overlay } of maps) {
        const { info } = await sharp(join(out, overlay)).raw().toBuffer({ resolveWithObject: true });
        expect([info.format, info.width, info.height, info.channels]).toEqual(['raw', ...size, 3]);
      }
    }
  });

  it('chooses classes, methods, variants and the layer', async () => {
    const model = manifest('chosen', ['a', 'A', 'b', '0']);
    const explain = async (...args: string[]): Promise<string[]> => {
      const { status, stderr } = await run('explain', image, '--model', model, '--out', at('chosen-out'), ...args);
      expect(status, stderr).toBe(0);
      return readMaps(at('chosen-out')).maps.map((m) => `${m.method} ${m.variant} ${m.class}`);
    };
    expect(await explain('--class', 'A', '--method', 'grad-cam')).toEqual(['grad-cam none A']);
    expect(await explain('--class', 'THE B', '--method', 'grad-cam++', '--variant', 'normalised')).toEqual(['grad-cam++ normalised b']);
    expect(await explain('--class', '0', '--method', 'grad-cam')).toEqual(['grad-cam none 0']);
    expect(await explain('--class', '2', '--method', 'all', '--variant', 'paper,normalised')).toEqual(['grad-cam none b', 'grad-cam++ paper b', 'grad-cam++ normalised b']);
    const { lines } = await json('predict', image, '--model', model);
    expect(await explain('--class', 'top', '--method', 'grad-cam', '--layer', 'add')).toEqual([`grad-cam none ${lines[0].predicted}`]);
    expect(readMaps(at('chosen-out'))).toMatchObject({ layer: 'add', shape: [6, 8] });
  });

  it('keeps classes apart whose names make the same file name', async () => {
    const model = manifest('odd', ['a/b', 'a b', 'A_b', '../../ü*?']);
    const out = at('odd-out');
    expect((await run('explain', image, '--model', model, '--method', 'grad-cam', '--out', out)).status).toBe(0);
    const { maps } = readMaps(out);
    expect(maps.map((m) => m.class)).toEqual(['a/b', 'a b', 'A_b', '../../ü*?']);
    expect(new Set(maps.map((m) => m.overlay.toLowerCase())).size).toBe(4);
    expect(readdirSync(out).sort()).toEqual([...maps.map((m) => m.overlay), 'maps.json'].sort());
  });

  it('leaves the part of the image alone that the network does not see', async () => {
    const model = manifest('cover', ['a', 'b', 'c', 'd'], { input: { resize: 'cover' } });
    const wide = at('wide.png');
    await sharp(image).resize(60, 15, { fit: 'fill' }).toFile(wide);
    expect((await run('explain', wide, '--model', model, '--out', at('cover-out'))).status).toBe(0);
    const pixels = async (file: string): Promise<Buffer> => sharp(file).removeAlpha().raw().toBuffer();
    const original = await pixels(wide);
    for (const { overlay } of readMaps(at('cover-out')).maps.filter((m) => m.values.some((v) => v > 0))) {
      const drawn = await pixels(join(at('cover-out'), overlay));
      // The network sees the 20 columns in the middle.
      const changed = Array.from({ length: 60 }, (_, x) => x).filter((x) => Array.from({ length: 15 }, (_y, y) => 3 * (60 * y + x)).some((i) => drawn[i] !== original[i]));
      expect([Math.min(...changed), Math.max(...changed)], overlay).toEqual([20, 39]);
    }
  });

  it('writes the same bytes again', async () => {
    for (const out of ['first', 'second']) expect((await run('explain', image, '--model', fixture('densenet'), '--provider', 'cpu', '--out', at(out))).status).toBe(0);
    for (const name of readdirSync(at('first'))) expect(readFileSync(at('second', name)).equals(readFileSync(at('first', name))), name).toBe(true);
  });

  it.each(['gap-linear-opset13', 'twenty-classes', 'weights-external'])('saves %s so that a plain session gives the same maps', async (name) => {
    const { tensor, floats, expected, about } = reference(name);
    const saved = at(`saved-${name}.onnx`);
    const { status, lines } = await json('explain', '--model', fixture(name), '--save-model', saved);
    expect([status, lines[0].saved, lines[0].layer]).toEqual([0, saved, about.layer]);
    const session = await ort.InferenceSession.create(saved);
    const dims = about.input.shape.map((d) => (typeof d === 'number' ? d : 1));
    const rows = lines[0].classRows === null ? {} : { [String(lines[0].classRows)]: new ort.Tensor('int64', BigInt64Array.from({ length: about.classes }, (_, i) => BigInt(i)), [about.classes]) };
    const outputs = await session.run({ [about.input.name]: new ort.Tensor('float32', floats, dims), ...rows });
    await session.release();
    const tensors = { 'grad-cam none': 'smearlens_grad_cam', 'grad-cam++ paper': 'smearlens_grad_cam_pp_paper', 'grad-cam++ normalised': 'smearlens_grad_cam_pp_normalised' };
    expect((await run('explain', '--tensor', tensor, '--model', fixture(name), '--variant', 'all', '--provider', 'cpu', '--out', at(`saved-${name}`))).status).toBe(0);
    const { maps } = readMaps(at(`saved-${name}`));
    for (const [key, output] of Object.entries(tensors)) {
      const values = outputs[output].data as Float32Array;
      expect(relativeError(values, expected[key]), key).toBeLessThan(about.tolerance);
      expect(relativeError(values, maps.filter((m) => `${m.method} ${m.variant}` === key).flatMap((m) => m.raw)), key).toBeLessThan(1e-5);
    }
  });

  it('says what is wrong with a tensor, a class, a layer, a folder', async () => {
    const npy = (name: string, shape: number[], data: Float32Array | Uint8Array): string => {
      writeFileSync(at(name), writeNpy({ shape, data }));
      return at(name);
    };
    const values = new Float32Array(3 * 12 * 16);
    const cases: [string[], string, RegExp][] = [
      [['--tensor', npy('flat.npy', [3, 12, 16], values)], 'input-invalid', /3×12×16.*1×3×12×16/],
      [['--tensor', npy('bytes.npy', [1, 3, 12, 16], new Uint8Array(values.length))], 'input-invalid', /uint8/],
      [['--tensor', npy('nan.npy', [1, 3, 12, 16], values.map((_, i) => (i === 7 ? NaN : 0)))], 'input-invalid', /nan\.npy: element 7 is NaN/],
      [['--tensor', image], 'input-invalid', /not a \.npy file/],
      [['--tensor', 'absent.npy'], 'input-invalid', /absent\.npy/],
      [[image, '--class', 'nobody'], 'input-invalid', /no class 'nobody'/],
      [[image, '--class', '4'], 'input-invalid', /no class '4'/],
      [[image, '--layer', 'nothing'], 'layer-unknown', /'nothing'/],
      [[image, '--out', image], 'output-unwritable', /ünïcode\.png/],
      [['absent.png'], 'image-not-found', /absent\.png/],
      [[folder.path], 'image-unreadable', /folder/],
    ];
    for (const [args, code, message] of cases) {
      const { status, lines } = await json('explain', '--out', at('never'), '--model', plain, ...args);
      expect([status, lines.length, lines[0].error?.code], args.join(' ')).toEqual([1, 1, code]);
      expect(lines[0].error?.message, args.join(' ')).toMatch(message);
    }
    expect(readdirSync(folder.path)).not.toContain('never');
  });

  it('says why a model cannot be explained', async () => {
    for (const name of ['bad-no-convolution', 'bad-if', 'bad-loop', 'bad-quantised']) {
      const { codes } = JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as { codes: string[] };
      const { status, lines } = await json('explain', image, '--model', fixture(name), '--out', at('never'));
      expect([status, lines.length], name).toEqual([1, 1]);
      expect(codes, name).toContain(lines[0].error?.code);
    }
  });
});

describe('tensors', () => {
  it('writes what the product decodes and resizes, in the order of the list', async () => {
    mkdirSync(at('training', 'sub'), { recursive: true });
    for (const [source, name] of [[image, 'b.png'], [photo, 'sub/a.jpg'], [image, 'a b.png']] as const) copyFileSync(source, at('training', name));
    writeFileSync(at('training', 'broken.png'), 'no image');
    const { status, lines } = await json('tensors', 'training', '--width', '10', '--height', '7', '--out', at('new', 'x.npy'));
    expect(status).toBe(1);
    expect(lines.map((l) => l.error?.code)).toEqual(['image-unsupported', undefined]);
    const list = JSON.parse(readFileSync(at('new', 'x.json'), 'utf8')) as string[];
    expect(list).toEqual(['a b.png', 'b.png', 'sub/a.jpg']);
    const { shape, data } = readNpy(readFileSync(at('new', 'x.npy')), 'x.npy');
    expect(shape).toEqual([3, 7, 10, 3]);
    const spec = { width: 10, height: 7, resize: 'stretch', interpolation: 'bilinear', antialias: true, pad: [0, 0, 0] } as const;
    const expected = await Promise.all(list.map(async (name) => resizeRgb(await decodeFile(at('training', name)), spec)));
    expect(Buffer.concat(expected).equals(data)).toBe(true);
  });

  it('writes nothing where there is nothing', async () => {
    for (const [source, code] of [['absent', 'image-not-found'], [image, 'image-not-found']]) {
      const { status, lines } = await json('tensors', source, '--width', '8', '--height', '8', '--out', at('nothing.npy'));
      expect([status, lines[0].path, lines[0].error?.code]).toEqual([1, source, code]);
    }
    expect(readdirSync(folder.path)).not.toContain('nothing.npy');
  });
});

describe('inspect and doctor', () => {
  it('tell what a model is', async () => {
    const { status, lines } = await json('inspect', fixture('bad-quantised'));
    expect(status).toBe(0);
    expect(lines[0]).toMatchObject({ opset: 13, layout: 'NCHW', classes: 4, layer: 'relu_1', inputs: [{ name: 'input', shape: ['N', 3, 12, 16] }] });
    expect(lines[0].unsupported).toEqual(expect.arrayContaining([expect.stringContaining('QuantizeLinear')]));
    expect((await run('inspect', plain)).stdout).toMatch(/\* +3×4 × 8 +Clip +clip_3/);
    expect((await json('inspect', 'absent.onnx')).lines[0]).toMatchObject({ path: 'absent.onnx', error: { code: 'model-not-found' } });
  });

  it('tell what works here, and the versions even without a model', async () => {
    const { status, lines } = await json('doctor', '--model', plain);
    expect(status).toBe(0);
    expect(lines[0]).toMatchObject({ versions: { node: process.versions.node }, providers: expect.arrayContaining([{ name: 'cpu', works: true, milliseconds: expect.any(Number) as number }]) as unknown });
    const without = await json('doctor', '--model', 'absent');
    expect([without.status, without.lines.length, without.lines[1].error?.code]).toEqual([1, 2, 'model-not-found']);
  });
});

describe('every command', () => {
  it.each([
    [[]],
    [['nonsense']],
    [['predict']],
    [['predict', 'x.png', '--nonsense']],
    [['predict', 'x.png', '--provider', 'abacus']],
    [['predict', 'x.png', '--model', '']],
    [['explain', 'x.png']],
    [['explain', '--out', 'o']],
    [['explain', 'x.png', '--out', 'o', '--method', 'guess']],
    [['explain', 'x.png', '--out', 'o', '--variant', 'guess']],
    [['tensors', 'x', '--width', '0', '--height', '8', '--out', 'x.npy']],
    [['inspect']],
  ])('takes %j for a wrong call: status 2, stdout empty', async (args) => {
    const { status, stdout, stderr } = await run(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/error:|Usage:/);
  });

  it('has help', async () => {
    const { status, stdout } = await run('--help');
    expect(status).toBe(0);
    for (const words of ['predict', 'explain', 'inspect', 'doctor', 'tensors', 'Research']) expect(stdout).toContain(words);
  });

  describe.skipIf(process.platform === 'win32')('on systems with signals', () => {
    const COUNT = 3000;
    beforeAll(() => {
      mkdirSync(at('many'));
      for (let i = 0; i < COUNT; i++) linkSync(image, at('many', `${i}.png`));
    });

    it('ends quietly when its reader leaves', async () => {
      const child = start('predict', 'many', '--model', plain, '--json');
      const end = Promise.all([text(child.stderr), once(child, 'close') as Promise<[number]>]);
      await once(child.stdout, 'data');
      child.stdout.destroy();
      const [stderr, [status]] = await end;
      expect(status).toBe(141);
      expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
    });

    it('stops at Ctrl+C and keeps what it printed', async () => {
      const child = start('predict', 'many', '--model', plain, '--json');
      const end = ended(child);
      await once(child.stdout, 'data');
      child.kill('SIGINT');
      const { status, stdout } = await end;
      const lines = linesOf(stdout);
      expect(status).toBe(130);
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.length).toBeLessThan(COUNT);
      expect(lines.every((l) => l.error === undefined)).toBe(true);
    });
  });
});
