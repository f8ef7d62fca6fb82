/** Side-by-side timing: contestants take turns within one process, and ratios are taken turn by turn. */

export interface Contestant {
  readonly name: string;
  run(): Promise<unknown>;
}

export interface Timing {
  readonly name: string;
  /** Median wall time of one run, in milliseconds. */
  readonly median: number;
  /** Median over the turns of this contestant's time by the first one's. */
  readonly ratio: number;
}

/** Runs all contestants `turns` times in turn, after `warmUp` turns that do not count. */
export async function race(contestants: readonly Contestant[], turns: number, warmUp = 5): Promise<Timing[]> {
  const times: number[][] = contestants.map(() => []);
  for (let turn = -warmUp; turn < turns; turn++) {
    for (const [i, contestant] of contestants.entries()) {
      const start = performance.now();
      await contestant.run();
      if (turn >= 0) times[i].push(performance.now() - start);
    }
  }
  return contestants.map(({ name }, i) => ({ name, median: median(times[i]), ratio: median(times[i].map((t, turn) => t / times[0][turn])) }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Environment for PyTorch: it frees and asks for the same large blocks at every step, which cost most of the time where glibc returns them to the kernel. */
export const KEEP_MEMORY = { MALLOC_MMAP_THRESHOLD_: String(2 ** 30), MALLOC_TRIM_THRESHOLD_: String(2 ** 31 - 1) };
