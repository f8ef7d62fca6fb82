/** How a run ends before its end: by Ctrl+C, or because nobody reads on (`| head`). */
import { EXIT } from './output';

/**
 * A signal that is aborted by the first Ctrl+C: the step at hand is finished, the rest is left. A second one ends the process.
 * @param log tells whoever waits
 */
export function onInterrupt(log: (text: string) => void): AbortSignal {
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    log('Stopping; press Ctrl+C again to stop at once.');
    controller.abort();
  });
  return controller.signal;
}

/** Once its reader is gone there is nothing left to do, and nobody to tell. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(EXIT.pipeClosed);
    });
  }
}
