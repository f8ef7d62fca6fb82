/** How each side of the inference process learns that the other still lives. */

/** The inference process says this often, in milliseconds, that its main thread turns. */
export const HEARTBEAT_MS = 1000;

/** Calls `beat` at once and then as long as this thread turns. */
export function startHeartbeat(beat: () => void): void {
  beat();
  setInterval(beat, HEARTBEAT_MS);
}

/**
 * Notices silence. It counts its own ticks rather than compare clocks: after the machine slept, or this thread was
 * blocked, a single tick is due, and what the other side said meanwhile is read before the next.
 */
export class Watchdog {
  private silent = 0;
  private heardOnce = false;
  private readonly timer: NodeJS.Timeout;

  /**
   * @param firstTicks ticks allowed until the first sign of life (loading native libraries takes long on a cold disk)
   * @param ticks ticks allowed after that
   */
  constructor(options: { tickMs: number; firstTicks: number; ticks: number }, onSilence: () => void) {
    this.timer = setInterval(() => {
      this.silent += 1;
      if (this.silent < (this.heardOnce ? options.ticks : options.firstTicks)) return;
      this.stop();
      onSilence();
    }, options.tickMs);
    // A watch is no reason for a program to go on.
    this.timer.unref();
  }

  /** A sign of life. */
  heard(): void {
    this.silent = 0;
    this.heardOnce = true;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
