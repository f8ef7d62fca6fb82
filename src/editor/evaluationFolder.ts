/** What an evaluation left in its folder, as the editor needs it. Without 'vscode'. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { reportDataOf } from '../evaluation/report/html';
import { REPORT_FILE } from '../evaluation/report/writeReport';
import type { ReportData, ReportRunFacts } from '../evaluation/report/types';

export interface StoredEvaluation {
  readonly data: ReportData;
  /** Absolute path of the folder that was evaluated; undefined where run.json does not tell. */
  readonly folder: string | undefined;
  /** By the model's id. */
  readonly modelPaths: ReadonlyMap<string, string>;
}

/** run.json as `src/evaluation/run/facts.ts` writes it; of merged shards, one of them. */
interface Run {
  readonly started?: string;
  readonly folder?: string;
  readonly models?: readonly { readonly id: string; readonly path?: string; readonly provider?: string; readonly imagesPerSecond?: number | null }[];
  readonly merged?: readonly (Run | null)[];
}

/** @throws SmearLensError `input-invalid` where there is no report */
export async function readEvaluation(folder: string): Promise<StoredEvaluation> {
  const file = path.join(folder, REPORT_FILE);
  const html = await fs.readFile(file, 'utf8').catch((error: Error) => {
    throw new SmearLensError('input-invalid', `${file}: cannot be read (${error.message}).`, 'Open the folder that an evaluation was written to.');
  });
  const data = reportDataOf(html);
  if (!data) throw new SmearLensError('input-invalid', `${file}: is no report of a SmearLens evaluation.`, 'Open the report.html that an evaluation has written.');
  const run = await readRun(path.join(folder, 'run.json'));
  const models = run?.models ?? [];
  return {
    data: { ...data, run: { ...data.run, facts: run && factsOf(run) } },
    folder: run?.folder,
    modelPaths: new Map(models.flatMap(({ id, path: model }) => (model === undefined ? [] : [[id, model]]))),
  };
}

/** The report stands by itself: without run.json, or with one that is damaged, there are no facts of the run. */
async function readRun(file: string): Promise<Run | undefined> {
  try {
    const run = JSON.parse(await fs.readFile(file, 'utf8')) as Run;
    return run.merged?.find((shard) => shard !== null) ?? run;
  } catch {
    return undefined;
  }
}

function factsOf({ started, models = [] }: Run): ReportRunFacts | undefined {
  if (started === undefined) return undefined;
  const speeds = models.flatMap(({ id, imagesPerSecond }) => (typeof imagesPerSecond === 'number' ? [[id, imagesPerSecond] as const] : []));
  return { when: started, provider: models[0]?.provider, imagesPerSecond: Object.fromEntries(speeds) };
}
