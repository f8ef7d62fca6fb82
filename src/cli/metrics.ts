/** `smearlens metrics`: the figures of a table of predictions, whoever made them. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { metricsJson } from '../evaluation/metrics/json';
import { metricsOf } from '../evaluation/metrics/metrics';
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

/** @throws SmearLensError `input-invalid` where the table is none of predictions, `output-unwritable` */
export async function metrics(file: string, { out, seed, resamples }: MetricsArguments, output: Output): Promise<void> {
  const figures = metricsOf(await readPredictions(file), { seed, resamples });
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
