/** The command line: metrics. The figures themselves are held against scikit-learn by test/unit/evaluation/metrics/golden.test.ts. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import type { Metrics } from '../../src/evaluation/types';
import { CommandLine } from './commandLine';

const cli = new CommandLine();
afterAll(() => cli.dispose());

const table = cli.at('predictions, ü.csv');
const rows = Array.from({ length: 24 }, (_, i) => `s${i}.png,${'AB'[i % 2]},${i % 3 === 0 ? '0.25,0.75' : '0.625,0.375'},g${Math.floor(i / 4)}`);
writeFileSync(table, `path,label,p:A,p:B,group\n${rows.join('\n')}\n`);

it('writes metrics.json, and tells people and machines the same', async () => {
  const out = cli.at('new folder', 'metrics.json');
  const { status, stdout } = await cli.run('metrics', table, '--out', out);
  const json = readFileSync(out, 'utf8');
  const figures = JSON.parse(json) as Metrics;
  // B of the A and B that are a multiple of 3, A of the others: 4 of 12 B are taken for B, 8 of 12 A for A.
  expect([status, figures.classes, figures.n, figures.accuracy, figures.confusionMatrix]).toEqual([0, ['A', 'B'], 24, 0.5, [[8, 4], [8, 4]]]);
  expect(figures.intervals['accuracy'].method).toBe('cluster-bootstrap');
  expect(figures.perClass['A'].auc).toBe(0.5);
  for (const part of ['24 images, 2 classes', /accuracy +0\.5000 +\[0\.\d{4}, 0\.\d{4}\]/, 'Confusion matrix (rows: truth)', 'Research use only. Not for diagnosis.', out]) expect(stdout).toMatch(part);
  const machine = await cli.run('metrics', table, '--json');
  expect([machine.status, machine.stdout]).toEqual([0, json]);
  const { accuracy } = (JSON.parse((await cli.run('metrics', table, '--json', '--seed', '2', '--resamples', '500')).stdout) as Metrics).intervals;
  expect(accuracy).not.toEqual(figures.intervals['accuracy']);
});

it('names what is wrong with a table, and where', async () => {
  const broken = cli.at('broken.csv');
  writeFileSync(broken, 'path,label,p:A\na,A,1\nb,A,0.5\n');
  const { status, lines } = await cli.json('metrics', broken, '--out', cli.at('none.json'));
  expect([status, lines[0].path, lines[0].error?.code, lines[0].error?.message]).toEqual([1, broken, 'input-invalid', `${broken}, line 3: the probabilities sum to 0.5, and not to 1.`]);
  expect(existsSync(cli.at('none.json'))).toBe(false);
  expect((await cli.json('metrics', table, '--out', broken + '/x.json')).lines[0].error?.code).toBe('output-unwritable');
});

it.each([['metrics'], ['metrics', table, '--seed', '-1'], ['metrics', table, '--resamples', '1.5'], ['metrics', table, '--out', '']])('%j %j is no usage', async (...argv) => {
  expect((await cli.run(...argv)).status).toBe(2);
});
