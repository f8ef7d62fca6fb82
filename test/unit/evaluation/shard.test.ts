import { describe, expect, it } from 'vitest';
import { inShard, parseShard, shardOfJob } from '../../../src/evaluation/shard';

describe('parseShard', () => {
  it('takes i/n', () => expect(parseShard('2/8')).toEqual({ index: 2, count: 8 }));
  it.each(['0/3', '4/3', '1', '1/', '-1/3', '1.5/3', 'a/b', '1/0', ''])('refuses %j', (text) => expect(() => parseShard(text)).toThrow(/no part of a whole/));
});

describe('inShard', () => {
  it('puts each image in one shard, evenly and by its path alone', () => {
    const paths = Array.from({ length: 3000 }, (_, i) => `Pre/smear ${i}.jpg`);
    const counts = [1, 2, 3].map((index) => paths.filter((p) => inShard(p, { index, count: 3 })).length);
    expect(counts.reduce((a, b) => a + b)).toBe(3000);
    expect(Math.min(...counts)).toBeGreaterThan(900);
    // A change here would put the shards of two versions out of step.
    expect([1, 2, 3, 4, 5].map((count) => [1, 2, 3, 4, 5].find((index) => index <= count && inShard('Pre/WBC 2.jpg', { index, count })))).toEqual([1, 2, 3, 4, 2]);
  });
});

describe('shardOfJob', () => {
  it('reads a task of a Slurm array, whatever number it begins with', () => {
    expect(shardOfJob({ SLURM_ARRAY_TASK_ID: '3', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '8' })).toEqual({ index: 3, count: 8 });
    expect(shardOfJob({ SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_MIN: '0', SLURM_ARRAY_TASK_COUNT: '2' })).toEqual({ index: 1, count: 2 });
    expect(shardOfJob({ SLURM_ARRAY_TASK_ID: '14', SLURM_ARRAY_TASK_MIN: '10', SLURM_ARRAY_TASK_COUNT: '4', SLURM_ARRAY_TASK_STEP: '2' })).toEqual({ index: 3, count: 4 });
  });

  it('reads a pod of a Kubernetes Indexed Job', () => expect(shardOfJob({ JOB_COMPLETION_INDEX: '0', JOB_COMPLETIONS: '5' })).toEqual({ index: 1, count: 5 }));

  it('is none outside such a job', () => expect(shardOfJob({ HOME: '/root' })).toBeUndefined());

  it.each([
    [{ SLURM_ARRAY_TASK_ID: '3' }, /SLURM_ARRAY_TASK_COUNT is not set/],
    [{ JOB_COMPLETION_INDEX: '1' }, /JOB_COMPLETIONS is not set/],
    [{ JOB_COMPLETION_INDEX: '5', JOB_COMPLETIONS: '5' }, /not numbered one after the other/],
    [{ SLURM_ARRAY_TASK_ID: '9', SLURM_ARRAY_TASK_MIN: '1', SLURM_ARRAY_TASK_COUNT: '3' }, /not numbered one after the other/],
    [{ JOB_COMPLETION_INDEX: 'x', JOB_COMPLETIONS: '5' }, /is 'x', which is no number/],
  ])('refuses %j', (env, message) => expect(() => shardOfJob(env)).toThrow(message));
});
