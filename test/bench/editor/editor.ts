/**
 * `npm run bench -- editor`: how long a reviewer waits, in a real VS Code (code-server and Chromium) with a production build:
 * activation; an image opened by a click, the first one of a window and later ones; the next image of a review session by its
 * key, prefetched and not. Each time ends when the frame with picture, verdict and overlay has been painted.
 *
 *   npm run bench -- editor [WINDOWS]     how many fresh windows to open for the first images (5)
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ROOT } from '../../vscode/harness/server';
import { median } from '../timing';
import type { Arrival } from './marks';
import { smearSets, type SmearSet } from './smears';
import { BenchWindow } from './window';

const SMEARS = 14;

/** One image on its way: times in milliseconds since the click or the key. */
type Way = Record<'page' | 'told' | 'analysed' | 'built' | 'painted', number> & { readonly outside: boolean };

async function main(windows: number): Promise<void> {
  execFileSync(process.execPath, ['esbuild.mjs', '--production'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const bytes = fs.statSync(path.join(ROOT, 'dist/extension.js')).size;
  const cores = os.availableParallelism();
  console.log(`${os.cpus()[0]?.model ?? 'CPU'}, ${cores} cores, load ${os.loadavg()[0]?.toFixed(1)}. All in milliseconds. dist/extension.js: ${(bytes / 1024).toFixed(1)} KB.`);
  for (const set of await smearSets(SMEARS)) await measure(set, windows);
}

async function measure(set: SmearSet, windows: number): Promise<void> {
  console.log(`\n${set.name}`);
  const [activations, firsts]: [number[], Way[]] = [[], []];
  for (let i = 1; i <= windows; i++) {
    const window = await BenchWindow.open(set.folder);
    try {
      firsts.push(await byClick(window, set.files[0] ?? ''));
      activations.push(await window.activation());
      if (i < windows) continue;
      report('activation', activations);
      reportWays('first image of a window, from the click', firsts);
      await later(window, set.files);
      await review(window, set.files);
    } finally {
      await window.close();
    }
  }
}

/** In the custom editor, the inference process and its model being warm. */
async function later(window: BenchWindow, files: readonly string[]): Promise<void> {
  const ways: Way[] = [];
  for (const file of files.slice(1)) {
    await window.rest();
    ways.push(await byClick(window, file));
  }
  reportWays('later image, from the click', ways);
}

async function byClick(window: BenchWindow, file: string): Promise<Way> {
  const { input, arrival } = await window.marks.untilShown(file, 'click', () => window.click(file));
  return wayOf(input, arrival);
}

async function review(window: BenchWindow, files: readonly string[]): Promise<void> {
  const { workbench, marks } = window;
  await workbench.runCommand('View: Close All Editors');
  await marks.untilShown(files[0] ?? '', 'Enter', () => workbench.runCommand('SmearLens: Review Folder'));
  const echoes: number[] = [];
  const prefetched: Way[] = [];
  for (const file of files.slice(1)) {
    await window.rest();
    // Off and on again.
    for (let i = 0; i < 2; i++) echoes.push(await marks.thereAndBack('o', () => window.press('o')));
    await window.rest();
    const { input, arrival } = await marks.untilShown(file, 'ArrowRight', () => window.press('ArrowRight'));
    if (arrival.told !== arrival.analysed) console.log(`  ${file} was not prefetched, and does not count.`);
    else prefetched.push(wayOf(input, arrival));
  }
  const jumps: Way[] = [];
  for (const at of [2, 8, 3, 9, 4, 10, 5, 11]) {
    const file = files[at] ?? '';
    await window.rest();
    const { input, arrival } = await marks.untilShown(file, 'Enter', () => workbench.fromExplorer(file, 'Review Folder'));
    jumps.push(wayOf(input, arrival));
  }
  reportWays('next image of a review, prefetched, from the key', prefetched);
  report('  of it, what VS Code takes for any key that is a command of the page', echoes);
  reportWays('far image of a review, not prefetched, from the menu', jumps);
}

function wayOf(input: number, { page, told, analysed, built, painted, outside }: Arrival): Way {
  return { page: page - input, told: told - input, analysed: analysed - input, built: built - input, painted: painted - input, outside };
}

function reportWays(title: string, ways: readonly Way[]): void {
  const outside = ways.filter((way) => way.outside).length;
  report(`${title}${outside > 0 ? ` (${outside} of ${ways.length} without an overlay, being outside the model's domain)` : ''}`, ways.map((way) => way.painted));
  const steps = (['page', 'told', 'analysed', 'built', 'painted'] as const).map((step) => [step, median(ways.map((way) => way[step]))] as const);
  console.log(`    ${steps.filter(([, time]) => time >= 0).map(([step, time]) => `${step} ${time.toFixed(0)}`).join(' → ')}`);
}

function report(title: string, times: readonly number[]): void {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(0);
  console.log(`  ${title}: median ${median(times).toFixed(0)}, least ${at(0)}, p90 ${at(0.9)} (${times.length} times)`);
}

void main(Number(process.argv[2] ?? 5)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
