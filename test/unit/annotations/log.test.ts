import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logFileName, logFolder } from '../../../src/annotations/folder';
import { AnnotationLog } from '../../../src/annotations/log';
import { consensusOf } from '../../../src/annotations/replay';
import type { EventDraft } from '../../../src/annotations/types';

let root: string;
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'smearlens-log-'))));
afterEach(() => rmSync(root, { recursive: true }));

const anna = { reviewer: 'Anna', device: '0a1b2c3d' };
const label = (value: string | null, image = 'x', more: Partial<EventDraft> = {}): EventDraft => ({ type: 'label', value, image: { path: `${image}.png`, sha256: image }, ...more }) as EventDraft;
const lines = (file: string): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);
const own = (log: AnnotationLog): string => log.fileOf(anna);
const labelOf = (log: AnnotationLog, sha256 = 'x', reviewer = 'Anna'): string | null | undefined => log.state(sha256)?.opinions.find((o) => o.reviewer === reviewer)?.label?.value;

describe('the annotation log', () => {
  it('writes one line an event, each with the sha256 of the line before', async () => {
    const log = await AnnotationLog.open(root);
    await log.append(anna, [label('Pre'), label('Früh ü', 'y')]);
    await log.append(anna, [{ type: 'note', value: 'a\nb', image: { path: 'x.png', sha256: 'x' } }]);
    const written = lines(own(log));
    expect(written).toHaveLength(3);
    const hashes = written.map((line) => createHash('sha256').update(line, 'utf8').digest('hex'));
    expect(written.map((line) => (JSON.parse(line) as { previous: string }).previous)).toEqual(['', hashes[0], hashes[1]]);
    expect(log.heads).toEqual({ 'Anna.0a1b2c3d.jsonl': { head: hashes[2], lines: 3 } });
    expect(log.problems).toEqual([]);
    expect(readFileSync(join(root, '.smearlens/.gitattributes'), 'utf8')).toBe('*.jsonl -text\n');
    expect(readdirSync(logFolder(root)).filter((name) => name.includes('lock'))).toEqual([]);
  });

  it('writes an event once, whose id it has already', async () => {
    const log = await AnnotationLog.open(root);
    await log.append(anna, [label('Pre', 'x', { id: 'one' })]);
    expect(await log.append(anna, [label('Pre', 'x', { id: 'one' })])).toEqual({ events: [] });
    expect(lines(own(log))).toHaveLength(1);
  });

  it('takes back, and gives again, the event that is named', async () => {
    const log = await AnnotationLog.open(root);
    const { events: [pre] } = await log.append(anna, [label('Pre')]);
    await log.append(anna, [label('Pro', 'y')]);
    await log.append(anna, [{ type: 'undo', value: pre.id, image: pre.image }]);
    expect(log.state('x')).toBeUndefined();
    expect(labelOf(log, 'y')).toBe('Pro');
    await log.append(anna, [{ type: 'redo', value: pre.id, image: pre.image }]);
    expect(labelOf(log)).toBe('Pre');
  });

  it('holds an unsure label, and no silent repeat, for the reviewer\'s opinion', async () => {
    const log = await AnnotationLog.open(root);
    await log.append(anna, [label('Pre'), label('Pro', 'x', { repeat: true })]);
    expect(labelOf(log)).toBe('Pre');
    expect(log.state('x')?.opinions[0].repeats.map(({ value }) => value)).toEqual(['Pro']);
    await log.append(anna, [label(null)]);
    const state = log.state('x');
    expect(state && consensusOf(state)).toEqual({ label: undefined, reason: 'unsure' });
  });

  it('keeps reviewers apart: two opinions are a dispute until one adjudicates', async () => {
    const log = await AnnotationLog.open(root);
    const bert = { reviewer: 'Bert', device: 'ffffffff' };
    await log.append(anna, [label('Pre')]);
    const other = await AnnotationLog.open(root);
    await other.append(bert, [label('Pro')]);
    expect(await log.refresh()).toBe(true);
    expect(await log.refresh()).toBe(false);
    const disputed = log.state('x');
    expect(disputed && consensusOf(disputed)).toMatchObject({ reason: 'disputed' });
    await other.append(bert, [{ type: 'adjudication', value: 'Pro', image: { path: 'x.png', sha256: 'x' } }]);
    await log.refresh();
    const decided = log.state('x');
    expect(decided && consensusOf(decided)).toMatchObject({ label: 'Pro' });
  });

  it('replaces a region by its id, and deletes it', async () => {
    const log = await AnnotationLog.open(root);
    const region = (id: string, value: string): EventDraft => ({ type: 'region', image: { path: 'x.png', sha256: 'x' }, value: { id, type: 'Annotation', body: [], target: { selector: { type: 'FragmentSelector', value } } } });
    await log.append(anna, [region('r1', 'xywh=pixel:1,2,3,4'), region('r2', 'xywh=pixel:0,0,1,1'), region('r1', 'xywh=pixel:5,6,7,8')]);
    await log.append(anna, [{ type: 'region', image: { path: 'x.png', sha256: 'x' }, value: { id: 'r2', deleted: true } }]);
    expect(log.state('x')?.opinions[0].regions.map(({ id, target }) => [id, target.selector.value])).toEqual([['r1', 'xywh=pixel:5,6,7,8']]);
  });

  it('lets two windows of one reviewer append at the same time: one chain', async () => {
    const windows = await Promise.all([1, 2, 3].map(() => AnnotationLog.open(root)));
    await Promise.all(windows.flatMap((log, w) => Array.from({ length: 20 }, (_, i) => log.append(anna, [label('Pre', `image ${w} ${i}`)]))));
    const log = await AnnotationLog.open(root);
    expect(log.problems).toEqual([]);
    expect(log.images.size).toBe(60);
  });

  it('reads what another appended, and a file that became another one', async () => {
    const log = await AnnotationLog.open(root);
    await log.append(anna, [label('Pre')]);
    const text = readFileSync(own(log), 'utf8');
    await log.append(anna, [label('Pro')]);
    const longer = readFileSync(own(log), 'utf8');
    // As a checkout of an older version, and back.
    writeFileSync(own(log), text);
    await log.refresh();
    expect(labelOf(log)).toBe('Pre');
    writeFileSync(own(log), longer);
    await log.refresh();
    expect(labelOf(log)).toBe('Pro');
    rmSync(own(log));
    expect(await log.refresh()).toBe(true);
    expect(log.state('x')).toBeUndefined();
  });

  it('sets a torn last line aside, tells of it, and goes on behind the line before', async () => {
    const log = await AnnotationLog.open(root);
    await log.append(anna, [label('Pre')]);
    appendFileSync(own(log), '{"v":1,"id":"half');
    await log.refresh();
    expect(log.problems).toMatchObject([{ kind: 'torn', line: 2 }]);
    expect(labelOf(log)).toBe('Pre');
    await log.append(anna, [label('Pro', 'y')]);
    expect(log.problems).toEqual([]);
    expect(lines(own(log))).toHaveLength(2);
    const torn = readdirSync(logFolder(root)).filter((name) => name.includes('.torn-'));
    expect(torn.map((name) => readFileSync(join(logFolder(root), name), 'utf8'))).toEqual(['{"v":1,"id":"half']);
    expect(torn.every((name) => !name.endsWith('.jsonl'))).toBe(true);
  });

  it('tells of a line that was changed, and reads all others', async () => {
    const log = await AnnotationLog.open(root);
    await log.append(anna, [label('Pre'), label('Pro', 'y'), label('Early', 'z')]);
    writeFileSync(own(log), readFileSync(own(log), 'utf8').replace('"Pro"', '"Pre"'));
    const again = await AnnotationLog.open(root);
    expect(again.problems).toMatchObject([{ kind: 'broken-chain', line: 3 }]);
    expect(labelOf(again, 'z')).toBe('Early');
  });

  it('takes the lock of a process that is gone, at once', async () => {
    const log = await AnnotationLog.open(root);
    await log.append(anna, [label('Pre')]);
    const { pid } = await import('node:child_process').then(({ spawnSync }) => spawnSync(process.execPath, ['-e', '']));
    const { hostname } = await import('node:os');
    writeFileSync(`${own(log)}.lock`, JSON.stringify({ pid, host: hostname(), id: 'gone' }));
    await log.append(anna, [label('Pro')]);
    expect(labelOf(log)).toBe('Pro');
    expect(existsSync(`${own(log)}.lock`)).toBe(false);
  });

  it('records nothing where it cannot write, and says so', async () => {
    writeFileSync(join(root, '.smearlens'), 'a file where the folder should be');
    const log = await AnnotationLog.open(root).catch((error: unknown) => error);
    if (!(log instanceof AnnotationLog)) return expect(log).toMatchObject({ code: 'input-invalid' });
    await expect(log.append(anna, [label('Pre')])).rejects.toMatchObject({ code: 'output-unwritable', hint: expect.stringContaining('Nothing was recorded') as string });
  });
});

describe('logFileName', () => {
  it('gives every reviewer a name of their own that all systems allow', () => {
    const names = ['Anna B.', 'Anna B', 'a/b', 'a\\b', 'a%2fb', '..', 'Ä', ' x'].map((reviewer) => logFileName(reviewer, 'd'));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[^/\\:*?"<>|]+\.d\.jsonl$/);
    expect(names[0]).toBe('Anna B%2e.d.jsonl');
  });
});
