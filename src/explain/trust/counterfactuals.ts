/** What the model says of the image with one thing changed that should not decide. */
import type { Change, Counterfactual, Counterfactuals } from '../../protocol/trust';
import { runInSteps, type BatchedSession } from '../batched';
import { flattenBackground, grey, paintOut, recolour } from './changes';
import { partsOf } from './parts';
import { inputOf, pictureOf, type Picture } from './picture';

/** Yields after each batch, and returns the whole. */
export async function* counterfactuals(session: () => Promise<BatchedSession>, pixels: Float32Array): AsyncGenerator<Counterfactuals, Counterfactuals> {
  const { prepared, provider } = await session();
  const { input: spec, classColours } = prepared.resolved;
  const picture = pictureOf(pixels, spec);
  const parts = partsOf(picture);
  const changes: { change: Change; towards?: number; picture: () => Picture }[] = [];
  const skipped: { change: Change; reason: string }[] = [];
  const { scaleBar } = parts;
  if (scaleBar) changes.push({ change: 'scale bar painted out', picture: () => paintOut(picture, scaleBar) });
  else skipped.push({ change: 'scale bar painted out', reason: 'no scale bar was found' });
  const flattened = flattenBackground(picture, parts);
  if (flattened) changes.push({ change: 'background flattened', picture: () => flattened });
  else skipped.push({ change: 'background flattened', reason: 'no background was found' });
  changes.push({ change: 'grey', picture: () => grey(picture) });
  classColours?.forEach((colour, towards) => changes.push({ change: 'recoloured', towards, picture: () => recolour(picture, colour) }));
  if (!classColours) skipped.push({ change: 'recoloured', reason: "the model's manifest does not tell the mean colours of its classes (training.classColours)" });

  let logits: readonly number[] = [];
  const changed: Counterfactual[] = [];
  const total = changes.length + 1;
  const state = (done: number): Counterfactuals => ({ logits, changed: [...changed], skipped, flips: [], done, total, provider });
  for await (const step of runInSteps(session, total, (i) => (i === 0 ? pixels : inputOf(changes[i - 1].picture(), spec)))) {
    step.logits.forEach((row, i) => {
      if (step.from + i === 0) logits = Array.from(row);
      else {
        const { change, towards } = changes[step.from + i - 1];
        changed.push({ change, ...(towards === undefined ? {} : { towards }), logits: Array.from(row) });
      }
    });
    const done = step.from + step.logits.length;
    if (done < total) yield state(done);
  }
  return state(total);
}
