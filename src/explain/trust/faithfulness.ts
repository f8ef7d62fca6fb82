/** Deletion and insertion against matched controls: does the score depend on what a map marks more than on the same area elsewhere? */
import { SmearLensError } from '../../errors';
import type { InputSpec } from '../../images/types';
import type { Curves, Faithfulness, MapInQuestion, Replacement } from '../../protocol/trust';
import { runInSteps, type BatchedSession } from '../batched';
import { gaussian } from './blur';
import { controlsOf, orderOf } from './controls';
import { impute } from './impute';
import { inputOf, mapPlanes, pictureOf } from './picture';

/** With 8 controls 110 passes, below two batches of 64. Larger areas tell less: copies of them, too, hold what counts. */
const FRACTIONS = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3];
/** The fractions of ROAD's authors' 'combined' measure. */
const ROAD_FRACTIONS = [0.2, 0.4, 0.6, 0.8];
/** Of the longer side: half the width of a large cell, so that little of one is left. */
const BLUR = 0.1;

export interface FaithfulnessQuestion {
  readonly map: MapInQuestion;
  readonly replacement: Replacement;
}

/** One pass: the curve (0: the map, then the controls) and the fraction that its score belongs to. */
interface Pass {
  readonly direction: 'deletion' | 'insertion';
  readonly curve: number;
  readonly fraction: number;
}

/**
 * Yields after each batch what is known, the map's own curves first, and returns the whole.
 * @throws SmearLensError `input-invalid` where the map is none of this model
 */
export async function* faithfulness(session: () => Promise<BatchedSession>, pixels: Float32Array, { map, replacement }: FaithfulnessQuestion): AsyncGenerator<Faithfulness, Faithfulness> {
  const { prepared, provider } = await session();
  checkMap(map, prepared.classes);
  const spec = prepared.resolved.input;
  const start = performance.now();
  const fractions = replacement === 'blur' ? FRACTIONS : ROAD_FRACTIONS;
  const flat = map.raw.every((v) => v === map.raw[0]);
  const order = orderOf(map, spec);
  const controls = flat ? [] : controlsOf(order, spec);
  const places = [order, ...controls].map((o) => o.places);
  const passes = flat ? [] : places.flatMap((_, curve) => (['deletion', 'insertion'] as const).flatMap((direction) => fractions.map((_, fraction): Pass => ({ direction, curve, fraction }))));
  const { blur, whole, compose } = replacements(pixels, spec, replacement);
  const plain = [pixels, ...(whole ? [whole] : [])];
  const inputs = flat ? [] : plain;
  const total = inputs.length + passes.length;

  const scores = plain.map(() => NaN);
  const empty = (): number[][] => places.map(() => fractions.map(() => NaN));
  const curves = { deletion: empty(), insertion: empty() };
  const state = (done: number): Faithfulness => ({
    map: { method: map.method, variant: map.variant, classIndex: map.classIndex },
    replacement,
    blur,
    fractions,
    controls: controls.map((c) => c.name),
    original: scores[0],
    replaced: whole && scores[1],
    deletion: curvesOf(curves.deletion),
    insertion: curvesOf(curves.insertion),
    flat,
    done,
    total,
    provider,
    milliseconds: performance.now() - start,
  });
  const make = (index: number): Float32Array => {
    if (index < inputs.length) return inputs[index];
    const { direction, curve, fraction } = passes[index - inputs.length];
    const marked = Math.round(fractions[fraction] * order.places.length);
    return compose(keptOf(places[curve], marked, direction));
  };
  for await (const { from, logits } of runInSteps(session, total, make)) {
    logits.forEach((row, i) => {
      const score = row[map.classIndex];
      if (from + i < inputs.length) return void (scores[from + i] = score);
      const { direction, curve, fraction } = passes[from + i - inputs.length];
      curves[direction][curve][fraction] = score;
    });
    if (from + logits.length < total) yield state(from + logits.length);
  }
  return state(total);
}

/** `compose` makes the input that shows the image where its argument is 1; `whole` is the image replaced all over. */
function replacements(pixels: Float32Array, spec: InputSpec, replacement: Replacement): { blur?: number; whole?: Float32Array; compose: (kept: Uint8Array) => Float32Array } {
  const picture = pictureOf(pixels, spec);
  if (replacement === 'road') return { compose: (kept) => inputOf(impute(picture, kept), spec) };
  const blur = BLUR * Math.max(spec.width, spec.height);
  const whole = inputOf(mapPlanes(picture, (plane) => gaussian(plane, spec.height, spec.width, blur)), spec);
  return { blur, whole, compose: (kept) => blend(pixels, whole, kept, spec) };
}

/** 1 where a pixel shows the image. */
function keptOf(places: Uint32Array, marked: number, direction: Pass['direction']): Uint8Array {
  const kept = new Uint8Array(places.length);
  const inside = direction === 'insertion' ? 1 : 0;
  for (let i = 0; i < kept.length; i++) kept[i] = places[i] < marked ? inside : 1 - inside;
  return kept;
}

/** The network input `image` where kept, `other` elsewhere. */
function blend(image: Float32Array, other: Float32Array, kept: Uint8Array, { layout }: InputSpec): Float32Array {
  const out = other.slice();
  const [channelStep, pixelStep] = layout === 'NCHW' ? [kept.length, 1] : [1, 3];
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0, i = channel * channelStep; pixel < kept.length; pixel++, i += pixelStep) if (kept[pixel]) out[i] = image[i];
  }
  return out;
}

function curvesOf([map, ...controls]: readonly (readonly number[])[]): Curves {
  return { map: [...map], controls: controls.map((c) => [...c]) };
}

/** @throws SmearLensError `input-invalid` */
export function checkMap({ raw, height, width, classIndex }: MapInQuestion, classes: number): void {
  if (raw.length === height * width && raw.length > 0 && Number.isInteger(classIndex) && classIndex >= 0 && classIndex < classes && raw.every(Number.isFinite)) return;
  throw new SmearLensError('input-invalid', `The map of ${raw.length} values, ${height}×${width}, class ${classIndex}, is none of this model, which has ${classes} classes.`, 'Ask about a map that this model gave.');
}
