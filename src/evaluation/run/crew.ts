/** The threads of a run and the models that they have open. */
import * as os from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import type { Worker } from 'node:worker_threads';
import type { InputSpec } from '../../images/types';
import type { ResolvedModel } from '../../models/resolve';
import type { ProviderChoice } from '../../protocol/analysis';
import { Pool, type Spawn } from './pool';
import type { OpenedModel } from './thread';

/** How many threads do what. */
export interface Threads {
  readonly decode: number;
  readonly predict: number;
  /** Of a model's run on the CPU. */
  readonly perRun: number;
}

/**
 * On the CPU as many models run side by side as there are cores, each on one thread: several threads of one run wait for each other.
 * Large models run on fewer and share the cores, since each thread holds its own weights.
 * @param weights bytes of all models together
 * @param cores that may be used
 */
export function threadsFor(weights: number, cores: number, memory = availableMemory()): Threads {
  // A session holds its weights once as they are and once packed.
  const fitting = Math.max(1, Math.floor(memory / 4 / (2 * weights + 1)));
  const predict = Math.min(cores, fitting);
  return { decode: Math.max(1, Math.ceil(cores / 4)), predict, perRun: Math.max(1, Math.floor(cores / predict)) };
}

/** Bytes that this process may use: less than the machine's in a container. */
function availableMemory(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, os.totalmem()) : os.totalmem();
}

/** The open threads of a run, and what their models turned out to be. */
export interface Crew {
  readonly decoders: Pool;
  readonly predictors: Pool;
  /** Images of a run on the model that takes the most. */
  readonly batch: number;
  readonly threads: Threads;
  readonly models: readonly OpenedModel[];
  /** By model: which of a decoding thread's tensors it takes. */
  readonly tensorOf: readonly number[];
  close(): Promise<void>;
}

/**
 * Starts the threads and opens the models.
 * @param paths of the models, as `resolveModel` takes them; `resolved` are the same
 * @throws SmearLensError where a model or provider cannot be used
 */
export async function hire(paths: readonly string[], resolved: readonly ResolvedModel[], provider: ProviderChoice, threads: Threads, spawn: Spawn): Promise<Crew> {
  const decoders = new Pool();
  const predictors = new Pool();
  const close = async (): Promise<void> => {
    await Promise.all([decoders.close(), predictors.close()]);
  };
  try {
    const { inputs, tensorOf } = distinctInputs(resolved);
    const predictor = (choice: ProviderChoice): Worker => spawn({ role: 'predict', models: paths, provider: choice, threads: threads.perRun });
    predictors.add(predictor(provider));
    const [models] = (await predictors.callAll('open')) as OpenedModel[][];
    // A GPU has one queue; the CPU has cores.
    const onCpu = models.every((m) => m.provider === 'cpu');
    if (onCpu) {
      const others = new Pool();
      for (let i = 1; i < threads.predict; i++) others.add(predictor('cpu'));
      predictors.adopt(others);
      await others.callAll('open');
    }
    const used = onCpu ? threads : { ...threads, predict: 1, decode: Math.max(1, threads.decode * 4 - 1) };
    for (let i = 0; i < used.decode; i++) decoders.add(spawn({ role: 'decode', inputs }));
    return { decoders, predictors, batch: Math.max(...models.map((m) => m.batch)), threads: used, models, tensorOf, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Models with the same input share a tensor; the name of the graph's input is no part of it. */
function distinctInputs(resolved: readonly ResolvedModel[]): { inputs: InputSpec[]; tensorOf: number[] } {
  const inputs: InputSpec[] = [];
  const tensorOf = resolved.map(({ input }) => {
    const known = inputs.findIndex((other) => isDeepStrictEqual({ ...other, tensorName: '' }, { ...input, tensorName: '' }));
    return known >= 0 ? known : inputs.push(input) - 1;
  });
  return { inputs, tensorOf };
}
