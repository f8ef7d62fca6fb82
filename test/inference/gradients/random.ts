/** Numbers that are the same in every run, exact in float32, and away from where a function has no derivative. */

/** What values an operator can be differentiated at. */
export interface ValueRange {
  /** Smallest and largest value, about; ±2 unless given. */
  readonly low?: number;
  readonly high?: number;
  /** Points to keep a distance from. */
  readonly kinks?: readonly number[];
  /** No two values closer than {@link APART}, also between operands: for maxima. */
  readonly apart?: boolean;
}

/** A finite difference must not cross a kink: its reach is 2 · {@link STEP}. */
export const STEP = 1 / 64;
const MARGIN = 5 / 128;
const APART = 1 / 8;
/** Values are multiples of this, so that value ± step is exact. */
const GRAIN = 1 / 1024;

/** Numbers in [0, 1), the same for the same name (FNV-1a, then mulberry32). */
export function generator(name: string): () => number {
  let state = 2166136261;
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @param operand shifts values that must be apart from those of other operands */
export function randomValues(name: string, count: number, range: ValueRange, operand = 0): Float32Array {
  const { low = -2, high = 2, kinks = [], apart = false } = range;
  const random = generator(name);
  if (apart) {
    // Small operands, too, are spread over ±2, so that each wins somewhere.
    const places = Math.max(count, 4 / APART);
    const shift = Math.round((operand * APART) / 3 / GRAIN) * GRAIN - Math.floor(places / 2) * APART;
    return Float32Array.from(shuffled(places, random).slice(0, count), (place) => place * APART + shift);
  }
  return Float32Array.from({ length: count }, () => {
    const value = Math.round((low + (high - low) * random()) / GRAIN) * GRAIN;
    const kink = kinks.find((k) => Math.abs(value - k) < MARGIN);
    return kink === undefined ? value : Math.round((kink + (random() < 0.5 ? -2 : 2) * MARGIN) / GRAIN) * GRAIN;
  });
}

/** The numbers below `count`. */
export function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
