/** How arguments of the command line are read. */
import { InvalidArgumentError, Option } from 'commander';

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

export function parseNames(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim());
}

export function parseColour(text: string): readonly [number, number, number] {
  const [r, g, b, ...more] = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (more.length > 0 || ![r, g, b].every((v) => v >= 0 && v <= 255)) throw new InvalidArgumentError('three numbers from 0 to 255, separated by commas.');
  return [r, g, b];
}

/** A number from 0 to `most`. */
export function parseShare(most: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!(value >= 0 && value <= most)) throw new InvalidArgumentError(`a number from 0 to ${most}.`);
    return value;
  };
}

/** A number above 0. */
export function parsePositive(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('a number above 0.');
  return value;
}

export function providerOption(): Option {
  return new Option('--provider <name>', 'execution provider').choices(['auto', 'cpu', 'webgpu', 'cuda', 'dml', 'coreml']).default('auto');
}
