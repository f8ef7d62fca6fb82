/** Long computations in steps, so that whoever runs them can see to other things between two of them, or stop. */

/** Yields between two steps and returns what it came to. */
export type Steps<T> = Generator<undefined, T, undefined>;

/** All steps at once. */
export function whole<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
