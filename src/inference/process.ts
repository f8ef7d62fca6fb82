/** The life of the inference process as seen from inside: it serves its parent and ends with it. */
import { writeSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import type { FromInference, ToInference } from '../protocol/inference';
import { EngineThread } from './engineThread';
import { startHeartbeat } from './heartbeat';
import { serve, type Preparation } from './server';

/**
 * Serves the parent that forked this process, until it is gone.
 *
 * @param createWorker starts the thread that calls {@link import('./worker').runWorker}
 */
export function serveParent(preparation: Preparation, createWorker: () => Worker): void {
  const send = process.send?.bind(process);
  if (!send) throw new Error('The inference process is started by SmearLens (child_process.fork), not by hand.');
  // A send that fails means that the parent is gone, which 'disconnect' tells.
  const post = (message: FromInference): void => void send(message, undefined, undefined, () => undefined);

  process.on('disconnect', () => end());
  process.on('uncaughtException', (error) => end(error.stack ?? error.message));

  startHeartbeat(() => post({ kind: 'heartbeat' }));
  const engine = new EngineThread(createWorker(), {
    log: (level, text) => post({ kind: 'log', level, text }),
    death: (reason) => end(reason),
  });
  const channel = { send: post, onMessage: (listener: (message: ToInference) => void) => process.on('message', listener) };
  serve(channel, preparation, engine);
  void engine.ready.then(() => post({ kind: 'ready' }));
}

/**
 * Ends this process at once. process.exit would wait for the worker's native call and then abort; there is nothing to
 * save, and the operating system frees what the sessions hold.
 */
function end(reason?: string): void {
  try {
    if (reason) writeSync(process.stderr.fd, `${reason}\n`);
  } finally {
    process.kill(process.pid, 'SIGKILL');
  }
}
