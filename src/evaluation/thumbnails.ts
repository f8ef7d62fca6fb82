/** Small pictures of the images that a reader wants to see, with and without the map of the class that the model chose. */
import type { ExplainEngine } from '../explain/engine';
import { overlayRgb } from '../explain/overlayPng';
import { decodeFile } from '../images/decode';
import { encodeWebp, shrink } from '../images/render';
import { fieldOf, toTensor } from '../images/tensor';
import type { InputSpec } from '../images/types';
import { resolveModel } from '../models/resolve';
import type { ModelChoice } from '../protocol/inference';

/** Images with a thumbnail, unless stated. */
export const MAX_THUMBNAILS = 200;
/** The longer side, in pixels. */
const SIDE = 112;
/** Of one picture: 200 thumbnails, two pictures each, come to less than 2 MB as base64 in a report. */
const MAX_BYTES = 3600;

/** One image of the evaluation. */
export interface ThumbnailSubject {
  /** As in {@link import('./types').Prediction.path}. */
  readonly path: string;
  /** Where the image is now. */
  readonly file: string;
  /** Index of the class whose map is drawn. */
  readonly predicted: number;
}

export interface Thumbnail {
  readonly path: string;
  /** WebP. */
  readonly plain: Uint8Array;
  /** WebP: the same with Grad-CAM over it; absent where the model cannot be explained or the map is flat. */
  readonly cam?: Uint8Array | undefined;
}

export interface ThumbnailOptions {
  readonly model: ModelChoice;
  /** After it, no further image is taken up. */
  readonly signal?: AbortSignal | undefined;
  /** Told of an image that cannot be shown; the others go on. */
  readonly failed?: ((path: string, error: unknown) => void) | undefined;
}

/**
 * Thumbnails in the order of the images, one run of the model each.
 * @throws SmearLensError where the model cannot be read
 */
export async function* thumbnailsOf(engine: Pick<ExplainEngine, 'analyse'>, images: readonly ThumbnailSubject[], options: ThumbnailOptions): AsyncGenerator<Thumbnail> {
  const { input } = await resolveModel(options.model.path);
  for (const image of images) {
    if (options.signal?.aborted) return;
    const thumbnail = await thumbnailOf(engine, image, options.model, input).catch((error: unknown) => void options.failed?.(image.path, error));
    if (thumbnail) yield thumbnail;
  }
}

async function thumbnailOf(engine: Pick<ExplainEngine, 'analyse'>, { path, file, predicted }: ThumbnailSubject, model: ModelChoice, input: InputSpec): Promise<Thumbnail> {
  const image = await decodeFile(file, { background: input.background, window: input.window });
  const { explanation } = await engine.analyse(await toTensor(image, input), model, true, { rows: [predicted] });
  const small = await shrink(image, SIDE);
  const plain = await encodeWebp(small, MAX_BYTES);
  const explained = explanation && 'maps' in explanation ? explanation : undefined;
  const map = explained?.maps.find((m) => m.method === 'grad-cam');
  if (!explained || !map || map.flat) return { path, plain };
  return { path, plain, cam: await encodeWebp(overlayRgb(small, map, explained, { field: fieldOf(small, input) }), MAX_BYTES) };
}
