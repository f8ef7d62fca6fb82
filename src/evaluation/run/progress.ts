/** How fast a run is and how long it will take. */

/** Milliseconds: the rate is that of the latest images, so that it follows changes (known images take no time). */
const WINDOW = 10_000;
const SAMPLE = 250;

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** Of the last ten seconds; null until it can be told. */
  readonly imagesPerSecond: number | null;
  readonly secondsLeft: number | null;
}

/** In one line, with the rate and what is left as far as they can be told. */
export function progressText({ done, total, imagesPerSecond, secondsLeft }: Progress): string {
  const rate = imagesPerSecond === null || secondsLeft === null ? '' : `, ${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0)} images/s, ${duration(secondsLeft)} left`;
  return `${done} of ${total} images${rate}`;
}

function duration(seconds: number): string {
  const s = Math.ceil(seconds);
  if (s < 60) return `${s} s`;
  const minutes = Math.ceil(s / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export class ProgressMeter {
  private readonly samples: { readonly at: number; readonly done: number }[] = [];

  constructor(
    private readonly total: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.samples.push({ at: now(), done: 0 });
  }

  at(done: number): Progress {
    const at = this.now();
    const last = this.samples[this.samples.length - 1];
    if (at - last.at >= SAMPLE) this.samples.push({ at, done });
    while (this.samples.length > 1 && at - this.samples[0].at > WINDOW) this.samples.shift();
    const [first] = this.samples;
    const rate = at > first.at ? (1000 * (done - first.done)) / (at - first.at) : 0;
    const imagesPerSecond = rate > 0 ? rate : null;
    return { done, total: this.total, imagesPerSecond, secondsLeft: imagesPerSecond === null ? null : (this.total - done) / imagesPerSecond };
  }
}
