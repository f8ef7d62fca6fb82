import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fromErrorInfo, SmearLensError, type ErrorInfo } from '../errors';
import { childEnvironment } from '../inference/child';

export interface CommandLineOptions {
  /** Path of the bundle, dist/cli.js. */
  readonly entry: string;
  /** Ends it as Ctrl+C does: the step at hand is finished and what was done is kept. */
  readonly signal: AbortSignal;
  /** Given each JSON value on its stdout, one a line. */
  readonly onValue: (value: object) => void;
  /** Given each line on its stderr. */
  readonly log: (text: string) => void;
}

/** How it ended. */
export interface Ended {
  /** It was cancelled before its end. */
  readonly cancelled: boolean;
  /** What it said last of something that failed, where it did not end well; an input may be what failed, or all of it. */
  readonly failure: SmearLensError | undefined;
}

/**
 * Runs the command line with `--json` as a process of its own: work of hours belongs neither into the extension host nor into the process that
 * reviewers wait for. Without 'vscode'.
 */
export async function runCommandLine(args: readonly string[], { entry, signal, onValue, log }: CommandLineOptions): Promise<Ended> {
  const child = fork(entry, [...args, '--json'], { execArgv: [], env: childEnvironment(process.env), stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const interrupt = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt, { once: true });
  let failure: ErrorInfo | undefined;
  const read = Promise.all([
    followed(child.stdout, (line) => {
      const value = JSON.parse(line) as object;
      if ('error' in value) failure = value.error as ErrorInfo;
      else onValue(value);
    }),
    followed(child.stderr, log),
  ]);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    await read;
    if (signal.aborted || code === 0) return { cancelled: signal.aborted, failure: undefined };
    const unsaid = new SmearLensError('internal', `smearlens ${args[0] ?? ''} ended with code ${code ?? 'none'}.`, 'See the log for what it said last.');
    return { cancelled: false, failure: failure ? fromErrorInfo(failure) : unsaid };
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

async function followed(stream: NodeJS.ReadableStream | null, take: (line: string) => void): Promise<void> {
  if (!stream) return;
  for await (const line of createInterface({ input: stream })) if (line !== '') take(line);
}
