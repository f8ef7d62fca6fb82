import { describe, expect, it } from 'vitest';
import { explorerOrder } from '../../../src/images/order';

describe('explorerOrder', () => {
  it('puts numbers in their order, folders before files', () => {
    const paths = ['smear-10.jpg', 'smear-2.jpg', 'Pre/b.jpg', 'Early/10.jpg', 'Early/deep/z.jpg', 'Early/9.jpg', 'aa.png'];
    expect(paths.sort(explorerOrder)).toEqual(['Early/deep/z.jpg', 'Early/9.jpg', 'Early/10.jpg', 'Pre/b.jpg', 'aa.png', 'smear-2.jpg', 'smear-10.jpg']);
  });

  it('tells apart what differs in its case alone, and nothing from itself', () => {
    expect(Math.sign(explorerOrder('A.jpg', 'a.jpg'))).toBe(-Math.sign(explorerOrder('a.jpg', 'A.jpg')));
    expect(explorerOrder('A.jpg', 'a.jpg')).not.toBe(0);
    expect(explorerOrder('x/a.jpg', 'x/a.jpg')).toBe(0);
  });
});
