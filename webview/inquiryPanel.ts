/** What the panel says below the choice of overlays while one is computed, and after. */
import type { MapInquiry } from '../src/protocol/inquiry';
import type { InquiryState } from '../src/protocol/inquiryState';
import { inquiryWords, type InquiryOffer } from '../src/protocol/inquiryWords';
import { byId, say } from './dom';

export interface InquiryEvents {
  ask(inquiry: MapInquiry): void;
  stop(inquiry: MapInquiry): void;
}

export class InquiryPanel {
  private readonly bar = byId<HTMLProgressElement>('inquiry-bar');
  private readonly button = byId<HTMLButtonElement>('inquiry-action');
  private act: (() => void) | undefined;

  constructor(private readonly events: InquiryEvents) {
    this.button.addEventListener('click', () => this.act?.());
  }

  /** Undefined: the overlay on show takes no inquiry. */
  show(state: InquiryState | undefined): void {
    const { progress, result, offer } = state ? inquiryWords(state) : {};
    byId('inquiry').hidden = !state;
    say(byId('inquiry-progress'), progress?.text);
    // Of the two only this one is read aloud: the other changes many times a second.
    say(byId('inquiry-result'), result);
    this.bar.hidden = !progress;
    if (progress?.passes.total) Object.assign(this.bar, { max: progress.passes.total, value: progress.passes.done });
    else this.bar.removeAttribute('value');
    this.button.hidden = !offer;
    if (offer && this.button.textContent !== offer.label) this.button.textContent = offer.label;
    this.act = state && offer && (() => this.perform(state, offer));
  }

  private perform({ asked }: InquiryState, offer: InquiryOffer): void {
    if ('stop' in offer) this.events.stop(asked);
    else this.events.ask(offer.ask);
  }
}
