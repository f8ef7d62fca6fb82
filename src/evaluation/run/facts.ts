/** run.json: all that differs from run to run. */
import * as os from 'node:os';
import * as path from 'node:path';
import { versions } from '../../explain/versions';
import { writeWhole } from '../outFolder';
import type { Shard } from '../shard';
import type { Threads } from './crew';
import type { JournalModel } from './journal';

export const RUN_FACTS = 'run.json';

export interface RunFacts {
  readonly started: Date;
  /** The evaluated folder. */
  readonly folder: string;
  /** Of the models, as they were given. */
  readonly paths: readonly string[];
  /** Of the images, without opening models and making tables. */
  readonly seconds: number;
  /** Gone through; those that were known from a run before included. */
  readonly images: number;
  readonly scored: number;
  readonly failed: number;
  readonly shard: Shard;
  readonly threads: Threads;
  readonly models: readonly JournalModel[];
  /** By model: wall time of its runs on one thread. */
  readonly milliseconds: readonly number[];
}

/** Returns the file's path. `imagesPerSecond` of a model is that of its runs alone, on as many threads as ran side by side. */
export async function writeRunFacts(out: string, facts: RunFacts): Promise<string> {
  const { started, folder, paths, seconds, images, scored, failed, shard, threads, models, milliseconds } = facts;
  const cpus = os.cpus();
  const perSecond = (ms: number): number | null => (scored > 0 && ms > 0 ? (1000 * scored * threads.predict) / ms : null);
  const value = {
    versions: versions(),
    started: started.toISOString(),
    folder: path.resolve(folder),
    seconds,
    images,
    scored,
    failed,
    imagesPerSecond: seconds > 0 ? images / seconds : null,
    shard,
    threads,
    models: models.map(({ id, name, sha256, bytes, parameters, provider }, m) => ({ id, name, sha256, path: path.resolve(paths[m]), bytes, parameters, provider, imagesPerSecond: perSecond(milliseconds[m]) })),
    host: { platform: process.platform, arch: process.arch, release: os.release(), cpu: cpus[0]?.model ?? '', cores: cpus.length, memoryBytes: os.totalmem() },
  };
  const file = path.join(out, RUN_FACTS);
  await writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);
  return file;
}
