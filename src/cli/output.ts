/** How results and failures leave the command line: lines for people, JSON Lines for machines; logs go to stderr. */
import { toErrorInfo } from '../errors';

/** Exit codes of the command line; the last two as a shell gives them for SIGINT and SIGPIPE. */
export const EXIT = { ok: 0, someFailed: 1, usage: 2, interrupted: 130, pipeClosed: 141 } as const;

export class Output {
  private failures = 0;

  /** With `json`, stdout carries one JSON value a line and nothing else. */
  constructor(readonly json: boolean) {}

  /** One result, in both forms. */
  result(value: object, text: () => string): void {
    process.stdout.write(`${this.json ? JSON.stringify(value) : text()}\n`);
  }

  /** What is said to people only. */
  remark(text: string): void {
    if (!this.json) process.stdout.write(`${text}\n`);
  }

  /** One input that failed; the run goes on. */
  failure(path: string, thrown: unknown): void {
    this.failures++;
    const error = toErrorInfo(thrown);
    if (this.json) process.stdout.write(`${JSON.stringify({ path, error })}\n`);
    else process.stderr.write(`${error.message}\n  ${error.hint}\n`);
  }

  /** A remark for whoever watches. */
  log(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  /** How far a long work is, in one line that is written over; '' takes it away. Only for people at a terminal. */
  progress(text: string): void {
    if (!this.json && process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  }

  get exitCode(): number {
    return this.failures > 0 ? EXIT.someFailed : EXIT.ok;
  }
}
