/** Checks of a map and of the model behind it: what was measured. What the numbers mean is said by trustText.ts. */
import type { CamMap, ProviderName } from './analysis';

/** A map that is asked about: at layer size, not normalised. */
export type MapInQuestion = Pick<CamMap, 'method' | 'variant' | 'classIndex' | 'raw'> & { readonly height: number; readonly width: number };
export type MapName = Pick<CamMap, 'method' | 'variant' | 'classIndex'>;

/**
 * What removed pixels show. `blur`: the image, blurred. `road`: the weighted mean of their neighbours, solved for all removed
 * pixels together, with a little noise (noisy linear imputation, Rong et al. 2022), which hides where something was removed.
 */
export type Replacement = 'blur' | 'road';

/** Pre-softmax scores of the map's class at each fraction. */
export interface Curves {
  readonly map: readonly number[];
  /** One list a control. */
  readonly controls: readonly (readonly number[])[];
}

/** How the class's score falls when the areas of highest map value are removed, and rises when they alone are shown. */
export interface Faithfulness {
  readonly map: MapName;
  readonly replacement: Replacement;
  /** Standard deviation of the Gaussian, in pixels of the network's input; absent for `road`. */
  readonly blur?: number | undefined;
  /** Shares of the image's area, ascending, 0 and 1 left out. */
  readonly fractions: readonly number[];
  /** The same areas turned or moved. Fewer where copies cover much of what the map itself marks. */
  readonly controls: readonly string[];
  /** Score of the image as it is, and of the one that is blurred all over (absent for `road`). NaN until known. */
  readonly original: number;
  readonly replaced?: number | undefined;
  /** The fraction of highest values is replaced. NaN where not yet known. */
  readonly deletion: Curves;
  /** All but the fraction of highest values is replaced. NaN where not yet known. */
  readonly insertion: Curves;
  /** The map marks nothing: all of its values are equal. */
  readonly flat: boolean;
  /** Passes. */
  readonly done: number;
  readonly total: number;
  readonly provider: ProviderName;
  readonly milliseconds: number;
}

export type Part = 'nuclei' | 'other cells' | 'background' | 'scale bar';
export type Corner = 'top left corner' | 'top right corner' | 'bottom left corner' | 'bottom right corner';

/** 0 to 1 each. */
export interface Share {
  readonly energy: number;
  readonly area: number;
}

/** Where the sum of a map's values lies, in the picture that the network sees. */
export interface MapEnergy {
  readonly map: MapName;
  /** Every pixel is in one of them, so both shares sum to 1. */
  readonly parts: readonly (Share & { readonly part: Part })[];
  /** `nuclei`: share of the corner that nuclei cover, 0 to 1. */
  readonly corners: readonly (Share & { readonly corner: Corner; readonly nuclei: number })[];
  /** Whether a burned-in scale bar was found; where it was not, `scale bar` has no area. */
  readonly scaleBar: boolean;
  readonly flat: boolean;
}

export type Change = 'scale bar painted out' | 'background flattened' | 'grey' | 'recoloured';

/** The image with one thing changed. */
export interface Counterfactual {
  readonly change: Change;
  /** Class whose mean colours it was given; only where recoloured. */
  readonly towards?: number | undefined;
  readonly logits: readonly number[];
}

/** How often one change changes the verdict. */
export interface FlipShare {
  readonly change: Change;
  readonly towards?: number | undefined;
  readonly images: number;
  readonly flips: number;
}

export interface Counterfactuals {
  /** Of the image as it is. */
  readonly logits: readonly number[];
  readonly changed: readonly Counterfactual[];
  /** What could not be tried, and why. */
  readonly skipped: readonly { readonly change: Change; readonly reason: string }[];
  /** Over the images that were asked about so far, this one included, with the same model; empty until the answer is whole. */
  readonly flips: readonly FlipShare[];
  readonly done: number;
  readonly total: number;
  readonly provider: ProviderName;
}

/** Which weights were made random. */
export type RandomisedPart = 'head' | 'head and last convolutions';

/**
 * Do maps change when the model's last weights are random (Adebayo et al. 2018)? Rank correlations between Grad-CAM of the
 * predicted class and Grad-CAM maps of the randomised model.
 */
export interface Randomisation {
  readonly layer: string;
  /** How many images were looked at. */
  readonly images: number;
  readonly stages: readonly {
    readonly part: RandomisedPart;
    /** How many weight tensors were made random. */
    readonly tensors: number;
    /** Spearman, −1 to 1, one a map that was compared. */
    readonly correlations: readonly number[];
    /** Maps of the randomised model that were flat, and have no ranks. */
    readonly flat: number;
  }[];
  readonly done: number;
  readonly total: number;
}
