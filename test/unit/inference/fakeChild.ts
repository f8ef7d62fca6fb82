import type { Death } from '../../../src/inference/child';
import type { FromInference, ToInference } from '../../../src/protocol/inference';

/** A process of the test's making: it stands in for `InferenceChild`, says what the test has it say, and dies when the client kills it. */
export class FakeChild {
  static all: FakeChild[] = [];
  readonly pid = FakeChild.all.length + 1;
  readonly sent: ToInference[] = [];
  readonly gone: Promise<Death>;
  die!: (death: Death) => void;

  constructor(_options: unknown, readonly say: (message: FromInference) => void) {
    this.gone = new Promise((resolve) => (this.die = resolve));
    FakeChild.all.push(this);
  }

  send(message: ToInference): void {
    this.sent.push(message);
  }

  kill(reason: string, { deliberate }: { deliberate: boolean }): void {
    this.die({ reason, deliberate, lastWords: '' });
  }

  hold(): void {}
}
