import { isImagePath } from '../images/formats';
import { explorerOrder } from '../images/order';

/** The images under review, by their '/'-separated paths relative to the folder, each of them once. Without 'vscode'. */
export interface Images {
  readonly length: number;
  at(index: number): string | undefined;
  /** -1 where it is not among them. */
  indexOf(image: string): number;
  /** A file has appeared. Whether there are others now. */
  add(image: string): boolean;
  /** A file, or a folder with all that was in it, has gone; `keep` stays nevertheless. Whether there are others now. */
  remove(gone: string, keep: string): boolean;
}

/** All images of a folder, in the Explorer's order. */
export class ImageList implements Images {
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

  indexOf(image: string): number {
    const at = this.placeOf(image);
    return this.paths[at] === image ? at : -1;
  }

  add(image: string): boolean {
    const hidden = image.split('/').some((name) => name.startsWith('.'));
    if (hidden || !isImagePath(image) || this.indexOf(image) >= 0) return false;
    this.paths.splice(this.placeOf(image), 0, image);
    return true;
  }

  remove(gone: string, keep: string): boolean {
    const before = this.paths.length;
    const left = without(this.paths, gone, keep);
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

/** Images chosen for a reason, in the order in which they were given: nothing comes in by itself. */
export class ImageQueue implements Images {
  private paths: readonly string[];
  private places: ReadonlyMap<string, number>;

  constructor(paths: readonly string[]) {
    this.paths = [...new Set(paths)];
    this.places = placesOf(this.paths);
  }

  get length(): number {
    return this.paths.length;
  }

  at(index: number): string | undefined {
    return this.paths[index];
  }

  indexOf(image: string): number {
    return this.places.get(image) ?? -1;
  }

  add(): boolean {
    return false;
  }

  remove(gone: string, keep: string): boolean {
    const before = this.paths.length;
    this.paths = without(this.paths, gone, keep);
    this.places = placesOf(this.paths);
    return this.paths.length < before;
  }
}

function without(paths: readonly string[], gone: string, keep: string): string[] {
  return paths.filter((image) => image === keep || (image !== gone && !image.startsWith(`${gone}/`)));
}

function placesOf(paths: readonly string[]): Map<string, number> {
  return new Map(paths.map((image, i) => [image, i]));
}
