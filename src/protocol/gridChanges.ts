/** What of the grid's images has changed: 10,000 of them are megabytes, and a label changes one. Pure. */
import type { GridImage } from './grid';

/** From one list of images to the next. */
export interface GridChange {
  /** New, or with something new about them. */
  readonly changed: readonly GridImage[];
  /** All of them in their order; undefined where they are the same in the same order. */
  readonly paths?: readonly string[] | undefined;
}

export function changeOf(before: readonly GridImage[], after: readonly GridImage[]): GridChange {
  const known = new Map(before.map((image) => [image.path, image]));
  const changed = after.filter((image) => !isSame(image, known.get(image.path)));
  const isInOrder = before.length === after.length && after.every(({ path }, i) => path === before[i].path);
  return isInOrder ? { changed } : { changed, paths: after.map(({ path }) => path) };
}

/** The inverse of {@link changeOf}; a path that nothing is known of is passed over. */
export function applyChange(before: readonly GridImage[], { changed, paths }: GridChange): GridImage[] {
  const images = new Map([...before, ...changed].map((image) => [image.path, image]));
  return (paths ?? before.map(({ path }) => path)).flatMap((path) => images.get(path) ?? []);
}

function isSame(a: GridImage, b: GridImage | undefined): boolean {
  return b !== undefined && a.uri === b.uri && a.sha256 === b.sha256 && a.state === b.state && a.label === b.label && a.reason === b.reason;
}
