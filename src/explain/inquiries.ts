/** Answers what is asked about an image beyond its analysis, step by step. */
import { colourToInput } from '../images/fill';
import type { Inquiry, InquiryAnswer } from '../protocol/inquiry';
import type { CamMap } from '../protocol/analysis';
import type { MapEnergy, MapInQuestion, Randomisation } from '../protocol/trust';
import type { BatchedSession } from './batched';
import { fastScoreCam } from './fastScoreCam';
import type { Layer } from './layer';
import type { MaskedSession } from './masked';
import type { MaskPlace } from './maskedGraph';
import { moreMethods, type GradientSession } from './moreMethods';
import type { Prepared } from './prepare';
import { reciproCam } from './reciproCam';
import { exactScoreCam, scoreCamSubject } from './scoreCam';
import { counterfactuals } from './trust/counterfactuals';
import { energyOf } from './trust/energy';
import { checkMap, faithfulness } from './trust/faithfulness';
import { partsOf } from './trust/parts';
import { pictureOf } from './trust/picture';
import { randomisation } from './trust/randomisation';

/** What an inquiry works with. */
export interface Subject {
  readonly prepared: Prepared;
  readonly layer: Layer;
  /** The network's input, batch 1. */
  readonly pixels: Float32Array;
  readonly activation: 'softmax' | 'sigmoid';
  /** Class indices that are explained. */
  readonly rows: readonly number[];
  /** The session with masks at that place; to be asked for anew after each step. */
  masked(place: MaskPlace): Promise<MaskedSession>;
  /** The session that gives the activation and the gradients; likewise. */
  gradients(): Promise<GradientSession>;
  /** The session that takes whole inputs; to be asked for anew after each step. */
  batched(): Promise<BatchedSession>;
  /** Grad-CAM of the predicted class. */
  gradCam(): Promise<CamMap>;
  /** What does not depend on the image and was found out before; by model and layer. */
  readonly known: { randomisation?: Randomisation | undefined };
}

/** Yields the answer so far after each step, and returns the whole. */
export async function* answer(subject: Subject, inquiry: Inquiry): AsyncGenerator<InquiryAnswer, InquiryAnswer> {
  const { pixels, rows, activation } = subject;
  switch (inquiry.kind) {
    case 'score-cam':
      return yield* tagged(inquiry.kind, scoreCam(subject, inquiry));
    case 'more-methods':
      return yield* tagged(inquiry.kind, moreMethods(() => subject.gradients(), pixels, rows));
    case 'recipro-cam':
      return yield* tagged(inquiry.kind, reciproCam(() => subject.masked('layer'), pixels, { rows, activation }));
    case 'faithfulness':
      return yield* tagged(inquiry.kind, faithfulness(() => subject.batched(), pixels, inquiry));
    case 'map-energy':
      return { kind: inquiry.kind, ...mapEnergy(subject, inquiry.map) };
    case 'counterfactuals':
      return yield* tagged(inquiry.kind, counterfactuals(() => subject.batched(), pixels));
    case 'randomisation':
      return yield* tagged(inquiry.kind, randomisationOnce(subject));
  }
}

async function* scoreCam(subject: Subject, { fill, mode }: Extract<Inquiry, { kind: 'score-cam' }>): ReturnType<typeof exactScoreCam> {
  const { activation, rows, pixels, prepared } = subject;
  const options = { activation, rows, fill: fill && colourToInput(fill, prepared.resolved.input) };
  return yield* (mode === 'fast' ? fastScoreCam : exactScoreCam)(await scoreCamSubject(() => subject.masked('image'), pixels, options));
}

function mapEnergy({ prepared, pixels }: Subject, map: MapInQuestion): MapEnergy {
  checkMap(map, prepared.classes);
  const picture = pictureOf(pixels, prepared.resolved.input);
  return energyOf(map, picture, partsOf(picture));
}

async function* randomisationOnce(subject: Subject): AsyncGenerator<Randomisation, Randomisation> {
  if (subject.known.randomisation) return subject.known.randomisation;
  const answer = yield* randomisation({ ...subject, map: await subject.gradCam() });
  // Of a flat map nothing was found out.
  if (answer.total > 0) subject.known.randomisation = answer;
  return answer;
}

/** Says of each answer what was asked. */
async function* tagged<K, T>(kind: K, answers: AsyncGenerator<T, T>): AsyncGenerator<{ kind: K } & T, { kind: K } & T> {
  for (;;) {
    const { done, value } = await answers.next();
    if (done) return { kind, ...value };
    yield { kind, ...value };
  }
}
