/** How far an inquiry into the smear on show has come: what the host keeps with the smear, and the page shows. */
import type { ErrorInfo } from '../errors';
import type { MapInquiry, MapAnswer } from './inquiry';
import type { ScoreCamMode } from './scoreCam';

export type InquiryKind = MapInquiry['kind'];

/** Passes done, of those that the whole answer takes; both 0 until the first answer. */
export interface Passes {
  readonly done: number;
  readonly total: number;
}

export interface InquiryState {
  /** What was asked last. */
  readonly asked: MapInquiry;
  /** The best answer so far: the one that is shown. */
  readonly answer?: MapAnswer | undefined;
  /** Absent while nothing is being computed. */
  readonly running?: Passes | undefined;
  /** The reviewer stopped it. One that only was left is taken up again when its smear is shown again. */
  readonly stopped?: boolean | undefined;
  readonly error?: ErrorInfo | undefined;
}

export type InquiryStates = Readonly<Partial<Record<InquiryKind, InquiryState>>>;

/** Undefined for an answer that comes in one step. */
export function passesOf(answer: MapAnswer): Passes | undefined {
  return 'total' in answer ? { done: answer.done, total: answer.total } : undefined;
}

/** Is it the last one of its inquiry? */
export function isWhole(answer: MapAnswer): boolean {
  const passes = passesOf(answer);
  return !passes || passes.done === passes.total;
}

/** Has the inquiry its answer, so that there is nothing to compute? An exact one answers a fast inquiry too. */
export function isAnswered({ answer }: InquiryState, inquiry: MapInquiry): boolean {
  return answer !== undefined && isWhole(answer) && [modeOf(inquiry), 'exact'].includes(modeOf(answer));
}

/** Undefined for a kind that has no modes. */
function modeOf(about: MapInquiry | MapAnswer): ScoreCamMode | undefined {
  return about.kind === 'score-cam' ? about.mode : undefined;
}

/** Is there something left to be computed that nobody has stopped? */
export function isWanted(state: InquiryState | undefined): boolean {
  return !state || !(state.running || state.stopped || state.error || (state.answer && isWhole(state.answer)));
}

/** It is being computed, from the start; what is known of before stays on show until there is better. */
export function begun(before: InquiryState | undefined, asked: MapInquiry): InquiryState {
  return { asked, answer: before?.answer, running: { done: 0, total: 0 } };
}

/** Another answer came that is not the last. */
export function progressed(state: InquiryState, next: MapAnswer): InquiryState {
  return { ...state, answer: better(state.answer, next), running: passesOf(next) };
}

/** The last answer came. */
export function finished({ asked }: InquiryState, answer: MapAnswer): InquiryState {
  return { asked, answer };
}

/** No more answers will come: it was stopped, left, or failed. Undefined where nothing is worth keeping. */
export function ended({ asked, answer }: InquiryState, reason: Pick<InquiryState, 'stopped' | 'error'>): InquiryState | undefined {
  return answer || reason.stopped || reason.error ? { asked, answer, ...reason } : undefined;
}

/** A picture never becomes worse: a whole answer stays until the next one is whole, one of many passes until there are more. */
function better(shown: MapAnswer | undefined, next: MapAnswer): MapAnswer {
  if (!shown) return next;
  if (isWhole(shown)) return shown;
  return (passesOf(next)?.done ?? 0) >= (passesOf(shown)?.done ?? 0) ? next : shown;
}
