/** Probabilities of many images by one or several models. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import { fromErrorInfo, SmearLensError } from '../errors';
import { Batcher } from '../evaluation/run/batcher';
import { hire, threadsFor } from '../evaluation/run/crew';
import { forEachImage, type ImageEvents, type NamedImage } from '../evaluation/run/forEachImage';
import type { Spawn } from '../evaluation/run/pool';
import { modelsOf } from '../evaluation/run/settings';
import type { Decoded } from '../evaluation/run/thread';
import { oneVsRestProbabilities, probabilitiesOf } from '../explain/probabilities';
import { resolveModel } from '../models/resolve';
import type { ClassInfo, ProviderChoice } from '../protocol/analysis';

export interface ScoreOptions extends ImageEvents {
  /** As `resolveModel` takes them; all of the same classes. */
  readonly models: readonly string[];
  readonly provider: ProviderChoice;
  readonly spawn: Spawn;
  readonly signal: AbortSignal;
}

export interface ModelScores<T> {
  readonly classes: readonly ClassInfo[];
  readonly models: readonly { readonly id: string; readonly name: string; readonly sha256: string }[];
  /** Those that could be read and scored. */
  readonly images: readonly (T & { readonly sha256: string })[];
  /** By model: calibrated probabilities [images, classes], row-major. */
  readonly probabilities: readonly Float64Array[];
  /** By model and image; undefined where a manifest has no domain. */
  readonly inDomain: readonly (readonly (boolean | undefined)[])[];
}

/** @throws SmearLensError `cancelled`, `input-invalid` where models have other classes, or what opening a model throws */
export async function scoresOf<T extends NamedImage>(images: readonly T[], options: ScoreOptions): Promise<ModelScores<T>> {
  const { models: paths, provider, spawn, signal } = options;
  const resolved = await Promise.all(paths.map(resolveModel));
  const weights = resolved.flatMap((r) => [r.onnxPath, ...r.dataFiles]).reduce((sum, file) => sum + fs.statSync(file).size, 0);
  const crew = await hire(paths, resolved, provider, threadsFor(weights, os.availableParallelism()), spawn);
  try {
    const { classes, models } = await modelsOf(resolved, crew.models, false);
    const batcher = new Batcher(crew.predictors, crew.batch, crew.tensorOf);
    const wanted = models.map(() => true);
    const ahead = 4 * crew.threads.decode + 3 * crew.threads.predict * crew.batch;
    const scored = await forEachImage(images, { ...options, ahead }, async (image) => {
      batcher.expect();
      const { sha256, tensors = [] } = await (crew.decoders.call({ file: image.file, unless: undefined, tensors: true, fingerprint: false }) as Promise<Decoded>).catch((error: unknown) => {
        batcher.arrived();
        throw error;
      });
      const scoring = batcher.predict(tensors, wanted);
      batcher.arrived();
      const scores = (await scoring).map((own) => {
        if (own && 'error' in own) throw fromErrorInfo(own.error);
        return { logits: own?.logits ?? [], inDomain: own?.inDomain };
      });
      return { image: { ...image, sha256 }, scores };
    });
    if (signal.aborted) throw new SmearLensError('cancelled', 'Running the models was cancelled.', 'Start it again.');
    const probabilities = models.map((model, m) => Float64Array.from(scored.flatMap(({ scores }) => (model.scores === 'one-vs-rest' ? oneVsRestProbabilities(scores[m].logits, model.temperature) : probabilitiesOf(scores[m].logits, 'softmax', model.temperature)))));
    return { classes, models, images: scored.map(({ image }) => image), probabilities, inDomain: models.map((_, m) => scored.map(({ scores }) => scores[m].inDomain)) };
  } finally {
    await crew.close();
  }
}
