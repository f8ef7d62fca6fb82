/** Groups guessed from file names: images of one smear are often numbered one after the other, and a gap begins another. */
import * as path from 'node:path';

/**
 * Runs of neighbouring numbers: files of one folder whose names differ in their last number alone belong together as long as
 * each number follows the one before. Add all paths, then ask.
 */
export class FileRuns {
  /** By folder and name without the number. */
  private readonly numbers = new Map<string, number[]>();
  /** First numbers of the runs, ascending; made of the numbers when they are first asked for. */
  private starts: Map<string, number[]> | undefined;

  add(file: string): void {
    const { series, number } = numbered(file);
    if (number === undefined) return;
    const known = this.numbers.get(series);
    if (known) known.push(number);
    else this.numbers.set(series, [number]);
    this.starts = undefined;
  }

  /** @returns the name of the run, e.g. 'Pre/WBC-#.jpg 12'; a file without a number is a run of its own */
  groupOf(file: string): string {
    this.starts ??= new Map([...this.numbers].map(([series, numbers]) => [series, startsOf(numbers)]));
    const { series, number } = numbered(file);
    if (number === undefined) return file;
    const starts = this.starts.get(series) ?? [];
    return `${series} ${starts[lastUpTo(starts, number)] ?? number}`;
  }
}

function startsOf(numbers: number[]): number[] {
  numbers.sort((a, b) => a - b);
  return numbers.filter((number, i) => i === 0 || number - numbers[i - 1] > 1);
}

/** The last number of a file's name, and the path with '#' in its place. */
function numbered(file: string): { series: string; number?: number } {
  const { dir, name, ext } = path.posix.parse(file);
  const found = /^(.*?)(\d+)(\D*)$/s.exec(name);
  if (!found) return { series: file };
  return { series: path.posix.join(dir, `${found[1]}#${found[3]}${ext}`), number: Number(found[2]) };
}

/** Position of the last element that is at most `limit`, by bisection; -1 where there is none. */
function lastUpTo(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
