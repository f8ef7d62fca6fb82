/** Conversions to IEEE 754 half precision, which Node.js 20 has no array type for. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest half-precision number (ties to even) as its 16 bits; beyond ±65504 it is infinite. */
export function toHalfBits(value: number): number {
  float[0] = value;
  const x = bits[0];
  const sign = (x >>> 16) & 0x8000;
  const exponent = (x >>> 23) & 0xff;
  let mantissa = x & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (mantissa ? 0x200 : 0);
  let half = exponent - 112;
  let shift = 13;
  if (half <= 0) {
    // Subnormal: the implicit one becomes explicit and everything moves right.
    if (half < -10) return sign;
    mantissa |= 0x800000;
    shift += 1 - half;
    half = 0;
  }
  const rest = mantissa & ((1 << shift) - 1);
  const halfway = 1 << (shift - 1);
  let result = half * 0x400 + (mantissa >>> shift);
  if (rest > halfway || (rest === halfway && (result & 1) === 1)) result++;
  return sign | (result >= 0x7c00 ? 0x7c00 : result);
}

/** Element by element {@link toHalfBits}. */
export function toHalf(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, toHalfBits);
}
