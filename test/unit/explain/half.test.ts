import { describe, expect, it } from 'vitest';
import { toHalfBits } from '../../../src/explain/half';

/** IEEE 754 half precision, decoded. */
function fromBits(bits: number): number {
  const [sign, exponent, mantissa] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0x1f) return mantissa ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? mantissa * 2 ** -24 : (1 + mantissa / 1024) * 2 ** (exponent - 15));
}

describe('toHalfBits', () => {
  it('keeps every number that half precision holds', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = fromBits(bits);
      if (Number.isNaN(value)) expect(fromBits(toHalfBits(value))).toBeNaN();
      else expect(toHalfBits(value)).toBe(bits);
    }
  });

  it('rounds to the nearest, ties to even', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const [low, high] = [fromBits(bits), fromBits(bits + 1)];
      const middle = (low + high) / 2;
      expect(toHalfBits(middle)).toBe(bits % 2 === 0 ? bits : bits + 1);
      expect(toHalfBits(low + (high - low) * 0.49)).toBe(bits);
      expect(toHalfBits(low + (high - low) * 0.51)).toBe(bits + 1);
    }
  });

  it('overflows to infinity and underflows to zero', () => {
    expect([65520, -1e9, Infinity].map((v) => fromBits(toHalfBits(v)))).toEqual([Infinity, -Infinity, Infinity]);
    expect(toHalfBits(2 ** -26)).toBe(0);
  });
});
