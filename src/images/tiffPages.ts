/** Which page of a TIFF is the image: pyramids keep one picture at several resolutions as pages, in either order. */

export interface PageSize {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/**
 * @param sizes of the pages in file order, at least one
 * @returns the index of the largest page of a pyramid (each size about half the next larger one), otherwise 0: pages of
 *   other sizes are a stack, a document, or labels and thumbnails behind the image
 */
export function pageToRead(sizes: readonly PageSize[]): number {
  const order = sizes.map((_, index) => index).sort((a, b) => sizes[b].width - sizes[a].width || a - b);
  const isPyramid = order.every((page, rank) => rank === 0 || isHalf(sizes[page], sizes[order[rank - 1]]));
  return isPyramid ? order[0] : 0;
}

/** Halved and rounded either way; pyramids that keep whole tiles are off by a pixel more. */
function isHalf(small: PageSize, large: PageSize): boolean {
  return Math.abs(small.width * 2 - large.width) <= 2 && Math.abs(small.height * 2 - large.height) <= 2;
}
