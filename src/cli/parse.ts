/** How arguments of the command line are read. */
import { InvalidArgumentError } from 'commander';

/** A path from an unset shell variable is empty, and would mean the current folder. */
export function parsePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('it is empty.');
  return text;
}

/** A whole number of `least` to 2³² − 1. */
export function parseWhole(least: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!Number.isInteger(value) || value < least || value >= 2 ** 32) throw new InvalidArgumentError(`a whole number from ${least} on.`);
    return value;
  };
}

export function collectPath(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, parsePath(text)];
}

/** The last '=' divides: names of folders are freer than ids of classes. */
export function collectMapping(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new InvalidArgumentError('NAME=CLASS, e.g. "early blasts=Early".');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
