import { describe, expect, it } from 'vitest';
import { pageToRead } from '../../../src/images/tiffPages';

describe('pageToRead', () => {
  const sizes = (...sides: [number, number][]): { width: number; height: number }[] => sides.map(([width, height]) => ({ width, height }));

  it.each([
    ['a single page', sizes([9, 9]), 0],
    ['a stack', sizes([9, 9], [9, 9], [9, 9]), 0],
    ['a pyramid', sizes([101, 51], [50, 25], [25, 12]), 0],
    ['a pyramid from small to large', sizes([25, 12], [50, 25], [101, 51]), 2],
    ['a thumbnail first, but no pyramid', sizes([100, 100], [900, 700]), 0],
    ['an image, its thumbnail and a label', sizes([1000, 800], [200, 160], [300, 300]), 0],
  ])('of %s', (_what, pages, page) => {
    expect(pageToRead(pages)).toBe(page);
  });
});
