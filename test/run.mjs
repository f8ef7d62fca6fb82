/**
 * `npm test`: every check, stage by stage, with each stage's time; the last line is `N passed, N failed`.
 * `npm run soak` runs the fuzzing and endurance tests at full count.
 *
 * node test/run.mjs [--soak] [stage ...]      stages: static, unit, inference, vscode, soak
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const out = path.join(root, 'out/test');
const bin = (name) => path.join(root, 'node_modules/.bin', name);
const fullSoak = process.argv.includes('--soak');
const wanted = process.argv.slice(2).filter((a) => !a.startsWith('--'));

/** Seconds, on two cores. A stage over its budget is reported; the whole fails over LIMIT. */
const stages = {
  static: { budget: 120, run: () => [check('eslint', ['.']), check('depcruise', ['src', 'webview', '--config', '.dependency-cruiser.cjs']), check('tsc', ['--noEmit', '-p', '.']), check('tsc', ['--noEmit', '-p', 'webview']), check('tsc', ['--noEmit', '-p', 'test/vscode']), check('tsc', ['--noEmit', '-p', 'test/bench/editor'])] },
  unit: { budget: 120, run: () => [vitest('unit'), ...python()] },
  inference: { budget: 480, run: () => [node(['esbuild.mjs']), vitest('inference')] },
  vscode: { budget: 720, run: () => [command('bash', ['test/vscode/install-host.sh']), node(['esbuild.mjs']), summed(['test/vscode/run.mjs'])] },
  soak: { budget: 300, run: () => soak(fullSoak) },
};
const LIMIT = 35 * 60;

let passed = 0;
let failed = 0;
let total = 0;
/** Named at the end, where they are not overlooked. */
const failures = [];
for (const [name, stage] of Object.entries(stages)) {
  if (fullSoak ? name !== 'soak' : wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}`);
  const start = performance.now();
  for (const result of stage.run()) {
    passed += result.passed;
    failed += result.failed;
  }
  const seconds = (performance.now() - start) / 1000;
  total += seconds;
  console.log(`== ${name}: ${seconds.toFixed(0)} s${seconds > stage.budget ? ` (over its budget of ${stage.budget} s)` : ''}`);
}
if (!fullSoak && total > LIMIT) {
  console.log(`The stages took ${total.toFixed(0)} s, more than ${LIMIT} s.`);
  failed++;
}
if (passed + failed === 0) failed++;
if (failures.length > 0) console.log(['\nFailed:', ...failures].join('\n'));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** Shards on a real Slurm, where there is one, windows that are killed while they label, and the seeded fuzzers, which end with status 0 where every case ended as it should. */
function soak(full) {
  return [node(['esbuild.mjs']), command('bash', ['test/cluster/slurm.sh']), node(['test/soak/labels.mjs', full ? '1000' : '40']), node(['test/fuzz/images.mjs', full ? '50000' : '5000']), node(['test/fuzz/models.mjs', full ? '30000' : '3000'])];
}

function command(file, args, options = {}) {
  const { status, error } = spawnSync(file, args, { cwd: root, stdio: 'inherit', ...options });
  if (error) console.error(String(error));
  if (status !== 0) failures.push(`${path.basename(file)} ${args.join(' ')}`);
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function node(args) {
  return command(process.execPath, args);
}

function check(tool, args) {
  return command(bin(tool), args);
}

/** Tests of the training recipe. Those of networks skip, saying so, where PyTorch is not at hand. */
function python() {
  const has = (file, code) => spawnSync(file, ['-c', code]).status === 0;
  const found = ['/usr/bin/python3', 'python3'].filter((file) => has(file, ''));
  const chosen = found.find((file) => has(file, 'import torch')) ?? found[0];
  if (chosen) return [command(chosen, ['-m', 'unittest', 'discover', '-s', 'models/training', '-p', 'test_*.py'])];
  console.log('Skipped: tests of models/training, as there is no python3.');
  return [];
}

/** Counts what vitest reports; a run that ends without a report has failed. */
function vitest(project) {
  const report = path.join(out, `${project}.json`);
  fs.rmSync(report, { force: true });
  const { status } = spawnSync(bin('vitest'), ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], { cwd: root, stdio: 'inherit' });
  if (!fs.existsSync(report)) {
    failures.push(`vitest ${project} left no report.`);
    return { passed: 0, failed: 1 };
  }
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(fs.readFileSync(report, 'utf8'));
  for (const { name, status, message, assertionResults } of testResults) {
    const own = assertionResults.filter((test) => test.status === 'failed').map(({ fullName, failureMessages: [first = ''] }) => `${fullName}: ${first.split('\n')[0]}`);
    if (status === 'failed') failures.push(...(own.length > 0 ? own : [`${path.relative(root, name)}: ${message.split('\n')[0]}`]));
  }
  // A suite that fails to load has no tests of its own.
  const failed = numFailedTests || (status === 0 && numPassedTests > 0 ? 0 : 1);
  if (failed > 0 && !testResults.some((suite) => suite.status === 'failed')) failures.push(`vitest ${project} ended with status ${status}.`);
  return { passed: numPassedTests, failed };
}

/** A runner of our own that prints `N passed, N failed` as its last line. */
function summed(args) {
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8', maxBuffer: 1 << 28 });
  process.stdout.write(stdout);
  failures.push(...stdout.split('\n').filter((line) => line.startsWith('failed: ')).map((line) => line.slice('failed: '.length)));
  const counts = /(\d+) passed, (\d+) failed(?:, \d+ skipped)?\s*$/.exec(stdout.trim());
  if (!counts) {
    failures.push(`${args.join(' ')} told of no result.`);
    return { passed: 0, failed: 1 };
  }
  return { passed: Number(counts[1]), failed: Number(counts[2]) || (status === 0 ? 0 : 1) };
}
