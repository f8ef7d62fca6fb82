import { describe, expect, it } from 'vitest';
import { ImageList } from '../../../src/editor/imageList';

const all = (list: ImageList): (string | undefined)[] => Array.from({ length: list.length }, (_, i) => list.at(i));

describe('ImageList', () => {
  const list = (): ImageList => new ImageList(['b.jpg', 'Pre/10.jpg', 'Pre/9.jpg', 'b.jpg']);

  it('holds each image once, in the order of the Explorer', () => expect(all(list())).toEqual(['Pre/9.jpg', 'Pre/10.jpg', 'b.jpg']));

  it('finds each of them, and nothing else', () => {
    expect(['Pre/9.jpg', 'Pre/10.jpg', 'b.jpg', 'a.jpg', 'Pre'].map((image) => list().indexOf(image))).toEqual([0, 1, 2, -1, -1]);
  });

  it('takes up a new image at its place, and no other file', () => {
    const images = list();
    expect(images.add('Pre/9b.png')).toBe(true);
    expect([images.add('Pre/9b.png'), images.add('notes.txt'), images.add('.trash/a.jpg'), images.add('Pre/.a.jpg'), images.add('Pre')]).toEqual([false, false, false, false, false]);
    expect(all(images)).toEqual(['Pre/9.jpg', 'Pre/9b.png', 'Pre/10.jpg', 'b.jpg']);
  });

  it('lets go of a file, or of all files of a folder, but for the one that is to stay', () => {
    const images = list();
    expect(images.remove('b.jpg', '')).toBe(true);
    expect(images.remove('c.jpg', '')).toBe(false);
    expect(images.remove('Pr', '')).toBe(false);
    expect(images.remove('Pre', 'Pre/9.jpg')).toBe(true);
    expect(all(images)).toEqual(['Pre/9.jpg']);
    expect(images.remove('Pre/9.jpg', 'Pre/9.jpg')).toBe(false);
  });
});
