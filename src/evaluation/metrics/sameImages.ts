/** Sets of predictions of the same images. */
import { SmearLensError } from '../../errors';
import type { PredictionSet } from '../types';

export interface NamedSet {
  readonly id: string;
  readonly set: PredictionSet;
}

/**
 * Holds that sets have the same classes and the same images with the same labels, all sorted by path.
 * @throws SmearLensError `input-invalid`, naming what differs first
 */
export function requireSameImages(sets: readonly NamedSet[]): void {
  const [first, ...others] = sets;
  for (const { id, set } of others) {
    const fail = (what: string): never => {
      throw new SmearLensError('input-invalid', `The predictions of ${first.id} and ${id} differ: ${what}.`, 'Compare predictions of the same images with the same labels and classes.');
    };
    const [classes, otherClasses] = [first.set, set].map((s) => s.classes.map((c) => c.id).join(', '));
    if (classes !== otherClasses) fail(`classes ${classes} and ${otherClasses}`);
    for (let i = 0; i < Math.max(first.set.rows.length, set.rows.length); i++) {
      const [row, other] = [first.set.rows.at(i), set.rows.at(i)];
      if (row && other && row.path === other.path) {
        if (row.label !== other.label) fail(`${row.path} is labelled ${classAt(first.set, row.label)} and ${classAt(set, other.label)}`);
      } else if (!other || (row && row.path < other.path)) fail(`${id} has no prediction of ${row?.path}`);
      else fail(`${first.id} has no prediction of ${other.path}`);
    }
  }
}

function classAt(set: PredictionSet, label: number): string {
  return set.classes[label].id;
}
