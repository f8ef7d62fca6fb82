/** Where the predicted class's Grad-CAM lies in each of many images. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import { SmearLensError } from '../errors';
import { threadsFor } from '../evaluation/run/crew';
import { forEachImage, type ImageEvents, type NamedImage } from '../evaluation/run/forEachImage';
import { Pool, type Spawn } from '../evaluation/run/pool';
import type { Decoded, OpenedPlacer } from '../evaluation/run/thread';
import type { MapPlace } from '../explain/mapPlace';
import { resolveModel } from '../models/resolve';
import type { ModelInfo, ProviderChoice } from '../protocol/analysis';

export interface MapPlaceOptions extends ImageEvents {
  /** As `resolveModel` takes it. */
  readonly model: string;
  readonly provider: ProviderChoice;
  readonly spawn: Spawn;
  readonly signal: AbortSignal;
  readonly log: (text: string) => void;
}

export interface MapPlaces<T> {
  readonly model: ModelInfo;
  readonly images: readonly (T & { readonly sha256: string })[];
  readonly places: readonly MapPlace[];
}

/**
 * Images are decoded on threads of their own, and on the CPU as many sessions run beside them as there are cores, one image a run, as in an evaluation; on a GPU it is one.
 * Images without any nucleus that is told by its colour are left out: there, where the energy should lie is not known.
 * @throws SmearLensError `cancelled`, or what opening and explaining the model throw
 */
export async function mapPlacesOf<T extends NamedImage>(images: readonly T[], options: MapPlaceOptions): Promise<MapPlaces<T>> {
  const { model, provider, spawn, signal, log } = options;
  const resolved = await resolveModel(model);
  const weights = [resolved.onnxPath, ...resolved.dataFiles].reduce((sum, file) => sum + fs.statSync(file).size, 0);
  const threads = threadsFor(weights, os.availableParallelism());
  const [decoders, placers] = [new Pool(), new Pool()];
  try {
    placers.add(spawn({ role: 'places', model, provider, threads: threads.perRun }));
    const [{ provider: used, ...described }] = (await placers.callAll('open')) as OpenedPlacer[];
    if (used === 'cpu') {
      const others = new Pool();
      for (let i = 1; i < threads.predict; i++) others.add(spawn({ role: 'places', model, provider: 'cpu', threads: threads.perRun }));
      placers.adopt(others);
      await others.callAll('open');
    }
    for (let i = 0; i < threads.decode; i++) decoders.add(spawn({ role: 'decode', inputs: [resolved.input] }));
    const found = await forEachImage(images, { ...options, ahead: 4 * threads.decode + 3 * threads.predict }, async (image) => {
      const { sha256, tensors = [] } = (await decoders.call({ file: image.file, unless: undefined, tensors: true, fingerprint: false })) as Decoded;
      const [input] = tensors;
      const place = (await placers.call({ input }, [input.buffer as ArrayBuffer])) as MapPlace | null;
      return { image: { ...image, sha256 }, place };
    });
    if (signal.aborted) throw new SmearLensError('cancelled', 'Explaining the images was cancelled.', 'Start it again.');
    const placed = found.flatMap(({ image, place }) => (place ? [{ image, place }] : []));
    if (placed.length < found.length) log(`${found.length - placed.length} images have no nucleus that is told by its colour, or a flat map; they are left out.`);
    return { model: described, images: placed.map(({ image }) => image), places: placed.map(({ place }) => place) };
  } finally {
    await Promise.all([decoders.close(), placers.close()]);
  }
}
