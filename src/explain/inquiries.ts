/** Answers what is asked about an image beyond its analysis, step by step. */
import { colourToInput } from '../images/fill';
import type { Inquiry, InquiryAnswer } from '../protocol/inquiry';
import type { CamMap } from '../protocol/analysis';
import type { Counterfactuals, MapEnergy, MapInQuestion, Randomisation } from '../protocol/trust';
import { RANDOMISED_IMAGES } from '../protocol/modelChecks';
import { sharesOfFlips } from '../protocol/trustText';
import type { BatchedSession } from './batched';
import { fastScoreCam } from './fastScoreCam';
import type { Layer } from './layer';
import type { MaskedSession } from './masked';
import type { MaskPlace } from './maskedGraph';
import { keyOf, type ModelMemory } from './memory';
import { moreMethods, type GradientSession } from './moreMethods';
import type { Prepared } from './prepare';
import { reciproCam } from './reciproCam';
import { exactScoreCam, noScores, scoreCamSubject } from './scoreCam';
import { counterfactuals } from './trust/counterfactuals';
import { energyOf } from './trust/energy';
import { checkMap, faithfulness } from './trust/faithfulness';
import { partsOf } from './trust/parts';
import { pictureOf } from './trust/picture';
import { joinRandomisations, randomisation } from './trust/randomisation';

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
  /** Of the same model. */
  readonly memory: ModelMemory;
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
      return yield* tagged(inquiry.kind, counterfactualsOf(subject));
    case 'randomisation':
      return yield* tagged(inquiry.kind, randomisationOf(subject));
  }
}

/** What an earlier answer has run for the same image is not run again; where that is all of it, the answer is the exact one. */
async function* scoreCam({ activation, rows, pixels, prepared, ...s }: Subject, { fill, mode }: Extract<Inquiry, { kind: 'score-cam' }>): ReturnType<typeof exactScoreCam> {
  const subject = await scoreCamSubject(() => s.masked('image'), pixels, { activation, rows, fill: fill && colourToInput(fill, prepared.resolved.input) });
  const scores = s.memory.layer(s.layer.tensor).scoresOf(keyOf(pixels, subject.open.provider, ...subject.fill), () => noScores(subject));
  const exact = mode === 'exact' || subject.channels.every((k) => scores.known[k]);
  return yield* (exact ? exactScoreCam : fastScoreCam)(subject, scores);
}

function mapEnergy({ prepared, pixels }: Subject, map: MapInQuestion): MapEnergy {
  checkMap(map, prepared.classes);
  const picture = pictureOf(pixels, prepared.resolved.input);
  return energyOf(map, picture, partsOf(picture));
}

/** Said with it: how often the verdict has changed so far. */
async function* counterfactualsOf(subject: Subject): AsyncGenerator<Counterfactuals, Counterfactuals> {
  const { pixels, memory } = subject;
  const answer = yield* counterfactuals(() => subject.batched(), pixels);
  memory.counterfactuals.set(keyOf(pixels), answer);
  return { ...answer, flips: sharesOfFlips(memory.counterfactuals.values()) };
}

/** Maps of one image tell little of a model: the first ones that are asked about count together, and after those it is known. */
async function* randomisationOf(subject: Subject): AsyncGenerator<Randomisation, Randomisation> {
  const memory = subject.memory.layer(subject.layer.tensor);
  const key = keyOf(subject.pixels);
  if (memory.randomisation && (memory.randomised.has(key) || memory.randomised.size >= RANDOMISED_IMAGES)) return memory.randomisation;
  const answer = yield* randomisation({ ...subject, map: await subject.gradCam() });
  // Of a flat map nothing was found out.
  if (answer.images === 0) return memory.randomisation ?? answer;
  memory.randomised.add(key);
  memory.randomisation = memory.randomisation ? joinRandomisations(memory.randomisation, answer) : answer;
  return memory.randomisation;
}

/** Says of each answer what was asked. */
async function* tagged<K, T>(kind: K, answers: AsyncGenerator<T, T>): AsyncGenerator<{ kind: K } & T, { kind: K } & T> {
  for (;;) {
    const { done, value } = await answers.next();
    if (done) return { kind, ...value };
    yield { kind, ...value };
  }
}
