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
    const all = Array.from({ length: 0x10000 }, (_, bits) => bits);
    expect(all.filter((bits) => !Number.isNaN(fromBits(bits)) && toHalfBits(fromBits(bits)) !== bits)).toEqual([]);
    expect(all.filter((bits) => Number.isNaN(fromBits(bits)) && !Number.isNaN(fromBits(toHalfBits(NaN))))).toEqual([]);
  });

  it('rounds to the nearest, ties to even', () => {
    const wrong = Array.from({ length: 0x7bff }, (_, bits) => bits).filter((bits) => {
      const [low, high] = [fromBits(bits), fromBits(bits + 1)];
      const at = (share: number): number => toHalfBits(low + (high - low) * share);
      return at(0.5) !== (bits % 2 === 0 ? bits : bits + 1) || at(0.49) !== bits || at(0.51) !== bits + 1;
    });
    expect(wrong).toEqual([]);
  });

  it('overflows to infinity and underflows to zero', () => {
    expect([65520, -1e9, Infinity].map((v) => fromBits(toHalfBits(v)))).toEqual([Infinity, -Infinity, Infinity]);
    expect(toHalfBits(2 ** -26)).toBe(0);
  });
});
