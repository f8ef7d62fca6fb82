/** Where the predicted class's Grad-CAM lies in an image, by a session of its own: for many images, side by side on several threads. */
import { openWithFirstThatWorks } from '../inference/providers';
import type { ProviderChoice, ProviderName } from '../protocol/analysis';
import { openModel, runModel, type OpenModel } from './openModel';
import { activationOf, type Prepared } from './prepare';
import { probabilitiesOf } from './probabilities';
import { energyOf } from './trust/energy';
import { partsOf } from './trust/parts';
import { pictureOf } from './trust/picture';

/** Where a class-activation map lies. */
export interface MapPlace {
  /** Index of the class that the map explains. */
  readonly predicted: number;
  /** Of each class. */
  readonly probabilities: readonly number[];
  /** Shares of the map's energy and of the picture outside cells, 0 to 1. */
  readonly energy: number;
  readonly area: number;
  /** Undefined where the model does not say. */
  readonly inDomain?: boolean | undefined;
}

export interface MapPlacer {
  readonly provider: ProviderName;
  /**
   * @param input a network input as `images/tensor.ts` makes it
   * @returns null where no nucleus is told by its colour or the map is flat: there, where the energy should lie is not known
   * @throws SmearLensError `numeric`
   */
  place(input: Float32Array): Promise<MapPlace | null>;
  release(): Promise<void>;
}

/**
 * Opens a model for its predictions and maps.
 * @param threads of a run on the CPU; all cores where undefined
 * @throws SmearLensError `provider-unavailable`, or where the layer cannot be explained by gradients
 */
export async function openMapPlacer(p: Prepared, choice: ProviderChoice, threads: number | undefined): Promise<MapPlacer> {
  const { value: open } = await openWithFirstThatWorks(choice, (provider) => openModel(p, provider, 'auto', undefined, threads));
  return { provider: open.provider, place: (input) => placeIn(open, input), release: () => open.session.release() };
}

async function placeIn(open: OpenModel, input: Float32Array): Promise<MapPlace | null> {
  const { resolved } = open.prepared;
  const first = await runModel(open, input, [0]);
  const predicted = first.logits.indexOf(Math.max(...first.logits));
  // A model of many classes explains those that it is asked for, and it is not known before which one.
  const isAsked = open.explained?.classRows !== null && predicted !== 0;
  const { explanation } = isAsked ? await runModel(open, input, [predicted]) : first;
  const map = explanation?.maps.find(({ method, classIndex }) => method === 'grad-cam' && classIndex === predicted);
  if (!explanation || !map) throw new Error('The session gave no Grad-CAM.');
  const picture = pictureOf(input, resolved.input);
  const { parts, flat } = energyOf({ ...map, height: explanation.height, width: explanation.width }, picture, partsOf(picture));
  if (flat || !parts.some(({ part, area }) => part === 'nuclei' && area > 0)) return null;
  const outside = parts.filter(({ part }) => part === 'background' || part === 'scale bar');
  const sum = (of: (part: (typeof parts)[number]) => number): number => outside.reduce((a, part) => a + of(part), 0);
  const probabilities = probabilitiesOf(Array.from(first.logits), activationOf(open.prepared), resolved.temperature);
  return { predicted, probabilities, energy: sum(({ energy }) => energy), area: sum(({ area }) => area), inDomain: first.features && resolved.domain?.judge(first.features).inDomain };
}
