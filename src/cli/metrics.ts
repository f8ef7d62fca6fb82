/** `smearlens metrics`: the figures of a table of predictions, whoever made them. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { inSteps } from '../evaluation/inSteps';
import { metricsJson } from '../evaluation/metrics/json';
import { metricsSteps } from '../evaluation/metrics/metrics';
import { metricsText } from '../evaluation/metrics/text';
import { readPredictions } from '../evaluation/predictionsCsv';
import { RESEARCH_USE } from '../protocol/format';
import type { Output } from './output';

export interface MetricsArguments {
  /** metrics.json; without, the figures are only told. */
  readonly out?: string | undefined;
  readonly seed?: number | undefined;
  readonly resamples?: number | undefined;
}

/** @throws SmearLensError `input-invalid` where the table is none of predictions, `output-unwritable`, `cancelled` */
export async function metrics(file: string, { out, seed, resamples }: MetricsArguments, output: Output, signal: AbortSignal): Promise<void> {
  output.progress(`Reading ${file}`);
  const set = await readPredictions(file);
  output.progress(`${set.rows.length} predictions: figures and intervals`);
  const figures = await inSteps(metricsSteps(set, { seed, resamples }), signal);
  output.progress('');
  if (out !== undefined) {
    try {
      await fs.mkdir(path.dirname(out), { recursive: true });
      await fs.writeFile(out, metricsJson(figures));
    } catch (error) {
      throw new SmearLensError('output-unwritable', `${out}: cannot be written (${(error as Error).message}).`, 'Choose another file with --out.');
    }
  }
  output.result(figures, () => [metricsText(figures), ...(out === undefined ? [] : [`All figures, curves and intervals: ${out}`]), RESEARCH_USE].join('\n'));
}
