/** Is an image like the model's training images? Judged by pooled features of the network, never by size or file. */
import { SmearLensError } from '../errors';
import { sizeOf } from '../onnx/tensors';
import type { DomainVerdict } from '../protocol/analysis';

/** A manifest's domain statistics, ready to be used. */
export interface DomainModel {
  /** Tensor that is judged: [n, F], or an activation that is averaged over its pixels. */
  readonly features: string;
  /** Length F of the features. */
  readonly size: number;
  /** Larger scores are less alike; about 1 on training images. */
  judge(features: ArrayLike<number>): DomainVerdict;
}

/** As it stands in model.json. Arrays are base64 of little-endian float32, row-major. */
interface DomainSpec {
  readonly method: 'grouped-l2-mahalanobis';
  readonly features: string;
  /** How many features each group has; each group is divided by its Euclidean length. */
  readonly groups: readonly number[];
  /** [F] */
  readonly mean: { readonly shape: readonly number[]; readonly base64: string };
  /** [F, F] */
  readonly whitening: { readonly shape: readonly number[]; readonly base64: string };
  readonly threshold: number;
}

/**
 * Squared Mahalanobis distance a dimension, of features whose groups (layers) have unit length:
 * u = concat(f_g / |f_g|), z = (u − mean)·whitening, score = Σz² / F; in the domain up to the threshold.
 * How it is fitted: models/training/domain.py.
 * @param spec the manifest's `domain`, valid by models/model.schema.json
 * @throws SmearLensError `manifest-invalid` where sizes do not agree
 */
export function parseDomain(spec: Readonly<Record<string, unknown>>, file: string): DomainModel {
  const { features, groups, mean, whitening, threshold } = spec as unknown as DomainSpec;
  const size = groups.reduce((sum, g) => sum + g, 0);
  const centre = decode(mean, [size], file, 'mean');
  const transform = decode(whitening, [size, size], file, 'whitening');
  return {
    features,
    size,
    judge(raw): DomainVerdict {
      const centred = unitGroups(raw, groups).map((u, i) => u - centre[i]);
      let sum = 0;
      for (let column = 0; column < size; column++) {
        let z = 0;
        for (let row = 0; row < size; row++) z += centred[row] * transform[row * size + column];
        sum += z * z;
      }
      const score = sum / size;
      // A score that is no number (features of zero) is not like anything.
      return { inDomain: score <= threshold, score: Number.isNaN(score) ? Infinity : score, threshold };
    },
  };
}

/** Each group of features divided by its Euclidean length. */
function unitGroups(features: ArrayLike<number>, groups: readonly number[]): Float64Array {
  const units = Float64Array.from(features);
  let start = 0;
  for (const length of groups) {
    const group = units.subarray(start, start + length);
    const norm = Math.sqrt(group.reduce((sum, f) => sum + f * f, 0));
    group.forEach((f, i) => (group[i] = f / norm));
    start += length;
  }
  return units;
}

function decode(array: DomainSpec['mean'], shape: readonly number[], file: string, name: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(array.base64, 'base64'));
  if (array.shape.join() !== shape.join() || bytes.length !== 4 * sizeOf(shape)) {
    throw new SmearLensError('manifest-invalid', `${file}: 'domain.${name}' is not [${shape.join(', ')}] float32 numbers.`, "Restore model.json, or remove its 'domain'.");
  }
  return new Float32Array(bytes.buffer);
}
