/**
 * The threads of a run: some read and decode image files, others own the sessions. `session.run` blocks its thread, and so does
 * what decoding does in JavaScript; libvips works beside both.
 */
import type { MessagePort } from 'node:worker_threads';
import { toErrorInfo, type ErrorInfo } from '../../errors';
import { openFeatures, type FeatureSession } from '../../explain/features';
import { openMapPlacer, type MapPlacer } from '../../explain/mapPlace';
import { prepare, activationOf, modelInfo } from '../../explain/prepare';
import { applyChange, type Change } from '../../images/change';
import { decodeBytes, readImageFile } from '../../images/decode';
import { fingerprintOf, type Fingerprint } from '../../images/fingerprint';
import { toTensor } from '../../images/tensor';
import type { InputSpec, RgbImage } from '../../images/types';
import { resolveModel } from '../../models/resolve';
import type { ModelInfo, ProviderChoice, ProviderName } from '../../protocol/analysis';
import { openPredictor, type Predictor } from './predictor';

/** What a thread is for, as its `workerData`. */
export type ThreadData =
  | { readonly role: 'decode'; readonly inputs: readonly InputSpec[] }
  | { readonly role: 'predict'; readonly models: readonly string[]; readonly provider: ProviderChoice; readonly threads: number | undefined }
  | { readonly role: 'features'; readonly model: string; readonly threads: number | undefined }
  | { readonly role: 'places'; readonly model: string; readonly provider: ProviderChoice; readonly threads: number | undefined };

/** Asked of a decoding thread. */
export interface DecodeCall {
  readonly file: string;
  /** Where the file still has this sha256 it is not decoded. */
  readonly unless: string | undefined;
  /** What is wanted of it. */
  readonly tensors: boolean;
  readonly fingerprint: boolean;
  /** Made of the picture before the tensors are; beyond its edges it is mirrored. */
  readonly change?: Change | undefined;
}

export interface Decoded {
  readonly sha256: string;
  /** One for each of the thread's `inputs`; undefined where they were not wanted. */
  readonly tensors?: readonly Float32Array[] | undefined;
  readonly fingerprint?: Fingerprint | undefined;
  /** Width × height of the picture that the fingerprint was made of. */
  readonly pixels?: number | undefined;
}

/** Asked of a predicting thread: for each image its tensors, and which of the models to run on which of them. */
export interface PredictCall {
  readonly images: readonly (readonly Float32Array[])[];
  /** By model: which of the tensors it takes; null: it is not run. */
  readonly tensorOf: readonly (number | null)[];
}

export type ImageScores = { readonly logits: readonly number[]; readonly inDomain?: boolean | undefined } | { readonly error: ErrorInfo };

export interface Predicted {
  /** By model and image; null for a model that was not run. */
  readonly scores: readonly (readonly ImageScores[] | null)[];
  /** Wall time by model, in milliseconds. */
  readonly milliseconds: readonly number[];
}

/** The models of a predicting thread, told when they are open. */
export interface OpenedModel extends ModelInfo {
  readonly provider: ProviderName;
  readonly activation: 'softmax' | 'sigmoid';
  readonly batch: number;
}

/**
 * Asked of a thread for features, which answers with those of the image, a Float32Array; of 'open', with the {@link FeatureTensor}. Asked of a thread for places,
 * which answers with a `MapPlace` or null; of 'open', with the {@link OpenedPlacer}.
 */
export interface TensorCall {
  readonly input: Float32Array;
}

/** The model of a thread for places. */
export interface OpenedPlacer extends ModelInfo {
  readonly provider: ProviderName;
}

export type ToThread = { readonly id: number; readonly call: DecodeCall | PredictCall | TensorCall | 'open' | 'close' };
export type FromThread = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: ErrorInfo };

/** The thread's side: answers calls until it is told to close. */
export function runThread(port: MessagePort, data: ThreadData): void {
  const serve = serving(data);
  port.on('message', ({ id, call }: ToThread) => {
    const answer = async (): Promise<void> => {
      const { value, transfer } = await serve(call);
      port.postMessage({ id, value } satisfies FromThread, transfer);
      if (call === 'close') port.close();
    };
    answer().catch((error: unknown) => port.postMessage({ id, error: toErrorInfo(error) } satisfies FromThread));
  });
}

type Serve = (call: ToThread['call']) => Promise<{ value: unknown; transfer?: ArrayBuffer[] }>;

function serving(data: ThreadData): Serve {
  switch (data.role) {
    case 'decode':
      return decoding(data.inputs);
    case 'predict':
      return predicting(data);
    case 'features':
      return extracting(data);
    case 'places':
      return placing(data);
  }
}

function decoding(inputs: readonly InputSpec[]): Serve {
  return async (call) => {
    if (typeof call === 'string' || !('file' in call)) return { value: undefined };
    const value = await decode(call, inputs);
    return { value, transfer: value.tensors?.map((t) => t.buffer as ArrayBuffer) };
  };
}

async function decode({ file, unless, tensors, fingerprint, change }: DecodeCall, inputs: readonly InputSpec[]): Promise<Decoded> {
  const { bytes, sha256 } = await readImageFile(file);
  if (sha256 === unless) return { sha256 };
  // Models that take pixels composed and windowed alike share the decoded image.
  const images = new Map<string, Promise<RgbImage>>();
  const imageOf = ({ background, window }: Pick<InputSpec, 'background' | 'window'>): Promise<RgbImage> => {
    const key = JSON.stringify([background, window]);
    const image = images.get(key) ?? decodeBytes(bytes, file, { background, window });
    images.set(key, image);
    return image;
  };
  const made: Float32Array[] = [];
  if (tensors) {
    for (const input of inputs) {
      const image = await imageOf(input);
      made.push(await toTensor(change ? applyChange(image, change, 'reflect') : image, input));
    }
  }
  // Whatever the model, a picture has the same fingerprint.
  const whole = fingerprint ? await imageOf({ background: [255, 255, 255], window: 'full' }) : undefined;
  const print = whole && (await fingerprintOf(whole));
  // A picture that cannot be decoded is told of even where nothing of it is wanted.
  if (!tensors && !fingerprint) await imageOf(inputs[0]);
  return { sha256, tensors: tensors ? made : undefined, fingerprint: print, pixels: whole && whole.width * whole.height };
}

function predicting({ models, provider, threads }: Extract<ThreadData, { role: 'predict' }>): Serve {
  let predictors: Predictor[] = [];
  return async (call) => {
    if (call === 'open') {
      const opened: OpenedModel[] = [];
      for (const path of models) {
        const p = await prepare(await resolveModel(path));
        const predictor = await openPredictor(p, provider, threads);
        predictors.push(predictor);
        opened.push({ ...modelInfo(p), provider: predictor.provider, activation: activationOf(p), batch: predictor.batch });
      }
      return { value: opened };
    }
    if (call === 'close') {
      for (const predictor of predictors) await predictor.release();
      predictors = [];
      return { value: undefined };
    }
    return { value: 'images' in call ? await predictAll(predictors, call) : undefined };
  };
}

function extracting({ model, threads }: Extract<ThreadData, { role: 'features' }>): Serve {
  let session: FeatureSession | undefined;
  return async (call) => {
    if (call === 'open') session = await openFeatures(await prepare(await resolveModel(model)), threads);
    if (call === 'close') {
      await session?.release();
      session = undefined;
    }
    if (typeof call === 'string' || !('input' in call) || !session) return { value: session?.tensor };
    const value = await session.extract(call.input);
    return { value, transfer: [value.buffer as ArrayBuffer] };
  };
}

function placing({ model, provider, threads }: Extract<ThreadData, { role: 'places' }>): Serve {
  let placer: MapPlacer | undefined;
  return async (call) => {
    if (call === 'open') {
      const p = await prepare(await resolveModel(model));
      placer = await openMapPlacer(p, provider, threads);
      return { value: { ...modelInfo(p), provider: placer.provider } satisfies OpenedPlacer };
    }
    if (call === 'close') {
      await placer?.release();
      placer = undefined;
    }
    return { value: typeof call === 'string' || !('input' in call) || !placer ? undefined : await placer.place(call.input) };
  };
}

async function predictAll(predictors: readonly Predictor[], { images, tensorOf }: PredictCall): Promise<Predicted> {
  const scores: (ImageScores[] | null)[] = [];
  const milliseconds: number[] = [];
  for (const [model, predictor] of predictors.entries()) {
    const tensor = tensorOf[model];
    const start = performance.now();
    if (tensor === null) scores.push(null);
    else {
      const own: ImageScores[] = [];
      for (let at = 0; at < images.length; at += predictor.batch) {
        const batch = images.slice(at, at + predictor.batch).map((tensors) => tensors[tensor]);
        own.push(...(await predictor.predict(batch)).map((s) => ('error' in s ? { error: toErrorInfo(s.error) } : s)));
      }
      scores.push(own);
    }
    milliseconds.push(performance.now() - start);
  }
  return { scores, milliseconds };
}
