/** `smearlens evaluate` and `merge`: real folders, resumed runs, shards. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateFolder } from '../../src/evaluation/evaluate';
import type { EvaluationFile } from '../../src/evaluation/types';
import { defaultModel } from '../../src/models/defaultModel';
import { CommandLine, ended, fixture } from './commandLine';

const cli = new CommandLine();
const root = join(import.meta.dirname, '../..');
const IDS = ['Benign', 'Early', 'Pre', 'Pro'];
let model: string;
let images: Buffer[];
const BMP_HEADER = 54;

beforeAll(async () => {
  model = cli.manifest('model', IDS);
  images = await Promise.all(Array.from({ length: 12 }, (_, i) => sharp({ create: { width: 40 + i, height: 30, channels: 3, background: '#b06090', noise: { type: 'gaussian', mean: 100 + 5 * i, sigma: 40 } } }).png().toBuffer()));
});
afterAll(() => cli.dispose());

/** Writes files below a folder of the test's own. */
function folderOf(name: string, files: Readonly<Record<string, Buffer | string>>): string {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(cli.at(name, file)), { recursive: true });
    writeFileSync(cli.at(name, file), content);
  }
  return cli.at(name);
}

/** Twelve images in four class folders. */
function classFolders(name: string): string {
  return folderOf(name, Object.fromEntries(images.map((image, i) => [`${IDS[i % 4]}/smear ${i}.png`, image])));
}

const result = (out: string): EvaluationFile => JSON.parse(readFileSync(join(out, 'metrics.json'), 'utf8')) as EvaluationFile;
const rows = (out: string, id = 'model'): string[][] => parse(readFileSync(join(out, `predictions-${id}.csv`)), { from: 2 });
const bytesOf = (out: string): Record<string, string> =>
  Object.fromEntries(readdirSync(out).filter((name) => !name.startsWith('.') && name !== 'run.json').sort().map((name) => [name, readFileSync(join(out, name), 'utf8')]));

describe('evaluate', () => {
  it('gives the probabilities of predict, the contract\'s files and a summary', async () => {
    const folder = classFolders('plain');
    const { status, stdout, stderr } = await cli.run('evaluate', folder, '--model', model, '--out', cli.at('plain-out'));
    expect([status, stderr]).toEqual([0, expect.stringContaining('Benign → Benign')]);
    expect(stdout).toMatch(/^group-disjoint: unknown/);
    const predicted = (await cli.json('predict', folder, '--model', model)).lines;
    const table = rows(cli.at('plain-out'));
    expect(table.map((row) => row[0])).toEqual([...table.map((row) => row[0])].sort());
    expect(table).toHaveLength(12);
    for (const [i, line] of predicted.entries()) {
      const [path, sha256, label, likeliest, ...probabilities] = table[i];
      expect([path, sha256, label, likeliest]).toEqual([line.path.slice(folder.length + 1), line.sha256, path.split('/')[0], line.predicted]);
      IDS.forEach((id, c) => expect(Number(probabilities[c])).toBeCloseTo((line.probabilities as Record<string, number>)[id], 6));
    }
    const [{ bytes, parameters, sha256, ...metrics }] = result(cli.at('plain-out')).models;
    const right = table.filter((row) => row[2] === row[3]).length;
    expect(metrics.accuracy).toBeCloseTo(right / 12, 12);
    expect(bytes).toBe(readFileSync(join(model, 'model.onnx')).length);
    expect(sha256).toBe(createHash('sha256').update(readFileSync(join(model, 'model.onnx'))).digest('hex'));
    expect(parameters).toBeGreaterThan(10);
    const facts = JSON.parse(readFileSync(join(cli.at('plain-out'), 'run.json'), 'utf8')) as { images: number; models: { provider: string }[] };
    expect([facts.images, facts.models.map((m) => m.provider)]).toEqual([12, ['cpu']]);
  });

  it('takes real folders: formats, names, links, nested and empty folders, and lists what it cannot read', async () => {
    const bmp = Buffer.alloc(BMP_HEADER + 4 * 4 * 4);
    bmp.write('BM');
    bmp.writeUInt32LE(bmp.length, 2);
    bmp.writeUInt32LE(BMP_HEADER, 10);
    [40, 4, 4].forEach((v, i) => bmp.writeInt32LE(v, 14 + 4 * i));
    bmp.writeUInt16LE(1, 26);
    bmp.writeUInt16LE(32, 28);
    const folder = folderOf('real', {
      'Benign/slide 1/a.png': images[0],
      'Benign/b.bmp': bmp,
      'Benign/b.jpg': await sharp(images[1]).jpeg().toBuffer(),
      'early blasts, July/caf\u0065\u0301 \u00fc.tif': await sharp(images[2]).tiff().toBuffer(),
      '[Malignant] Pre-B/torn.png': images[3].subarray(0, images[3].length / 2),
      '[Malignant] Pre-B/empty.png': '',
      '[Malignant] Pre-B/no image.jpg': 'no image',
      '[Malignant] Pre-B/whole.PNG': images[3],
      '[Malignant] Pre-B/notes.txt': 'notes',
      'Pro/.hidden.png': images[4],
      'elsewhere/x.png': images[5],
      'loose.png': images[6],
    });
    if (process.platform !== 'win32') {
      symlinkSync(folder, join(folder, 'Pro/up'));
      symlinkSync(join(folder, 'Benign'), join(folder, 'A link'));
      symlinkSync(join(folder, 'Benign/b.jpg'), join(folder, 'Pro/linked.jpg'));
    }
    const out = cli.at('real-out');
    const { status, lines } = await cli.json('evaluate', folder, '--model', model, '--out', out);
    expect(status).toBe(1);
    expect(lines.filter((l) => l.error).map((l) => [l.path, l.error?.code]).sort()).toEqual([
      ['[Malignant] Pre-B/empty.png', 'image-empty'],
      ['[Malignant] Pre-B/no image.jpg', 'image-unsupported'],
      ['[Malignant] Pre-B/torn.png', 'image-unreadable'],
    ]);
    const { mapping, unreadable, leakage } = result(out);
    expect(mapping).toEqual({ Benign: 'Benign', 'early blasts, July': 'Early', '[Malignant] Pre-B': 'Pre', elsewhere: null, ...(process.platform === 'win32' ? {} : { Pro: 'Pro' }) });
    expect(unreadable.map((u) => u.path)).toEqual(['[Malignant] Pre-B/empty.png', '[Malignant] Pre-B/no image.jpg', '[Malignant] Pre-B/torn.png']);
    // The same bytes on every machine: no path of this one.
    expect(JSON.stringify(unreadable)).not.toContain(folder);
    expect(rows(out).map((row) => [row[0], row[2]])).toEqual([
      ['Benign/b.bmp', 'Benign'],
      ['Benign/b.jpg', 'Benign'],
      ['Benign/slide 1/a.png', 'Benign'],
      ...(process.platform === 'win32' ? [] : [['Pro/linked.jpg', 'Pro']]),
      ['[Malignant] Pre-B/whole.PNG', 'Pre'],
      ['early blasts, July/caf\u00e9 \u00fc.tif', 'Early'],
    ]);
    // The linked picture has two labels.
    expect(leakage.contradictions).toEqual(process.platform === 'win32' ? [] : [{ paths: ['Benign/b.jpg', 'Pro/linked.jpg'], labels: ['Benign', 'Pro'] }]);
  });

  it('is corrected by --map and by a CSV of labels', async () => {
    const folder = folderOf('named', { 'odd/a.png': images[0], 'Pre/b.png': images[1], 'Pro/c.png': images[2] });
    expect((await cli.run('evaluate', folder, '--model', model, '--out', cli.at('named-1'), '--map', 'odd=Early', '--map', 'Pro=')).status).toBe(0);
    expect(rows(cli.at('named-1')).map((row) => [row[0], row[2]])).toEqual([['Pre/b.png', 'Pre'], ['odd/a.png', 'Early']]);
    writeFileSync(cli.at('labels.csv'), 'path,label,group\nodd/a.png,Pro,p1\nPre/b.png,pro,p2\nabsent.png,Pre,p1\n');
    const { status, lines } = await cli.json('evaluate', folder, '--model', model, '--out', cli.at('named-2'), '--labels', cli.at('labels.csv'));
    expect([status, lines.filter((l) => l.error).map((l) => [l.path, l.error?.code])]).toEqual([1, [['absent.png', 'image-not-found']]]);
    expect(rows(cli.at('named-2')).map((row) => [row[0], row[2], row[8], row[9]])).toEqual([['Pre/b.png', 'Pro', 'p2', 'given'], ['odd/a.png', 'Pro', 'p1', 'given']]);
    expect(result(cli.at('named-2')).models[0].intervals.accuracy).toMatchObject({ low: null, note: 'not estimable: fewer than 5 groups' });
  });

  it('says what cannot be evaluated before a model has run on an image', async () => {
    const folder = folderOf('nothing', { 'x/a.png': images[0] });
    const refused = async (message: RegExp, ...args: string[]): Promise<void> => {
      const { status, lines } = await cli.json('evaluate', folder, '--model', model, '--out', cli.at('nothing-out'), ...args);
      expect([status, lines.length]).toEqual([1, 1]);
      expect(lines[0].error?.message).toMatch(message);
      rmSync(cli.at('nothing-out'), { recursive: true, force: true });
    };
    await refused(/no image has a class \(its names 'x'/);
    await refused(/'x' was mapped to 'Blast'/, '--map', 'x=Blast');
    await refused(/two models have the id/i, '--map', 'x=Pre', '--model', model);
    await refused(/has the classes/, '--map', 'x=Pre', '--model', fixture('twenty-classes'));
    await refused(/There is no split 'test'/, '--map', 'x=Pre', '--split', 'test');
    await refused(/absent\.csv: cannot be read/, '--labels', 'absent.csv');
    expect((await cli.run('evaluate', folder, '--model', model)).status).toBe(2);
    expect((await cli.run('evaluate', folder, '--model', model, '--out', 'o', '--shard', '3/2')).status).toBe(2);
    expect((await cli.run('evaluate', folder, '--model', model, '--out', 'o', '--ensemble')).status).toBe(2);
  });

  it('refuses a folder with something in it, and leaves it as it is', async () => {
    const out = folderOf('occupied', { 'mine.txt': 'mine' });
    const { status, lines } = await cli.json('evaluate', classFolders('occupied-images'), '--model', model, '--out', out);
    expect([status, lines[0].error?.code, readdirSync(out)]).toEqual([1, 'output-unwritable', ['mine.txt']]);
    expect(lines[0].error?.hint).toContain('--resume');
  });

  it('puts models side by side, with an ensemble and with temperatures fitted on a part of their own', async () => {
    const folder = folderOf('splits', Object.fromEntries(images.flatMap((image, i) => [[`${['train', 'val', 'test'][i % 3]}/${IDS[Math.floor(i / 3)]}/${i}.png`, image]])));
    const other = cli.manifest('other', IDS, { calibration: { temperature: 2 } });
    const out = cli.at('splits-out');
    expect((await cli.run('evaluate', folder, '--model', model, '--model', other, '--out', out, '--ensemble', '--validation', 'validation')).status).toBe(0);
    const { models, comparisons, images: counts } = result(out);
    expect(models.map((m) => [m.model, m.kind, m.n])).toEqual([['model', 'model', 4], ['other', 'model', 4], ['ensemble', 'ensemble', 4], ['model-calibrated', 'calibrated', 4], ['other-calibrated', 'calibrated', 4]]);
    expect(counts).toEqual({ headline: 4, validation: 4, otherSplits: 4 });
    expect(comparisons.map((c) => [c.a, c.b])).toEqual([['model', 'other'], ['model', 'ensemble'], ['other', 'ensemble']]);
    // The fitted temperature comes on top of the manifest's.
    for (const [id, own, row] of [['model', 1, 3], ['other', 2, 4]] as const) {
      const fitted = (models[row].temperature ?? NaN) / own;
      rows(out, id).forEach((cells, i) => {
        const powers = cells.slice(4).map((p) => Number(p) ** (1 / fitted));
        const sum = powers.reduce((a, b) => a + b);
        rows(out, `${id}-calibrated`)[i].slice(4).forEach((p, c) => expect(Number(p)).toBeCloseTo(powers[c] / sum, 9));
      });
    }
    const [one, two, mean] = ['model', 'other', 'ensemble'].map((id) => rows(out, id).map((row) => Number(row[4])));
    mean.forEach((p, i) => expect(p).toBeCloseTo((one[i] + two[i]) / 2, 12));
    expect(rows(out).every((row) => row[0].startsWith('test/'))).toBe(true);
  });

  it('takes a model with sigmoid scores by their shares, and says so', async () => {
    const sigmoid = fixture('sigmoid-inside');
    const folder = classFolders('sigmoid');
    // A bare file names its classes by number.
    const map = IDS.flatMap((id, i) => ['--map', `${id}=${i}`]);
    const out = cli.at('sigmoid-out');
    const { status, stdout, stderr } = await cli.run('evaluate', folder, '--model', sigmoid, '--out', out, ...map);
    expect([status, stdout, stderr]).toEqual([0, expect.stringContaining('sigmoid scores over their sum'), expect.stringContaining('scores each class by itself (sigmoid); its scores are divided by their sum')]);
    const predicted = (await cli.json('predict', folder, '--model', sigmoid)).lines;
    const table = rows(out, 'sigmoid-inside');
    expect(table).toHaveLength(12);
    for (const [i, line] of predicted.entries()) {
      const scores = Object.values(line.probabilities as Record<string, number>);
      const sum = scores.reduce((a, b) => a + b);
      expect(Math.abs(sum - 1)).toBeGreaterThan(0.1);
      table[i].slice(4, 8).forEach((p, c) => expect(Number(p)).toBeCloseTo(scores[c] / sum, 6));
      expect(table[i][3]).toBe(line.predicted);
    }
    expect(result(out).models[0].scores).toBe('one-vs-rest');
    // What it writes is what `metrics` takes.
    expect((await cli.json('metrics', join(out, 'predictions-sigmoid-inside.csv'))).lines[0].accuracy).toBe(result(out).models[0].accuracy);
    const calibrated = await cli.json('evaluate', folder, '--model', sigmoid, '--out', cli.at('sigmoid-calibrated'), ...map, '--validation', 'validation');
    expect([calibrated.status, calibrated.lines[0].error?.code, calibrated.lines[0].error?.message]).toEqual([1, 'model-unsupported', expect.stringContaining('sigmoid-inside.onnx scores each class by itself')]);
  });

  it('keeps labels that were given after seeing the model apart', async () => {
    const folder = folderOf('annotated', Object.fromEntries(images.slice(0, 4).map((image, i) => [`${i}.png`, image])));
    const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    const seen = { id: 'model', sha256: sha256(readFileSync(join(model, 'model.onnx'))) };
    const event = (i: number, more: object): string =>
      `${JSON.stringify({ v: 1, id: `e${i}`, time: `2026-01-01T00:00:0${i}Z`, reviewer: 'r', image: { path: `moved/${i}.png`, sha256: sha256(images[i]) }, type: 'label', value: IDS[i], ...more })}\n`;
    folderOf('annotated/.smearlens/annotations', { 'r.1.jsonl': event(0, {}) + event(1, { sawModelFirst: true, model: seen }) + event(2, { sawModelFirst: true, model: { id: 'another', sha256: 'f00' } }) + event(3, {}), 's.1.jsonl': event(3, { reviewer: 's', value: 'Benign' }) });
    const out = cli.at('annotated-out');
    expect((await cli.run('evaluate', folder, '--model', model, '--out', out, '--labels', 'annotations')).status).toBe(0);
    expect(rows(out).map((row) => [row[0], row[2]])).toEqual([['0.png', 'Benign'], ['2.png', 'Pre']]);
    expect(rows(out, 'model-not-independent').map((row) => row[0])).toEqual(['1.png']);
    const { models, leakage, leftOut } = result(out);
    expect(models.map((m) => [m.kind, m.n])).toEqual([['model', 2], ['not-independent', 1]]);
    expect(leakage.notIndependent).toEqual(['1.png']);
    expect(leftOut).toEqual([{ path: '3.png', reason: 'disputed' }]);
  });
});

describe('a run that does not come to its end', () => {
  /** The default model takes long enough to be stopped in mid-run. */
  const slow = async (name: string): Promise<string> => {
    const large = await Promise.all(images.map((image) => sharp(image).resize(900, 700).png().toBuffer()));
    return folderOf(name, Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`${IDS[i % 4]}/${i}.png`, Buffer.concat([large[i % 12], Buffer.from(String(i))])])));
  };
  const imagesIn = (out: string): number => (existsSync(join(out, '.journal.jsonl')) ? readFileSync(join(out, '.journal.jsonl'), 'utf8').split('"type":"image"').length - 1 : 0);
  const stopped = async (out: string, signal: NodeJS.Signals, ...args: string[]): Promise<number | null> => {
    const child = cli.start('evaluate', ...args, '--out', out);
    const closed = once(child, 'close') as Promise<[number | null]>;
    child.stdout.resume();
    child.stderr.resume();
    while (imagesIn(out) < 10 && child.exitCode === null) await sleep(10);
    child.kill(signal);
    return (await closed)[0];
  };
  let folder: string;
  let whole: Record<string, string>;
  beforeAll(async () => {
    folder = await slow('slow');
    expect((await cli.run('evaluate', folder, '--out', cli.at('undisturbed'))).status).toBe(0);
    whole = bytesOf(cli.at('undisturbed'));
    expect(Object.keys(whole)).toContain('metrics.json');
  });

  it('goes on after kill -9 and comes to the same bytes', async () => {
    const out = cli.at('killed');
    await stopped(out, 'SIGKILL', folder);
    const before = imagesIn(out);
    expect(before).toBeGreaterThanOrEqual(10);
    expect(before).toBeLessThan(120);
    expect(existsSync(join(out, 'metrics.json'))).toBe(false);
    // As if it had been killed within a write.
    appendFileSync(join(out, '.journal.jsonl'), '{"type":"score","sha2');
    expect((await cli.run('evaluate', folder, '--out', out, '--resume')).status).toBe(0);
    expect(bytesOf(out)).toEqual(whole);
    const { scored } = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as { scored: number };
    expect(scored).toBeLessThanOrEqual(120 - before);
  });

  it('stops at Ctrl+C, keeps what is done and says how to go on', async () => {
    const out = cli.at('interrupted');
    expect(await stopped(out, 'SIGINT', folder)).toBe(130);
    expect(existsSync(join(out, 'metrics.json'))).toBe(false);
    const again = await cli.run('evaluate', folder, '--out', out, '--resume');
    expect(again.status).toBe(0);
    expect(bytesOf(out)).toEqual(whole);
  });

  it('stops while the figures are computed, and goes on to the same bytes', async () => {
    const out = cli.at('stopped-in-figures');
    const stop = new AbortController();
    const nothing = (): void => undefined;
    // The first of 2,000 resamples comes after this event.
    const events = { planned: nothing, progress: nothing, drawing: nothing, failed: nothing, log: nothing, figures: () => stop.abort() };
    const options = { folder, labels: 'folders', groups: 'none', models: [defaultModel(root)], out, assets: join(root, 'dist/webview'), provider: 'auto', map: {}, ensemble: false, shard: { index: 1, count: 1 }, resume: false } as const;
    const { done, isWhole, assembled } = await evaluateFolder(options, (data) => new Worker(join(root, 'dist/cli.js'), { workerData: data }), events, stop.signal);
    expect([done, isWhole, assembled, readdirSync(out).sort()]).toEqual([120, false, undefined, ['.journal.jsonl', '.pictures.json', 'run.json']]);
    const again = await cli.run('evaluate', folder, '--out', out, '--resume');
    expect(again.status).toBe(0);
    expect(bytesOf(out)).toEqual(whole);
    expect((JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as { scored: number }).scored).toBe(0);
  });

  it('hears Ctrl+C between two resamples', async () => {
    // As many images as make minutes of them, of the journal of a few.
    const [run, ...lines] = readFileSync(join(cli.at('undisturbed'), '.journal.jsonl'), 'utf8').trimEnd().split('\n');
    const records = lines.filter((line) => line.startsWith('{"type":"image"')).map((line) => JSON.parse(line) as { path: string });
    const many = Array.from({ length: 500 }, (_, i) => records.map((record) => JSON.stringify({ ...record, path: `${i}/${record.path}` }))).flat();
    folderOf('many', { '.journal.jsonl': `${[run, ...lines.filter((line) => !line.startsWith('{"type":"image"') && !line.startsWith('{"type":"end"')), ...many, '{"type":"end"}'].join('\n')}\n` });
    const child = cli.start('merge', cli.at('many'), '--out', cli.at('many-out'));
    const closed = ended(child);
    while (!existsSync(cli.at('many-out')) && child.exitCode === null) await sleep(10);
    child.kill('SIGINT');
    const { status, stderr } = await closed;
    expect([status, stderr]).toEqual([130, expect.stringContaining('not computed to the end')]);
    expect(readdirSync(cli.at('many-out'))).toEqual([]);
  });

  it('takes up what has changed since: another image, another label, a further model', async () => {
    const images2 = classFolders('changed');
    const out = cli.at('changed-out');
    expect((await cli.run('evaluate', images2, '--model', model, '--out', out)).status).toBe(0);
    copyFileSync(join(images2, 'Benign/smear 0.png'), join(images2, 'Early/smear 1.png'));
    mkdirSync(join(images2, 'Pro'), { recursive: true });
    rmSync(join(images2, 'Pro/smear 3.png'));
    const further = cli.manifest('further', IDS);
    expect((await cli.run('evaluate', images2, '--model', model, '--model', further, '--out', out, '--resume')).status).toBe(0);
    expect((await cli.run('evaluate', images2, '--model', model, '--model', further, '--out', cli.at('changed-anew'))).status).toBe(0);
    expect(bytesOf(out)).toEqual(bytesOf(cli.at('changed-anew')));
    expect(rows(out)).toHaveLength(11);
  });

  it('is joined from shards to the bytes of one run', async () => {
    const outs = [1, 2, 3].map((i) => cli.at(`shard-${i}`));
    for (const [i, out] of outs.entries()) expect((await cli.run('evaluate', folder, '--out', out, '--shard', `${i + 1}/3`)).status).toBe(0);
    expect((await cli.run('merge', ...[...outs].reverse(), '--out', cli.at('merged'))).status).toBe(0);
    expect(bytesOf(cli.at('merged'))).toEqual(whole);

    const refused = async (message: RegExp, ...folders: string[]): Promise<void> => {
      const { status, lines } = await cli.json('merge', ...folders, '--out', cli.at('refused'));
      expect(status).toBe(1);
      expect(lines[0].error?.message).toMatch(message);
      expect(existsSync(cli.at('refused'))).toBe(false);
    };
    await refused(/Of 3 shards 2 is missing/, outs[0], outs[2]);
    await refused(/are the same shard \(1 of 3\)/, outs[0], outs[1], outs[2], outs[0]);
    await refused(/of another folder/, outs[0], cli.at('shard-of-others'));
    await refused(/cannot be read/, outs[0], cli.at('absent'));
    const journal = join(outs[1], '.journal.jsonl');
    truncateSync(journal, readFileSync(journal).length - '{"type":"end"}\n'.length);
    await refused(/shard 2 of 3 has not come to its end/, ...outs);
  });

  beforeAll(async () => {
    const others = folderOf('others', { 'Pre/a.png': images[0], 'Pro/b.png': images[1] });
    const { status } = await cli.run('evaluate', others, '--out', cli.at('shard-of-others'), '--shard', '2/3');
    expect(status).toBe(0);
  });
});
