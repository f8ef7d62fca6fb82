import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { changesBetween, changesMarkdown, type Manifest, type ReleasedImage } from '../../../src/curation/release';
import { isVerified, verifyFile, type ChainHead } from '../../../src/curation/verify';

/** Lines of a log, chained; `from` continues a chain. */
function chain(notes: readonly string[], from = ''): { text: string; head: string } {
  let head = from;
  const lines = notes.map((value, i) => {
    const line = JSON.stringify({ v: 1, id: `${value}${i}`, time: '2026-01-01T00:00:00Z', reviewer: 'Anna', type: 'note', value, previous: head });
    head = createHash('sha256').update(line).digest('hex');
    return line;
  });
  return { text: `${lines.join('\n')}\n`, head };
}

const whole = chain(['a', 'b', 'c']);
const before: ChainHead = { head: whole.head, lines: 3 };
const verified = (text: string | undefined, head: ChainHead | undefined = before): ReturnType<typeof verifyFile> => verifyFile('Anna.jsonl', text === undefined ? undefined : Buffer.from(text), head);
const without = (line: number): string => whole.text.split('\n').filter((_, i) => i !== line).join('\n');

it.each([
  ['the same file', whole.text, 'same', true],
  ['one that was appended to', whole.text + chain(['d'], whole.head).text, 'appended', true],
  ['a line changed', whole.text.replace('"a"', '"x"'), 'changed', false],
  ['the last line changed', whole.text.replace('"c"', '"x"'), 'changed', false],
  ['a line taken out', without(1), 'removed', false],
  ['the end cut off', without(2), 'removed', false],
  ['a line put in', chain(['z']).text + whole.text, 'inserted', false],
  ['a chain written anew', chain(['a', 'x', 'c']).text, 'changed', false],
  ['a file that is gone', undefined, 'missing', false],
] as const)('%s', (_, text, since, ok) => {
  const file = verified(text);
  expect([file.since, isVerified(file)]).toEqual([since, ok]);
});

it('cannot tell a chain that was written anew without a release, and tells a torn line', () => {
  const anew = verifyFile('Anna.jsonl', Buffer.from(chain(['a', 'x', 'c']).text), undefined);
  expect([anew.since, isVerified(anew)]).toEqual([undefined, true]);
  const torn = verified(`${whole.text}{"v":1`);
  expect([torn.since, torn.problems[0].kind, isVerified(torn)]).toEqual(['same', 'torn', false]);
});

it('says what differs between releases, by content', () => {
  const image = (path: string, sha256: string, label: string | null, group: string | null = null): ReleasedImage => ({ path, sha256, label, status: label === null ? 'disputed' : 'labelled', group, split: null });
  const manifest = (images: ReleasedImage[], ids: string[]): Manifest => ({ schemaVersion: 1, researchUse: '', software: 'S', created: '2026-01-02T00:00:00Z', folder: 'f', classes: ids.map((id) => ({ id, name: id })), classesAreFixed: true, chainHeads: {}, previous: null, images });
  const old = manifest([image('a.png', '1', 'Pre'), image('b.png', '2', 'Pro'), image('c.png', '3', 'Pro')], ['Pre', 'Pro']);
  const now = manifest([image('a.png', '1', null), image('x/b.png', '2', 'Pro', 'p1'), image('d.png', '4', 'Pre')], ['Pre', 'Pro', 'Early']);
  const changes = changesBetween(old, now);
  expect(changes).toMatchObject({
    added: [{ path: 'd.png' }],
    removed: [{ path: 'c.png' }],
    relabelled: [{ path: 'a.png', before: 'Pre', after: 'disputed' }],
    regrouped: [{ path: 'x/b.png', before: 'no group', after: 'p1' }],
    moved: [{ before: 'b.png', after: 'x/b.png' }],
    classes: { added: ['Early'], removed: [] },
  });
  expect(changesMarkdown(changes, now)).toContain('- a.png: Pre → disputed');
  expect(changesMarkdown(undefined, now)).toContain('first release: 3 images');
});
