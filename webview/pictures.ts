/** Decoded pictures: those that may be shown next are fetched and decoded ahead. */
import type { ImageSource } from '../src/protocol/editor';

/** A picture on its way to the screen. */
export interface Picture {
  readonly element: HTMLImageElement;
  /** Resolves once it can be shown without waiting; rejects where the browser cannot decode it. */
  readonly decoded: Promise<void>;
}

export class Pictures {
  /** By key. */
  private ahead = new Map<string, Picture>();

  /** Fetches these, and forgets those fetched ahead before that are not among them. */
  prefetch(sources: readonly ImageSource[]): void {
    const known = this.ahead;
    this.ahead = new Map();
    for (const source of sources) {
      const key = keyOf(source);
      const picture = known.get(key) ?? load(source);
      if (picture) this.ahead.set(key, picture);
    }
  }

  /** The picture of a source, from those fetched ahead if it is there; undefined where there is nothing to show. */
  take(source: ImageSource | undefined): Picture | undefined {
    return this.ahead.get(keyOf(source)) ?? (source && load(source));
  }
}

/** The same for the same picture. */
export function keyOf(source: ImageSource | undefined): string {
  if (source?.kind === 'uri') return source.uri;
  return source?.kind === 'png' ? `png ${source.version}` : (source?.kind ?? '');
}

function load(source: ImageSource): Picture | undefined {
  if (source.kind === 'unshowable') return undefined;
  const element = new Image();
  element.draggable = false;
  // Else its pixels could not be read.
  element.crossOrigin = 'anonymous';
  const blob = source.kind === 'png' ? URL.createObjectURL(new Blob([new Uint8Array(source.png)], { type: 'image/png' })) : undefined;
  element.src = source.kind === 'uri' ? source.uri : (blob ?? '');
  const decoded = element.decode();
  // Whoever takes the picture hears of the failure; one that nobody takes need not be told of.
  const over = (): void => void (blob && URL.revokeObjectURL(blob));
  decoded.then(over, over);
  return { element, decoded };
}
