/** Which files count as images, by their names; what a file really holds is for images/sniff.ts to say. */

/** Lower-case extensions, without the dot, of the files we open. */
export const IMAGE_EXTENSIONS: readonly string[] = ['jpg', 'jpeg', 'png', 'webp', 'tif', 'tiff', 'bmp', 'gif', 'avif'];

const NOT_IN_BROWSERS: readonly string[] = ['tif', 'tiff'];

function extensionOf(path: string): string {
  return /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

/** Whether a path or URI path has the extension of an image we open, in upper or lower case. */
export function isImagePath(path: string): boolean {
  return IMAGE_EXTENSIONS.includes(extensionOf(path));
}

/** Whether a browser's <img> shows this file as it is; the others are rendered to PNG first (images/render.ts). */
export function browserShows(path: string): boolean {
  return isImagePath(path) && !NOT_IN_BROWSERS.includes(extensionOf(path));
}
