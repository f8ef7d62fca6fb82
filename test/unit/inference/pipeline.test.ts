import { beforeEach, expect, test } from 'vitest';
import { Pipeline, type Prepared } from '../../../src/inference/pipeline';
import type { Priority } from '../../../src/protocol/inference';
import { deferred, settled, type Deferred } from './deferred';

let log: string[];
let pipeline: Pipeline<string, string>;

beforeEach(() => {
  log = [];
  pipeline = new Pipeline<string, string>({
    started: () => undefined,
    progress: (id, progress) => log.push(`${id} progress ${progress}`),
    done: (id, reply) => log.push(`${id} done ${reply}`),
    failed: (id, thrown) => log.push(`${id} failed ${(thrown as Error).message}`),
    cancelled: (id) => log.push(`${id} cancelled`),
  });
});

interface Steps {
  readonly prepared: Deferred<void>;
  readonly ran: Deferred<string>;
  readonly signal: () => AbortSignal | undefined;
}

/** Submits a job whose two steps the test ends; each says in the log when it begins. */
function submit(id: number, priority: Priority = 'background'): Steps {
  const steps = { prepared: deferred<void>(), ran: deferred<string>() };
  let seen: AbortSignal | undefined;
  pipeline.submit({
    id,
    priority,
    prepare: async (signal): Promise<Prepared<string>> => {
      seen = signal;
      log.push(`${id} prepare`);
      await steps.prepared.promise;
      return {
        run: () => {
          log.push(`${id} run`);
          return steps.ran.promise;
        },
      };
    },
  });
  return { ...steps, signal: () => seen };
}

async function logged(step: () => void): Promise<string[]> {
  log.length = 0;
  step();
  await settled();
  return [...log];
}

test('the next call is prepared while one runs, and no further one', async () => {
  const [one, two] = [submit(1), submit(2)];
  submit(3);
  await settled();
  expect(log).toEqual(['1 prepare']);
  expect(await logged(() => one.prepared.resolve())).toEqual(['1 run', '2 prepare']);
  expect(await logged(() => two.prepared.resolve())).toEqual([]);
  expect(await logged(() => one.ran.resolve('A'))).toEqual(['1 done A', '2 run', '3 prepare']);
});

test('an interactive call overtakes those that wait, also the one that is ready to run', async () => {
  const [one, two] = [submit(1), submit(2)];
  one.prepared.resolve();
  two.prepared.resolve();
  await settled();
  let urgent!: Steps;
  expect(await logged(() => (urgent = submit(3, 'interactive')))).toEqual(['3 prepare']);
  expect(await logged(() => urgent.prepared.resolve())).toEqual([]);
  expect(await logged(() => one.ran.resolve('A'))).toEqual(['1 done A', '3 run']);
  expect(await logged(() => urgent.ran.resolve('C'))).toEqual(['3 done C', '2 run']);
});

test('a background run does not begin while an interactive call is being prepared', async () => {
  const background = submit(1);
  const urgent = submit(2, 'interactive');
  expect(await logged(() => background.prepared.resolve())).toEqual([]);
  expect(await logged(() => urgent.prepared.resolve())).toEqual(['2 run']);
  expect(await logged(() => urgent.ran.resolve('B'))).toEqual(['2 done B', '1 run']);
});

test('nor in the gap between two interactive calls', async () => {
  const background = submit(1);
  const [first, second] = [submit(2, 'interactive'), submit(3, 'interactive')];
  background.prepared.resolve();
  await settled();
  expect(await logged(() => first.prepared.reject(new Error('no image')))).toEqual(['2 failed no image', '3 prepare']);
  expect(await logged(() => second.prepared.resolve())).toEqual(['3 run']);
  expect(await logged(() => second.ran.resolve('C'))).toEqual(['3 done C', '1 run']);
});

test('a call that waits is cancelled at once, and never begins', async () => {
  const [one] = [submit(1), submit(2), submit(3)];
  expect(await logged(() => pipeline.cancel(2))).toEqual(['2 cancelled']);
  expect(await logged(() => one.prepared.resolve())).toEqual(['1 run', '3 prepare']);
});

test('a call cancelled during preparation ends when that returns, and is not run', async () => {
  const one = submit(1);
  expect(await logged(() => pipeline.cancel(1))).toEqual([]);
  expect(one.signal()?.aborted).toBe(true);
  expect(await logged(() => one.prepared.resolve())).toEqual(['1 cancelled']);
});

test('a call cancelled when ready to run ends at once', async () => {
  const [one, two] = [submit(1), submit(2)];
  one.prepared.resolve();
  two.prepared.resolve();
  await settled();
  expect(await logged(() => pipeline.cancel(2))).toEqual(['2 cancelled']);
  expect(await logged(() => one.ran.resolve('A'))).toEqual(['1 done A']);
});

test('a call cancelled while it runs ends as cancelled when the run returns, however it ends', async () => {
  const [one, two] = [submit(1), submit(2)];
  one.prepared.resolve();
  two.prepared.resolve();
  await settled();
  expect(await logged(() => pipeline.cancel(1))).toEqual([]);
  expect(await logged(() => one.ran.resolve('A'))).toEqual(['1 cancelled', '2 run']);
  pipeline.cancel(2);
  expect(await logged(() => two.ran.reject(new Error('late')))).toEqual(['2 cancelled']);
});

test('failures of either step are reported, and the next call goes on', async () => {
  const [one, two, three] = [submit(1), submit(2), submit(3)];
  await settled();
  expect(await logged(() => one.prepared.reject(new Error('no image')))).toEqual(['1 failed no image', '2 prepare']);
  two.prepared.resolve();
  await settled();
  expect(await logged(() => two.ran.reject(new Error('no memory')))).toEqual(['2 failed no memory']);
  three.prepared.resolve();
  await settled();
  expect(await logged(() => three.ran.resolve('C'))).toEqual(['3 done C']);
});

test('a reply that needs no engine comes while the engine is busy', async () => {
  const one = submit(1);
  one.prepared.resolve();
  await settled();
  const picture = (): void => pipeline.submit({ id: 2, priority: 'interactive', prepare: async () => ({ reply: 'png' }) });
  expect(await logged(picture)).toEqual(['2 done png']);
  one.ran.resolve('A');
});

test('a background call that is raised while it waits overtakes those before it', async () => {
  const [one, two, three] = [submit(1), submit(2), submit(3)];
  submit(4);
  one.prepared.resolve();
  two.prepared.resolve();
  await settled();
  expect(await logged(() => pipeline.raise(3))).toEqual(['3 prepare']);
  three.prepared.resolve();
  await settled();
  expect(await logged(() => one.ran.resolve('A'))).toEqual(['1 done A', '3 run']);
  expect(await logged(() => three.ran.resolve('C'))).toEqual(['3 done C', '2 run', '4 prepare']);
});

test('it comes behind those that are interactive already', async () => {
  const urgent = submit(1, 'interactive');
  submit(2);
  const other = submit(3, 'interactive');
  pipeline.raise(2);
  expect(await logged(() => urgent.prepared.resolve())).toEqual(['1 run', '3 prepare']);
  other.prepared.resolve();
  await settled();
  expect(await logged(() => urgent.ran.resolve('A'))).toEqual(['1 done A', '3 run', '2 prepare']);
});

test('a call raised when ready to run is not overtaken any more', async () => {
  const [one, two] = [submit(1), submit(2)];
  one.prepared.resolve();
  two.prepared.resolve();
  await settled();
  pipeline.raise(2);
  expect(await logged(() => submit(3, 'interactive'))).toEqual([]);
  expect(await logged(() => one.ran.resolve('A'))).toEqual(['1 done A', '2 run', '3 prepare']);
});

test('nor is a call raised while it is being prepared', async () => {
  const [one, two] = [submit(1), submit(2)];
  one.prepared.resolve();
  await settled();
  pipeline.raise(2);
  expect(await logged(() => submit(3, 'interactive'))).toEqual([]);
  expect(await logged(() => two.prepared.resolve())).toEqual([]);
  expect(await logged(() => one.ran.resolve('A'))).toEqual(['1 done A', '2 run', '3 prepare']);
});

test('raising what runs, is interactive, unknown or over changes nothing', async () => {
  const [one, two] = [submit(1), submit(2)];
  one.prepared.resolve();
  await settled();
  two.prepared.resolve();
  submit(3);
  await settled();
  expect(await logged(() => pipeline.raise(1))).toEqual([]);
  expect(await logged(() => one.ran.resolve('A'))).toEqual(['1 done A', '2 run', '3 prepare']);
  const urgent = submit(4, 'interactive');
  await settled();
  expect(await logged(() => [1, 4, 99].forEach((id) => pipeline.raise(id)))).toEqual([]);
  urgent.prepared.resolve();
  expect(await logged(() => two.ran.resolve('B'))).toEqual(['2 done B', '4 run']);
});

test('cancelling what is unknown or over changes nothing', async () => {
  const one = submit(1);
  one.prepared.resolve();
  one.ran.resolve('A');
  await settled();
  expect(await logged(() => (pipeline.cancel(1), pipeline.cancel(99)))).toEqual([]);
});

interface Long {
  /** Ends the present step with that progress. */
  readonly step: (progress: string) => Promise<string[]>;
  readonly finish: (reply: string) => Promise<string[]>;
  readonly left: () => boolean;
}

/** Submits a job of many steps, prepared at once. */
function submitLong(id: number, priority: Priority = 'background'): Long {
  let next: Deferred<{ progress?: string; reply?: string }> = deferred();
  let left = false;
  async function* steps(): AsyncGenerator<string, string> {
    try {
      for (;;) {
        log.push(`${id} step`);
        const { progress, reply } = await next.promise;
        next = deferred();
        if (reply !== undefined) return reply;
        yield progress ?? '';
      }
    } finally {
      left = true;
    }
  }
  pipeline.submit({ id, priority, prepare: async () => ({ steps }) });
  return { step: (progress) => logged(() => next.resolve({ progress })), finish: (reply) => logged(() => next.resolve({ reply })), left: () => left };
}

test('a call of many steps tells of each, and goes on by itself', async () => {
  const long = submitLong(1);
  await settled();
  expect(log).toEqual(['1 step']);
  expect(await long.step('a')).toEqual(['1 progress a', '1 step']);
  expect(await long.step('b')).toEqual(['1 progress b', '1 step']);
  expect(await long.finish('C')).toEqual(['1 done C']);
  expect(long.left()).toBe(true);
});

test('between two of its steps come an urgent call, at once, and calls of its own priority, in turn', async () => {
  const long = submitLong(1);
  await settled();
  const urgent = submit(2, 'interactive');
  urgent.prepared.resolve();
  const background = submit(3);
  background.prepared.resolve();
  await settled();
  expect(await long.step('a')).toEqual(['1 progress a', '2 run', '3 prepare']);
  expect(await logged(() => urgent.ran.resolve('B'))).toEqual(['2 done B', '1 step']);
  expect(await long.step('b')).toEqual(['1 progress b', '3 run']);
  expect(await logged(() => background.ran.resolve('C'))).toEqual(['3 done C', '1 step']);
});

test('it does not keep the next call from being prepared', async () => {
  const long = submitLong(1);
  await settled();
  const running = submit(2);
  running.prepared.resolve();
  await settled();
  await long.step('a');
  expect(await logged(() => submit(3))).toEqual(['3 prepare']);
});

test('cancelled between two steps it ends at once, and during one when that returns; in both it lets go of what it holds', async () => {
  const waiting = submitLong(1);
  await settled();
  const urgent = submit(2, 'interactive');
  urgent.prepared.resolve();
  await settled();
  await waiting.step('a');
  expect(await logged(() => pipeline.cancel(1))).toEqual(['1 cancelled']);
  expect(waiting.left()).toBe(true);
  await logged(() => urgent.ran.resolve('B'));
  const stepping = submitLong(3);
  await settled();
  expect(await logged(() => pipeline.cancel(3))).toEqual([]);
  expect(await stepping.step('a')).toEqual(['3 cancelled']);
  expect(stepping.left()).toBe(true);
});
