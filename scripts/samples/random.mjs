/** Seeded randomness: the same seed draws the same smear. */

/**
 * Random numbers in [0, 1) from a 32-bit seed: a Weyl sequence through a 32-bit avalanche (Murmur3's finaliser).
 * @param {number} seed
 */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  const next = () => avalanche((state = (state + 0x9e3779b9) >>> 0)) / 2 ** 32;
  return {
    next,
    /** Uniform in [low, high). */
    between: (low, high) => low + (high - low) * next(),
    /** Whole number in [low, high]. */
    whole: (low, high) => low + Math.floor((high - low + 1) * next()),
    /** Bell-shaped around 0 with standard deviation 1, within ±3.5: the sum of twelve uniform numbers, cut. */
    bell: () => {
      let sum = -6;
      for (let i = 0; i < 12; i++) sum += next();
      return Math.max(-3.5, Math.min(3.5, sum));
    },
    /** A seed for something that shall not share this sequence. */
    seed: () => Math.floor(next() * 2 ** 32),
  };
}

/**
 * Smooth noise over the plane, between -1 and 1: random values at whole coordinates, blended between them, in octaves of
 * halved size and height.
 * @param {number} seed
 * @param {number} octaves
 * @returns {(x: number, y: number) => number}
 */
export function smoothNoise(seed, octaves = 1) {
  const corner = (x, y, octave) => avalanche(Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ (seed + octave * 0x51ed270b)) / 2 ** 31 - 1;
  const blend = (t) => t * t * (3 - 2 * t);
  return (x, y) => {
    let [sum, height, whole] = [0, 1, 0];
    for (let octave = 0; octave < octaves; octave++) {
      const [column, row] = [Math.floor(x), Math.floor(y)];
      const [u, v] = [blend(x - column), blend(y - row)];
      const top = corner(column, row, octave) * (1 - u) + corner(column + 1, row, octave) * u;
      const bottom = corner(column, row + 1, octave) * (1 - u) + corner(column + 1, row + 1, octave) * u;
      sum += height * (top * (1 - v) + bottom * v);
      whole += height;
      height /= 2;
      x *= 2;
      y *= 2;
    }
    return sum / whole;
  };
}

function avalanche(value) {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
