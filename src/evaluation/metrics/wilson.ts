/** Interval of a proportion of independent trials. */
import { Z95 } from './normal';

/** Wilson's (1927) 95 % score interval of successes/trials, both ends within 0 to 1; null of no trials. */
export function wilson(successes: number, trials: number): { readonly low: number; readonly high: number } | null {
  if (trials === 0) return null;
  const [p, z2] = [successes / trials, Z95 ** 2];
  const centre = (p + z2 / (2 * trials)) / (1 + z2 / trials);
  const half = (Z95 * Math.sqrt((p * (1 - p)) / trials + z2 / (4 * trials ** 2))) / (1 + z2 / trials);
  return { low: successes === 0 ? 0 : centre - half, high: successes === trials ? 1 : centre + half };
}
