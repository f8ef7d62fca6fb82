/** What the panel says about an inquiry: how far it is, what is on show, and what can be done. */
import { formatMilliseconds } from './format';
import type { MapInquiry, MapAnswer } from './inquiry';
import { isWhole, passesOf, type InquiryKind, type InquiryState, type Passes } from './inquiryState';
import { agreementNote } from './scoreCam';

export interface InquiryWords {
  /** Absent while nothing is being computed. */
  readonly progress?: { readonly text: string; readonly passes: Passes } | undefined;
  /** What is on show, once nothing is being computed. */
  readonly result?: string | undefined;
  readonly offer?: InquiryOffer | undefined;
}

/** One thing that the reviewer can do about it. */
export type InquiryOffer = { readonly label: string; readonly stop: true } | { readonly label: string; readonly ask: MapInquiry };

/** What its passes are of. */
const KINDS: Record<InquiryKind, { readonly name: string; readonly passes: string }> = {
  'score-cam': { name: 'Score-CAM', passes: 'channels' },
  'more-methods': { name: 'The maps of more methods', passes: 'runs' },
  'recipro-cam': { name: 'Recipro-CAM', passes: 'positions' },
};

export function inquiryWords({ asked, answer, running, error }: InquiryState): InquiryWords {
  const { name, passes } = KINDS[asked.kind];
  const of = ({ done, total }: Passes): string => `${done} of ${total} ${passes}`;
  if (running) return { progress: { text: progressText(name, of, answer, running), passes: running }, offer: { label: 'Stop', stop: true } };
  if (!answer) return error ? { result: `${name} could not be computed.`, offer: { label: 'Try again', ask: asked } } : { result: `${name} was stopped.`, offer: { label: 'Go on', ask: asked } };
  const shown = passesOf(answer);
  if (shown && !isWhole(answer)) return { result: `Unfinished: ${of(shown)}.`, offer: { label: error ? 'Try again' : 'Go on', ask: asked } };
  return wholeAnswer(answer);
}

function progressText(name: string, of: (passes: Passes) => string, answer: MapAnswer | undefined, running: Passes): string {
  const subject = answer && isWhole(answer) ? `${name}, exact` : name;
  const far = running.total > 0 ? of(running) : 'starting';
  if (!answer) return `${subject}: ${far}`;
  if (isWhole(answer)) return `${subject}: ${far}; this picture is still the fast one`;
  const { done } = passesOf(answer) ?? running;
  return done > running.done ? `${subject}: ${far}; this picture is of ${done} and not final yet` : `${subject}: ${far}; this picture is not final yet`;
}

function wholeAnswer(answer: MapAnswer): InquiryWords {
  if (answer.kind !== 'score-cam') return {};
  const { kind, mode, total, milliseconds } = answer;
  const result = `${agreementNote(mode)} ${total} passes, ${formatMilliseconds(milliseconds)}.`;
  return mode === 'fast' ? { result, offer: { label: 'Compute exactly', ask: { kind, mode: 'exact' } } } : { result };
}
