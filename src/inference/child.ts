/** One run of the inference process, from fork to death, as seen from the host. */
import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { FromInference, ToInference } from '../protocol/inference';
import { HEARTBEAT_MS, Watchdog } from './heartbeat';

export type Log = (level: 'info' | 'warn' | 'error', text: string) => void;

export interface ChildOptions {
  /** Path of the bundle, dist/inference.js. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  readonly log: Log;
  /** Heartbeats that may be missed in a row; the first is given longer, since native libraries load before it. */
  readonly silentTicks?: number | undefined;
  readonly startTicks?: number | undefined;
}

/** Why the process ended. */
export interface Death {
  readonly reason: string;
  /** Ended by us for a cause that says nothing against its calls. */
  readonly deliberate: boolean;
  /** What it last wrote to stderr. */
  readonly lastWords: string;
}

const LAST_WORDS = 5;

export class InferenceChild {
  /** Resolves once the process has ended and every message that it sent has been delivered. */
  readonly gone: Promise<Death>;
  private readonly process: ChildProcess;
  private readonly lastWords: string[] = [];
  private killed?: { reason: string; deliberate: boolean };

  constructor(options: ChildOptions, onMessage: (message: FromInference) => void) {
    const child = fork(options.entry, [], {
      execArgv: [],
      serialization: 'advanced',
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.process = child;
    const watchdog = new Watchdog(
      { tickMs: HEARTBEAT_MS, firstTicks: options.startTicks ?? 30, ticks: options.silentTicks ?? 10 },
      () => this.kill('it no longer answered', { deliberate: false }),
    );
    child.on('message', (message: FromInference) => {
      watchdog.heard();
      onMessage(message);
    });
    forLines(child.stdout, (line) => options.log('info', line));
    forLines(child.stderr, (line) => {
      this.lastWords.push(line);
      this.lastWords.splice(0, this.lastWords.length - LAST_WORDS);
      options.log('warn', line);
    });
    this.gone = new Promise((resolve) => {
      const end = (reason: string): void => {
        watchdog.stop();
        const { reason: why, deliberate } = this.killed ?? { reason, deliberate: false };
        resolve({ reason: why, deliberate, lastWords: this.lastWords.join('\n') });
      };
      // 'close' comes after 'exit', when the pipes have been read to their end: no reply sent before death is lost.
      child.on('close', (code, signal) => end(signal ? `it was ended by ${signal}` : `it ended with code ${code}`));
      child.on('error', (error) => {
        if (child.pid === undefined) end(`it could not be started: ${error.message}`);
      });
    });
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** A message that cannot be sent means that the process is dying; `gone` tells. */
  send(message: ToInference): void {
    this.process.send(message, () => undefined);
  }

  kill(reason: string, options: { deliberate: boolean }): void {
    this.killed ??= { reason, ...options };
    this.process.kill('SIGKILL');
  }

  /** Whether this process is a reason for the host's event loop to go on: a program that awaits nothing may end. */
  hold(needed: boolean): void {
    const { process: child } = this;
    for (const handle of [child, child.channel, child.stdout as Socket | null, child.stderr as Socket | null]) {
      if (needed) handle?.ref();
      else handle?.unref();
    }
  }
}

function forLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', onLine);
}

/**
 * The environment of the inference process. In VS Code desktop `process.execPath` is Electron, which is Node only when
 * told so; and there, on Linux, native sharp clashes with Electron's GLib, so its WebAssembly build is asked for.
 */
export function childEnvironment(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
  electron: boolean = 'electron' in process.versions,
): NodeJS.ProcessEnv {
  if (!electron) return env;
  const sharp = platform === 'linux' ? { SMEARLENS_SHARP: env.SMEARLENS_SHARP ?? 'wasm' } : {};
  return { ...env, ...sharp, ELECTRON_RUN_AS_NODE: '1' };
}
