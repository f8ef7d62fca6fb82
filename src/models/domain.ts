/** Is an image like the model's training images? Judged by the pooled features of a layer, never by size or file. */
import { SmearLensError } from '../errors';
import type { DomainVerdict } from '../protocol/analysis';

/** A manifest's domain statistics, ready to be used. */
export interface DomainModel {
  /** Tensor whose mean over its pixels is judged. */
  readonly features: string;
  /** Larger scores are less alike. */
  judge(features: ArrayLike<number>): DomainVerdict;
}

/**
 * @param spec the manifest's `domain`
 * @throws SmearLensError `manifest-invalid`
 */
export function parseDomain(spec: Readonly<Record<string, unknown>>, file: string): DomainModel {
  throw new SmearLensError('manifest-invalid', `${file}: unknown domain method '${String(spec.method)}'.`, 'Remove the domain, or update SmearLens.');
}
