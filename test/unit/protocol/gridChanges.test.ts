import { describe, expect, it } from 'vitest';
import type { GridImage } from '../../../src/protocol/grid';
import { applyChange, changeOf } from '../../../src/protocol/gridChanges';

const image = (path: string, more: Partial<GridImage> = {}): GridImage => ({ path, uri: `uri of ${path}`, sha256: `sha of ${path}`, state: 'unlabelled', ...more });
const three = [image('a'), image('b'), image('c')];

describe("changes of the grid's images", () => {
  it.each<[string, readonly GridImage[], readonly GridImage[], readonly string[], readonly string[] | undefined]>([
    ['nothing', three, three.map((own) => ({ ...own })), [], undefined],
    ['a label', three, [image('a'), image('b', { state: 'labelled', label: 'Pre' }), image('c')], ['b'], undefined],
    ['a label of null', [image('a', { label: 'Pre' })], [image('a', { label: null })], ['a'], undefined],
    ['a label taken back', [image('a', { label: null })], [image('a')], ['a'], undefined],
    ['a file read', [image('a', { sha256: undefined })], [image('a')], ['a'], undefined],
    ['a reason', three, [image('a', { reason: 'new' }), image('b'), image('c')], ['a'], undefined],
    ['a picture', three, [image('a', { uri: undefined }), image('b'), image('c')], ['a'], undefined],
    ['the order', three, [image('c'), image('a'), image('b')], [], ['c', 'a', 'b']],
    ['a new image', three, [image('a'), image('aa'), image('b'), image('c')], ['aa'], ['a', 'aa', 'b', 'c']],
    ['an image gone', three, [image('a'), image('c')], [], ['a', 'c']],
    ['everything', [], three, ['a', 'b', 'c'], ['a', 'b', 'c']],
    ['nothing left', three, [], [], []],
  ])('tell %s', (_, before, after, changed, paths) => {
    const change = changeOf(before, after);
    expect(change.changed.map(({ path }) => path)).toEqual(changed);
    expect(change.paths).toEqual(paths);
    expect(applyChange(before, change)).toEqual(after);
  });

  it('are small: of 10,000 images one label is one image', () => {
    const many = Array.from({ length: 10_000 }, (_, i) => image(`folder/field-${i}.png`));
    const labelled = many.map((own, i) => (i === 5000 ? { ...own, state: 'labelled' as const, label: 'Pro' } : own));
    expect(JSON.stringify(changeOf(many, labelled)).length).toBeLessThan(500);
  });
});
