/** The order in which a reviewer goes through a folder: that of VS Code's Explorer. */

const NAMES = new Intl.Collator('en', { numeric: true });

/**
 * Compares two '/'-separated paths: at each folder its sub-folders come before its files, and both are in natural order
 * ('smear-2' before 'smear-10'). For `Array.prototype.sort`; 0 only for the same path.
 */
export function explorerOrder(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [one, other] = [left[i] ?? '', right[i] ?? ''];
    if (one === other) continue;
    const [isFile, otherIsFile] = [i === left.length - 1, i === right.length - 1];
    if (isFile !== otherIsFile) return isFile ? 1 : -1;
    // Names that differ in case or accents alone may count as equal there.
    return NAMES.compare(one, other) || (one < other ? -1 : 1);
  }
  return left.length - right.length;
}
