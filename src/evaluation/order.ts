/** The order of what an evaluation leaves: that of UTF-16 code units, the same on every system. */

/** For `Array.prototype.sort`. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By the path, likewise. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return byCodeUnits(a.path, b.path);
}
