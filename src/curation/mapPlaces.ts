/** Where the predicted class's Grad-CAM lies in each of many images. */
import { SmearLensError } from '../errors';
import { ExplainEngine } from '../explain/engine';
import { forEachImage, type ImageEvents, type NamedImage } from '../evaluation/run/forEachImage';
import { decodeBytes, readImageFile } from '../images/decode';
import { toTensor } from '../images/tensor';
import { resolveModel } from '../models/resolve';
import type { ClassInfo, ProviderChoice } from '../protocol/analysis';
import type { MapEnergy } from '../protocol/trust';
import type { MapPlace } from './ranking';

/** Images on their way: while the model runs on one, the next is decoded. */
const AHEAD = 2;

export interface MapPlaceOptions extends ImageEvents {
  /** As `resolveModel` takes it. */
  readonly model: string;
  readonly provider: ProviderChoice;
  readonly signal: AbortSignal;
  readonly log: (text: string) => void;
}

export interface MapPlaces<T> {
  readonly classes: readonly ClassInfo[];
  readonly name: string;
  readonly images: readonly (T & { readonly sha256: string })[];
  readonly places: readonly MapPlace[];
}

/**
 * Images without any nucleus that is told by its colour are left out: there, where the energy should lie is not known.
 * @throws SmearLensError `cancelled`, or what opening and explaining the model throw
 */
export async function mapPlacesOf<T extends NamedImage>(images: readonly T[], options: MapPlaceOptions): Promise<MapPlaces<T>> {
  const { model: path, provider, signal, log } = options;
  const { input } = await resolveModel(path);
  const engine = new ExplainEngine({ log: (level, text) => level !== 'warn' && log(text) });
  const choice = { path, provider, layer: 'auto' };
  try {
    const { model } = await engine.describe(choice);
    // One session, one run at a time.
    let before: Promise<unknown> = Promise.resolve();
    const inTurn = <R>(run: () => Promise<R>): Promise<R> => {
      const own = before.then(run);
      before = own.catch(() => undefined);
      return own;
    };
    const found = await forEachImage(images, { ...options, ahead: AHEAD }, async (image) => {
      const { bytes, sha256 } = await readImageFile(image.file);
      const tensor = await toTensor(await decodeBytes(bytes, image.file, input), input);
      return inTurn(async () => {
        const { logits, explanation } = await engine.analyse(tensor, choice, true, { rows: undefined });
        if (!explanation || !('maps' in explanation)) throw new SmearLensError(explanation?.error.code ?? 'internal', explanation?.error.message ?? 'No map was computed.', explanation?.error.hint ?? 'Please report this.');
        const predicted = logits.indexOf(Math.max(...logits));
        const map = explanation.maps.find((m) => m.method === 'grad-cam' && m.classIndex === predicted);
        const energy = map && (await energyOf(engine, tensor, choice, { ...map, height: explanation.height, width: explanation.width }));
        const outside = energy?.parts.filter(({ part }) => part === 'background' || part === 'scale bar') ?? [];
        const isKnown = energy?.parts.some(({ part, area }) => part === 'nuclei' && area > 0) && !energy.flat;
        return { image: { ...image, sha256 }, place: isKnown ? { predicted, energy: sum(outside.map((p) => p.energy)), area: sum(outside.map((p) => p.area)) } : undefined };
      });
    });
    if (signal.aborted) throw new SmearLensError('cancelled', 'Explaining the images was cancelled.', 'Start it again.');
    const placed = found.flatMap(({ image, place }) => (place ? [{ image, place }] : []));
    if (placed.length < found.length) log(`${found.length - placed.length} images have no nucleus that is told by its colour, or a flat map; they are left out.`);
    return { classes: model.classes, name: model.name, images: placed.map(({ image }) => image), places: placed.map(({ place }) => place) };
  } finally {
    await engine.dispose();
  }
}

async function energyOf(engine: ExplainEngine, ...[tensor, choice, map]: [Float32Array, Parameters<ExplainEngine['inquire']>[1], Extract<Parameters<ExplainEngine['inquire']>[2], { kind: 'map-energy' }>['map']]): Promise<MapEnergy> {
  const steps = engine.inquire(tensor, choice, { kind: 'map-energy', map });
  for (;;) {
    const { done, value } = await steps.next();
    // An answer is of the kind that was asked for.
    if (done) return value as MapEnergy & { kind: 'map-energy' };
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
