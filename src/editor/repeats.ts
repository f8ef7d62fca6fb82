/** Which images a blind review shows a second time without saying so: the agreement of a reviewer with themselves. Without 'vscode'. */
import { createHash } from 'node:crypto';

/** Of the labelled images, those that are followed by one shown again. */
const SHARE = 0.03;
/** Images since: nobody remembers them. */
const APART = 10;

/** The images of one blind review, in the order in which they were labelled. */
export class Repeats {
  private readonly labelled: string[] = [];
  private readonly repeated = new Set<string>();

  /**
   * @param image path of the image that has just been labelled
   * @param reviewer the choice is a matter of the image and the reviewer's name, so that it comes again the same way and no reviewer can foresee it
   * @returns path of an image to show again now; undefined mostly
   */
  after(image: string, reviewer: string): string | undefined {
    this.labelled.push(image);
    const early = this.labelled.slice(0, -APART).filter((path) => !this.repeated.has(path));
    const [due, which] = drawn(`${reviewer}\n${image}`);
    const again = due < SHARE ? early[Math.floor(which * early.length)] : undefined;
    if (again !== undefined) this.repeated.add(again);
    return again;
  }
}

/** Two numbers in [0, 1). */
function drawn(text: string): [number, number] {
  const hash = createHash('sha256').update(text).digest();
  return [hash.readUInt32LE(0) / 2 ** 32, hash.readUInt32LE(4) / 2 ** 32];
}
