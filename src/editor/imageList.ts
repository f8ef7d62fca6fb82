import { isImagePath } from '../images/formats';
import { explorerOrder } from '../images/order';

/** The images under review, by their '/'-separated paths relative to the folder, in the Explorer's order. Without 'vscode'. */
export class ImageList {
  private readonly paths: string[];

  constructor(paths: readonly string[]) {
    this.paths = [...new Set(paths)].sort(explorerOrder);
  }

  get length(): number {
    return this.paths.length;
  }

  at(index: number): string | undefined {
    return this.paths[index];
  }

  /** -1 where it is not in the list. */
  indexOf(image: string): number {
    const at = this.placeOf(image);
    return this.paths[at] === image ? at : -1;
  }

  /** A file has appeared. Whether the list is another now. */
  add(image: string): boolean {
    const hidden = image.split('/').some((name) => name.startsWith('.'));
    if (hidden || !isImagePath(image) || this.indexOf(image) >= 0) return false;
    this.paths.splice(this.placeOf(image), 0, image);
    return true;
  }

  /** A file, or a folder with all that was in it, has gone; `keep` stays in the list nevertheless. Whether the list is another now. */
  remove(gone: string, keep: string): boolean {
    const before = this.paths.length;
    const left = this.paths.filter((image) => image === keep || (image !== gone && !image.startsWith(`${gone}/`)));
    if (left.length < before) this.paths.splice(0, before, ...left);
    return left.length < before;
  }

  /** Where it is, or would be: the number of images before it. */
  private placeOf(image: string): number {
    let [low, high] = [0, this.paths.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (explorerOrder(this.paths[middle] ?? '', image) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
