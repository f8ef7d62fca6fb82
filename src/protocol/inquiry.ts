/** What a reviewer may ask about an image beyond its analysis: long work in small steps, with answers that grow. */
import type { ScoreCam, ScoreCamMode } from './scoreCam';

interface OfClasses {
  /** Indices of the classes explained; absent: all of a model with few classes, the top ones of others. */
  readonly rows?: readonly number[] | undefined;
}

export type Inquiry =
  /** `fill`: red, green and blue of 0 to 255 that masking shows; absent: 0 in network space, as the authors have it. */
  OfClasses & { readonly kind: 'score-cam'; readonly mode: ScoreCamMode; readonly fill?: readonly [number, number, number] | undefined };

/** As far as it has come; the last one is whole. */
export type InquiryAnswer = { readonly kind: 'score-cam' } & ScoreCam;
