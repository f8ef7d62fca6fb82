/** Sessions of onnxruntime-node, opened and run with errors that name the user's file. Only the worker thread calls this. */
import * as os from 'node:os';
import * as ort from 'onnxruntime-node';
import { SmearLensError } from '../errors';
import type { ProviderName } from '../protocol/analysis';
import { openError, runError } from './ortErrors';

// What fails is thrown with the same words; as log lines they would only alarm, since providers are tried in turn.
ort.env.logLevel = 'fatal';

/** Logical cores up to which a run takes all of them. */
const SMALL_MACHINE = 4;

export interface SessionSettings {
  readonly provider: ProviderName;
  /** The file that error messages name. */
  readonly file: string;
  /** Absolute folder of the files that hold the initialisers, for a model given as bytes. */
  readonly externalDataFolder?: string | undefined;
  /** Whether ONNX Runtime may fuse and fold; `true` unless told otherwise. */
  readonly optimise?: boolean | undefined;
  /** Threads of a run, see {@link threadCount}. */
  readonly threads?: number | undefined;
  /** Where to write a profile of the runs; none unless given. */
  readonly profileFilePrefix?: string | undefined;
}

/**
 * Opens a session on the one provider given (with the CPU for what that provider lacks).
 *
 * @param model path of an ONNX file, or the bytes of one
 * @throws SmearLensError `provider-unavailable`, or one of `model-*` where the model is at fault, else `inference-failed`
 */
export async function createSession(model: string | Uint8Array, settings: SessionSettings): Promise<ort.InferenceSession> {
  const options = sessionOptions(settings);
  try {
    // The overloads of create take one type each.
    return typeof model === 'string'
      ? await ort.InferenceSession.create(model, options)
      : await ort.InferenceSession.create(model, options);
  } catch (thrown) {
    throw openError(thrown, settings);
  }
}

/**
 * Runs a session for all of its outputs, or those named.
 *
 * @throws SmearLensError `inference-failed` with ONNX Runtime's words
 */
export async function runSession(
  session: ort.InferenceSession,
  feeds: ort.InferenceSession.FeedsType,
  file: string,
  outputs: readonly string[] = session.outputNames,
): Promise<ort.InferenceSession.ReturnType> {
  try {
    return await session.run(feeds, outputs);
  } catch (thrown) {
    throw runError(thrown, file);
  }
}

function sessionOptions(settings: SessionSettings): ort.InferenceSession.SessionOptions {
  const { provider, externalDataFolder, optimise = true, profileFilePrefix } = settings;
  const threads = threadCount(process.env.SMEARLENS_THREADS, settings.threads);
  return {
    executionProviders: [provider],
    graphOptimizationLevel: optimise ? 'all' : 'disabled',
    logSeverityLevel: 4,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...(profileFilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix }),
    ...(externalDataFolder === undefined
      ? {}
      : { extra: { session: { model_external_initializers_file_folder_path: externalDataFolder } } }),
  };
}

/**
 * How many threads a model run may use; `undefined` leaves it to ONNX Runtime, which takes one a physical core. Where it cannot tell those
 * (containers, virtual machines) it takes half of the logical ones, so that of two cores one would stand idle: small machines use all.
 * @param value of `SMEARLENS_THREADS`, which comes first
 * @param wanted by the caller
 * @param cores logical cores of this machine
 */
export function threadCount(value: string | undefined, wanted?: number, cores = os.availableParallelism()): number | undefined {
  if (!value) return wanted ?? (cores <= SMALL_MACHINE ? cores : undefined);
  if (/^[1-9]\d{0,2}$/.test(value)) return Number(value);
  throw new SmearLensError(
    'input-invalid',
    `The environment variable SMEARLENS_THREADS is "${value}", which is no number of threads.`,
    'Set it to a whole number from 1 to 999, or leave it unset.',
  );
}
