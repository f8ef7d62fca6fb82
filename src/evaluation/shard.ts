/** One part of a folder's images, for runs on several machines. */
import { createHash } from 'node:crypto';
import { SmearLensError } from '../errors';

/** Part `index` of `count`, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** @throws SmearLensError `input-invalid` where the text is not 'i/n' with 1 <= i <= n */
export function parseShard(text: string): Shard {
  const [, index, count] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (!(index >= 1 && index <= count)) throw new SmearLensError('input-invalid', `--shard ${text} is no part of a whole.`, 'Write i/n with 1 <= i <= n, e.g. --shard 2/8.');
  return { index, count };
}

/**
 * The shard of a task of an array job:
 * - Slurm: SLURM_ARRAY_TASK_ID, SLURM_ARRAY_TASK_MIN and SLURM_ARRAY_TASK_COUNT (`--array=1-8`; any first number, step 1);
 * - Kubernetes Indexed Job: JOB_COMPLETION_INDEX, which Kubernetes sets, from 0, and JOB_COMPLETIONS, which the job's own
 *   manifest has to set to `spec.completions`.
 * @returns undefined outside such a job
 * @throws SmearLensError `input-invalid` where the number of tasks is not known, or they are not numbered one after the other
 */
export function shardOfJob(env: Readonly<Record<string, string | undefined>>): Shard | undefined {
  const slurm = whole(env, 'SLURM_ARRAY_TASK_ID');
  if (slurm !== undefined) {
    const count = needed(env, 'SLURM_ARRAY_TASK_COUNT');
    const step = whole(env, 'SLURM_ARRAY_TASK_STEP') ?? 1;
    return within((slurm - needed(env, 'SLURM_ARRAY_TASK_MIN')) / step + 1, count);
  }
  const kubernetes = whole(env, 'JOB_COMPLETION_INDEX');
  return kubernetes === undefined ? undefined : within(kubernetes + 1, needed(env, 'JOB_COMPLETIONS'));
}

/**
 * Whether an image belongs to a shard: by the first 48 bits of the SHA-256 of its path, so that it is the same on every machine and
 * does not depend on the other images.
 * @param key path relative to the folder, '/'-separated, NFC
 */
export function inShard(key: string, { index, count }: Shard): boolean {
  return count === 1 || createHash('sha256').update(key).digest().readUIntBE(0, 6) % count === index - 1;
}

function within(index: number, count: number): Shard {
  if (!Number.isInteger(index) || index < 1 || index > count) {
    throw new SmearLensError('input-invalid', `Task ${index} of ${count}: the tasks of the array are not numbered one after the other.`, 'Number them without gaps, e.g. --array=1-8, or write --shard i/n.');
  }
  return { index, count };
}

function whole(env: Readonly<Record<string, string | undefined>>, name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^\d+$/.test(text)) throw new SmearLensError('input-invalid', `The environment variable ${name} is '${text}', which is no number.`, 'Set it to a whole number, or write --shard i/n.');
  return Number(text);
}

function needed(env: Readonly<Record<string, string | undefined>>, name: string): number {
  const value = whole(env, name);
  if (value === undefined) throw new SmearLensError('input-invalid', `The environment variable ${name} is not set, so the number of shards is not known.`, 'Set it in the job, or write --shard i/n.');
  return value;
}
