import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readAnnotations, type Verdict } from '../../../src/evaluation/annotations';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'smearlens-annotations-'));
  mkdirSync(join(root, '.smearlens/annotations'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

let clock = 0;
/** An event of reviewer a about image x unless said otherwise. */
const event = (type: string, value: unknown, more: object = {}): Record<string, unknown> => {
  clock++;
  return { v: 1, id: `e${clock}`, time: new Date(Date.UTC(2026, 0, 1) + 1000 * clock).toISOString(), reviewer: 'a', image: { path: 'x.png', sha256: 'x' }, type, value, ...more };
};
const write = (name: string, ...events: object[]): void => writeFileSync(join(root, '.smearlens/annotations', `${name}.jsonl`), events.map((e) => `${JSON.stringify(e)}\n`).join(''));
const opinion = async (sha256 = 'x'): Promise<Verdict | undefined> => (await readAnnotations(root)).get(sha256);

describe('readAnnotations', () => {
  it('takes the latest label a reviewer, whichever device it came from', async () => {
    const [first, second] = [event('label', 'Pre'), event('label', 'Pro')];
    write('a.2', first);
    write('a.1', second);
    expect(await opinion()).toMatchObject({ label: 'Pro', labels: ['Pro'] });
  });

  it('undoes and redoes', async () => {
    const [pre, pro, early] = [event('label', 'Pre'), event('label', 'Pro'), event('label', 'Early')];
    write('a.1', pre, pro, event('undo', undefined));
    expect((await opinion())?.label).toBe('Pre');
    write('a.1', pre, pro, event('undo', undefined), event('undo', undefined), event('redo', undefined));
    expect((await opinion())?.label).toBe('Pre');
    write('a.1', pre, pro, event('undo', pre.id), event('note', 'seen'));
    expect((await opinion())?.label).toBe('Pro');
    // A new event leaves nothing to redo.
    write('a.1', pre, pro, event('undo', undefined), early, event('redo', undefined));
    expect((await opinion())?.label).toBe('Early');
    write('a.1', pre, event('undo', undefined));
    expect(await opinion()).toBeUndefined();
  });

  it('leaves out what reviewers differ about, until one adjudicates', async () => {
    const [mine, other] = [event('label', 'Pre'), event('label', 'Pro', { reviewer: 'b' })];
    write('a.1', mine);
    write('b.1', other);
    expect(await opinion()).toMatchObject({ label: undefined, reason: 'disputed', labels: ['Pre', 'Pro'] });
    write('c.1', event('adjudication', 'Pro', { reviewer: 'c' }));
    expect(await opinion()).toMatchObject({ label: 'Pro' });
  });

  it('leaves out excluded images until they are taken back', async () => {
    const label = event('label', 'Pre');
    write('a.1', label, event('exclude', true));
    expect(await opinion()).toMatchObject({ label: undefined, reason: 'excluded' });
    write('a.1', label, event('exclude', true), event('exclude', false));
    expect((await opinion())?.label).toBe('Pre');
    write('a.1', label, event('exclude', true), event('undo', undefined));
    expect((await opinion())?.label).toBe('Pre');
  });

  it('knows which labels were given after seeing a model, unless another came to them without', async () => {
    const saw = { sawModelFirst: true, model: { id: 'm', sha256: 'model' } };
    write('a.1', event('label', 'Pre', saw), event('group', 'patient 7'));
    expect(await opinion()).toMatchObject({ label: 'Pre', seen: ['model'], group: 'patient 7' });
    write('b.1', event('label', 'Pre', { reviewer: 'b', model: saw.model, sawModelFirst: false }));
    expect(await opinion()).toMatchObject({ label: 'Pre', seen: [] });
    write('c.1', event('adjudication', 'Pre', { reviewer: 'c', ...saw }));
    expect(await opinion()).toMatchObject({ label: 'Pre', seen: ['model'] });
  });

  it('leaves out a torn last line, says so, and refuses one in the middle', async () => {
    const line = JSON.stringify(event('label', 'Pre'));
    const file = join(root, '.smearlens/annotations/a.1.jsonl');
    writeFileSync(file, `${line}\n${line.slice(0, 30)}`);
    const torn: string[] = [];
    expect((await readAnnotations(join(root), (f) => torn.push(f))).get('x')?.label).toBe('Pre');
    expect(torn).toEqual([file]);
    writeFileSync(file, `${line.slice(0, 30)}\n${line}\n`);
    await expect(readAnnotations(root)).rejects.toThrow(/a\.1\.jsonl: line 1 is no event/);
  });

  it('finds the log above the folder, and says where there is none', async () => {
    write('a.1', event('label', 'Pre'));
    mkdirSync(join(root, 'images/today'), { recursive: true });
    expect((await readAnnotations(join(root, 'images/today'))).get('x')?.label).toBe('Pre');
    rmSync(join(root, '.smearlens'), { recursive: true });
    await expect(readAnnotations(root)).rejects.toMatchObject({ code: 'input-invalid' });
  });
});
