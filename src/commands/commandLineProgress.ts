import * as vscode from 'vscode';
import { runCommandLine, type Ended } from '../editor/commandLine';

/** What a command of the command line is run with. */
export interface CommandLine {
  readonly log: vscode.LogOutputChannel;
  /** Path of dist/cli.js. */
  readonly entry: string;
}

/**
 * Runs the command line beneath a notification that can be cancelled.
 * @param onValue given each of its values that is not progress
 */
export async function runWithProgress(args: readonly string[], title: string, { log, entry }: CommandLine, onValue: (value: object) => void): Promise<Ended> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    let told = 0;
    return runCommandLine(args, {
      entry,
      signal: abort.signal,
      log: (text) => log.info(text),
      onValue: (value) => {
        if (!('progress' in value)) return onValue(value);
        const { step, done, total } = value.progress as { step?: string; done: number; total: number };
        // Steps each begin anew, which no bar can show.
        if (step !== undefined) return progress.report({ message: `${done} of ${total} ${step}` });
        progress.report({ message: `${done} of ${total} images`, increment: (100 * (done - told)) / Math.max(1, total) });
        told = done;
      },
    });
  });
}
