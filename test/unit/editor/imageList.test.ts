import { describe, expect, it } from 'vitest';
import { ImageList, ImageQueue, type Images } from '../../../src/editor/imageList';

const all = (list: Images): (string | undefined)[] => Array.from({ length: list.length }, (_, i) => list.at(i));

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

describe('ImageQueue', () => {
  const queue = (): ImageQueue => new ImageQueue(['b.jpg', 'Pre/10.jpg', 'a.jpg', 'b.jpg']);

  it('keeps the order given, each image once', () => {
    expect(all(queue())).toEqual(['b.jpg', 'Pre/10.jpg', 'a.jpg']);
    expect(['b.jpg', 'a.jpg', 'c.jpg'].map((image) => queue().indexOf(image))).toEqual([0, 2, -1]);
  });

  it('takes up nothing, and lets go of what is gone', () => {
    const images = queue();
    expect(images.add()).toBe(false);
    expect(images.remove('Pre', '')).toBe(true);
    expect(images.remove('b.jpg', 'b.jpg')).toBe(false);
    expect(all(images)).toEqual(['b.jpg', 'a.jpg']);
    expect(images.indexOf('a.jpg')).toBe(1);
  });
});
