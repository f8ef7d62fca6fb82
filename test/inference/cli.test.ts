/** The command line: predict, tensors, inspect, doctor, and what all commands have in common. */
import { once } from 'node:events';
import { copyFileSync, linkSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFile } from '../../src/images/decode';
import { readNpy } from '../../src/images/npy';
import { resizeRgb } from '../../src/images/tensor';
import { codesOf, CommandLine, ended, fixture, linesOf, photo, plain } from './commandLine';

const cli = new CommandLine();
beforeAll(() => cli.drawImage());
afterAll(() => cli.dispose());

describe('predict', () => {
  it('gives a record an cli.image, and names what failed on stdout too', async () => {
    const broken = cli.at('broken.jpg');
    writeFileSync(broken, 'no image');
    const { status, lines } = await cli.json('predict', cli.image, broken, 'absent.png', '--model', plain);
    expect(status).toBe(1);
    expect(lines.map((l) => [l.path, l.error?.code])).toEqual([[cli.image, undefined], [broken, 'image-unsupported'], ['absent.png', 'image-not-found']]);
    expect(lines[1].error).toMatchObject({ message: expect.stringContaining(broken) as string, hint: expect.stringMatching(/\w/) as string });
    const [{ probabilities, logits, predicted, sha256, model, provider, milliseconds }] = lines;
    expect(Object.values(probabilities as object).reduce((a: number, b: number) => a + b, 0)).toBeCloseTo(1, 12);
    const scores = Object.entries(logits as Record<string, number>);
    expect(predicted).toBe(scores.sort(([, a], [, b]) => b - a)[0][0]);
    expect({ sha256, model, provider }).toEqual({ sha256: (await decodeFile(cli.image)).sha256, model: 'gap-linear-opset13', provider: expect.any(String) as string });
    expect(milliseconds).toBeGreaterThan(0);
  });

  it('uses the model that comes with SmearLens, domain included', async () => {
    const { status, lines } = await cli.json('predict', photo);
    expect(status).toBe(0);
    expect(Object.keys(lines[0].probabilities as object)).toEqual(['Benign', 'Early', 'Pre', 'Pro']);
    expect(lines[0]).toMatchObject({ inDomain: false });
    expect((await cli.run('predict', photo)).stdout).toContain("Unlike this model's training images: no class offered");
  });

  it('takes folders in one order on every system, without hidden files and with links', async () => {
    const names = ['Z.png', 'a b.png', 'a-1.png', 'a/c.PNG', 'a/x.jpg/d.png', 'é.png'];
    for (const name of [...names, '.hidden.png', '.hidden/e.png', 'notes.txt']) {
      mkdirSync(join(cli.at('folder'), name, '..'), { recursive: true });
      copyFileSync(cli.image, cli.at('folder', name));
    }
    if (process.platform !== 'win32') {
      symlinkSync(cli.image, cli.at('folder', 'link.png'));
      symlinkSync(cli.at('folder'), cli.at('folder', 'up'));
      names.splice(5, 0, 'link.png');
    }
    const { status, lines } = await cli.json('predict', 'folder', '--model', plain);
    expect(status).toBe(0);
    expect(lines.map((l) => l.path)).toEqual(names.map((name) => join('folder', name)));
  });

  it('reports an empty folder and goes on', async () => {
    mkdirSync(cli.at('empty'));
    const { status, lines } = await cli.json('predict', 'empty', cli.image, '--model', plain);
    expect([status, ...lines.map((l) => l.error?.code)]).toEqual([1, 'image-not-found', undefined]);
  });

  it.each(['twenty-classes', 'half', 'nhwc-dense', 'softmax-inside', 'sigmoid-inside', 'fixed-batch', 'weights-external', 'bad-no-convolution', 'bad-if'])('runs %s', async (name) => {
    const { status, lines } = await cli.json('predict', cli.image, '--model', fixture(name));
    expect([status, lines.length, lines[0].error]).toEqual([0, 1, undefined]);
    expect(Object.values(lines[0].probabilities as Record<string, number>).every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  it('says a model that cannot be used once, not with every image', async () => {
    for (const name of ['bad-text', 'bad-truncated', 'bad-empty', 'bad-external-missing', 'bad-two-images', 'bad-custom-op']) {
            const { status, lines } = await cli.json('predict', cli.image, cli.image, '--model', fixture(name));
      expect([status, lines.length, lines[0].path], name).toEqual([1, 1, fixture(name)]);
      expect(codesOf(name), name).toContain(lines[0].error?.code);
      expect(lines[0].error?.message).toContain(basename(fixture(name)));
    }
    const { status, lines } = await cli.json('predict', cli.image, cli.image, '--model', plain, '--provider', process.platform === 'darwin' ? 'dml' : 'coreml');
    expect([status, lines.length, lines[0].error?.code]).toEqual([1, 1, 'provider-unavailable']);
  });

  it('never prints certainty, and says what the result is for', async () => {
    const certain = cli.manifest('certain', ['a', 'b', 'c', 'd'], { calibration: { temperature: 1e-4 } });
    const { status, stdout } = await cli.run('predict', cli.image, '--model', certain);
    expect(status).toBe(0);
    expect(stdout).toMatch(/the \w +> 99\.9 %/);
    expect(stdout).toContain('< 0.1 %');
    expect(stdout).not.toMatch(/\b(100|0)(\.0)? %/);
    expect(stdout).toContain('Research use only');
  });
});

describe('tensors', () => {
  it('writes what the product decodes and resizes, in the order of the list', async () => {
    mkdirSync(cli.at('training', 'sub'), { recursive: true });
    for (const [source, name] of [[cli.image, 'b.png'], [photo, 'sub/a.jpg'], [cli.image, 'a b.png']] as const) copyFileSync(source, cli.at('training', name));
    writeFileSync(cli.at('training', 'broken.png'), 'no image');
    const { status, lines } = await cli.json('tensors', 'training', '--width', '10', '--height', '7', '--out', cli.at('new', 'x.npy'));
    expect(status).toBe(1);
    expect(lines.map((l) => l.error?.code)).toEqual(['image-unsupported', undefined]);
    const list = JSON.parse(readFileSync(cli.at('new', 'x.json'), 'utf8')) as string[];
    expect(list).toEqual(['a b.png', 'b.png', 'sub/a.jpg']);
    const { shape, data } = readNpy(readFileSync(cli.at('new', 'x.npy')), 'x.npy');
    expect(shape).toEqual([3, 7, 10, 3]);
    const spec = { width: 10, height: 7, resize: 'stretch', interpolation: 'bilinear', antialias: true, pad: [0, 0, 0] } as const;
    const expected = await Promise.all(list.map(async (name) => resizeRgb(await decodeFile(cli.at('training', name)), spec)));
    expect(Buffer.concat(expected).equals(Buffer.from(data.buffer, data.byteOffset, data.byteLength))).toBe(true);
  });

  it('writes nothing where there is nothing', async () => {
    for (const [source, code] of [['absent', 'image-not-found'], [cli.image, 'image-not-found']]) {
      const { status, lines } = await cli.json('tensors', source, '--width', '8', '--height', '8', '--out', cli.at('nothing.npy'));
      expect([status, lines[0].path, lines[0].error?.code]).toEqual([1, source, code]);
    }
    expect(readdirSync(cli.path)).not.toContain('nothing.npy');
  });
});

describe('inspect and doctor', () => {
  it('tell what a model is', async () => {
    const { status, lines } = await cli.json('inspect', fixture('bad-quantised'));
    expect(status).toBe(0);
    expect(lines[0]).toMatchObject({ opset: 13, layout: 'NCHW', classes: 4, layer: 'relu_1', inputs: [{ name: 'input', shape: ['N', 3, 12, 16] }] });
    expect(lines[0].unsupported).toEqual(expect.arrayContaining([expect.stringContaining('QuantizeLinear')]));
    expect((await cli.run('inspect', plain)).stdout).toMatch(/\* +3×4 × 8 +Clip +clip_3/);
    expect((await cli.json('inspect', 'absent.onnx')).lines[0]).toMatchObject({ path: 'absent.onnx', error: { code: 'model-not-found' } });
  });

  it('tell what works here, and the versions even without a model', async () => {
    const { status, lines } = await cli.json('doctor', '--model', plain);
    expect(status).toBe(0);
    expect(lines[0]).toMatchObject({ versions: { node: process.versions.node }, providers: expect.arrayContaining([{ name: 'cpu', works: true, milliseconds: expect.any(Number) as number }]) as unknown });
    const without = await cli.json('doctor', '--model', 'absent');
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
    const { status, stdout, stderr } = await cli.run(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/error:|Usage:/);
  });

  it('has help', async () => {
    const { status, stdout } = await cli.run('--help');
    expect(status).toBe(0);
    for (const words of ['predict', 'explain', 'inspect', 'doctor', 'tensors', 'Research']) expect(stdout).toContain(words);
  });

  describe.skipIf(process.platform === 'win32')('on systems with signals', () => {
    const COUNT = 3000;
    beforeAll(() => {
      mkdirSync(cli.at('many'));
      for (let i = 0; i < COUNT; i++) linkSync(cli.image, cli.at('many', `${i}.png`));
    });

    it('ends quietly when its reader leaves', async () => {
      const child = cli.start('predict', 'many', '--model', plain, '--json');
      const end = Promise.all([text(child.stderr), once(child, 'close') as Promise<[number]>]);
      await once(child.stdout, 'data');
      child.stdout.destroy();
      const [stderr, [status]] = await end;
      expect(status).toBe(141);
      expect(stderr).not.toMatch(/EPIPE|\n\s+at /);
    });

    it('stops at Ctrl+C and keeps what it printed', async () => {
      const child = cli.start('predict', 'many', '--model', plain, '--json');
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
