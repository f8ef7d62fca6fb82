/** Minimises a smooth function: L-BFGS (Nocedal and Wright 2006, algorithms 7.4 and 7.5) with a line search that halves until Armijo's condition holds. */

export interface LbfgsOptions {
  /** Largest component of the gradient at which it ends. */
  readonly tolerance: number;
  readonly iterations: number;
  /** Told after each step; ends it where it answers false. */
  readonly goOn?: (() => boolean | Promise<boolean>) | undefined;
}

/** Steps that the curvature is told from. */
const MEMORY = 10;
const ARMIJO = 1e-4;
const HALVINGS = 40;

/**
 * @param x the beginning, which becomes the minimum
 * @param evaluate the value at `x`; writes the gradient
 * @returns steps taken
 */
export async function lbfgs(x: Float64Array, evaluate: (x: Float64Array, gradient: Float64Array) => number, { tolerance, iterations, goOn }: LbfgsOptions): Promise<number> {
  const n = x.length;
  let gradient = new Float64Array(n);
  let next = new Float64Array(n);
  const direction = new Float64Array(n);
  const trial = new Float64Array(n);
  const pairs: { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[] = [];
  let value = evaluate(x, gradient);
  for (let step = 0; step < iterations; step++) {
    if (largest(gradient) <= tolerance) return step;
    twoLoops(direction, gradient, pairs);
    let slope = dot(direction, gradient);
    if (slope >= 0) {
      // Rounding has spoilt the curvature.
      pairs.length = 0;
      for (let i = 0; i < n; i++) direction[i] = -gradient[i];
      slope = dot(direction, gradient);
    }
    let length = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let reached = Infinity;
    for (let halving = 0; halving < HALVINGS; halving++, length /= 2) {
      for (let i = 0; i < n; i++) trial[i] = x[i] + length * direction[i];
      reached = evaluate(trial, next);
      if (reached <= value + ARMIJO * length * slope) break;
    }
    // No step is lower: as near as numbers of this size come.
    if (!(reached < value)) return step;
    const s = Float64Array.from(trial, (v, i) => v - x[i]);
    const y = Float64Array.from(next, (v, i) => v - gradient[i]);
    const curvature = dot(s, y);
    if (curvature > 1e-12 * dot(y, y)) {
      pairs.push({ s, y, rho: 1 / curvature });
      if (pairs.length > MEMORY) pairs.shift();
    }
    x.set(trial);
    [gradient, next] = [next, gradient];
    value = reached;
    if (goOn && !(await goOn())) return step + 1;
  }
  return iterations;
}

/** The direction −H·g, H the inverse curvature as the latest steps tell it. */
function twoLoops(direction: Float64Array, gradient: Float64Array, pairs: readonly { readonly s: Float64Array; readonly y: Float64Array; readonly rho: number }[]): void {
  direction.set(gradient);
  const alphas = pairs.map(() => 0);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k];
    alphas[k] = rho * dot(s, direction);
    add(direction, -alphas[k], y);
  }
  const last = pairs.at(-1);
  const scale = last ? 1 / (last.rho * dot(last.y, last.y)) : 1;
  for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  for (const [k, { s, y, rho }] of pairs.entries()) add(direction, alphas[k] - rho * dot(y, direction), s);
  for (let i = 0; i < direction.length; i++) direction[i] = -direction[i];
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function add(to: Float64Array, factor: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * from[i];
}

function largest(values: Float64Array): number {
  return values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
}
