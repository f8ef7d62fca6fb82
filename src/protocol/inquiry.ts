/** What a reviewer may ask about an image beyond its analysis: long work in small steps, with answers that grow. */
import type { MoreMethods } from './moreMethods';
import type { ReciproCam } from './reciproCam';
import type { ScoreCam, ScoreCamMode } from './scoreCam';
import type { Counterfactuals, Faithfulness, MapEnergy, MapInQuestion, Randomisation, Replacement } from './trust';

interface OfClasses {
  /** Indices of the classes explained; absent: all of a model with few classes, the top ones of others. */
  readonly rows?: readonly number[] | undefined;
}

/** Answered by maps. */
export type MapInquiry = OfClasses &
  (
    /** `fill`: red, green and blue of 0 to 255 that masking shows; absent: 0 in network space, as the authors have it. */
    | { readonly kind: 'score-cam'; readonly mode: ScoreCamMode; readonly fill?: readonly [number, number, number] | undefined }
    /** HiResCAM, LayerCAM, XGrad-CAM and Eigen-CAM: they need the gradients. */
    | { readonly kind: 'more-methods' }
    /** Needs no gradients. */
    | { readonly kind: 'recipro-cam' }
  );

/** About a map, an image or a model: may one believe what is seen? */
export type TrustInquiry =
  /** Does the score depend on what the map marks? */
  | { readonly kind: 'faithfulness'; readonly map: MapInQuestion; readonly replacement: Replacement }
  /** On what does the map lie? Runs no model. */
  | { readonly kind: 'map-energy'; readonly map: MapInQuestion }
  /** Does the verdict hold without scale bar, background, colour? */
  | { readonly kind: 'counterfactuals' }
  /** Do maps of this model depend on its weights? Answered once a model and layer, on the first image that it is asked of. */
  | { readonly kind: 'randomisation' };

export type Inquiry = MapInquiry | TrustInquiry;

/** As far as it has come; the last one is whole. */
export type MapAnswer =
  | ({ readonly kind: 'score-cam' } & ScoreCam)
  | ({ readonly kind: 'more-methods' } & MoreMethods)
  | ({ readonly kind: 'recipro-cam' } & ReciproCam);
export type TrustAnswer =
  | ({ readonly kind: 'faithfulness' } & Faithfulness)
  | ({ readonly kind: 'map-energy' } & MapEnergy)
  | ({ readonly kind: 'counterfactuals' } & Counterfactuals)
  | ({ readonly kind: 'randomisation' } & Randomisation);
export type InquiryAnswer = MapAnswer | TrustAnswer;

/** The answer to what was asked. */
export type AnswerTo<K extends Inquiry['kind']> = Extract<InquiryAnswer, { kind: K }>;
