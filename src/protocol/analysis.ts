/** What one image yields from one model: the data that the inference process, the editor, the webview and the command line share. */
import type { ErrorInfo } from '../errors';

/** Names as they stand in files and on the command line. */
export type CamMethod = 'grad-cam' | 'grad-cam++' | 'score-cam' | 'hirescam' | 'layercam' | 'xgrad-cam' | 'eigen-cam' | 'recipro-cam';
/** `none` where a method has no variants (Grad-CAM); see docs/ARCHITECTURE.md for the others. */
export type CamVariant = 'none' | 'paper' | 'normalised' | 'authors' | 'channel-softmax';
/** Execution providers, by the command line's names. */
export type ProviderName = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';
export type ProviderChoice = ProviderName | 'auto';

/** One class of the model, in the order of its logits. */
export interface ClassInfo {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** e.g. `benign` or `malignant`. */
  readonly superclass?: string | undefined;
}

/** One class-activation map at layer size: ReLU applied, not normalised ('raw'), row-major, h × w float32 values >= 0. */
export interface CamMap {
  readonly method: CamMethod;
  readonly variant: CamVariant;
  /** Index into {@link ModelInfo.classes}. */
  readonly classIndex: number;
  readonly raw: Float32Array;
  /** All values equal: there is nothing to see, and the map is shown as zeros. */
  readonly flat: boolean;
  /** Grad-CAM++ `paper`: channels whose α was set to 0 because |2 + ΣA·g| < 1e-6. */
  readonly singularChannels?: number | undefined;
  /** Grad-CAM++ `paper`: channels with |2 + ΣA·g| < 1e-3, the singular ones included. */
  readonly nearSingularChannels?: number | undefined;
  /** Score-CAM: standard deviation of the channels' weights over their mean. */
  readonly weightVariation?: number | undefined;
}

/** All maps of one run. */
export interface Explanation {
  /** Name of the activation tensor explained. */
  readonly layer: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly maps: readonly CamMap[];
  /**
   * The gradient of every class is the same at every position of the layer, as a head of global average pooling and one
   * linear layer makes it. All methods then weight the channels by that layer's weights, and their agreement is arithmetic.
   */
  readonly uniformGradient?: boolean | undefined;
}

export interface ModelInfo {
  readonly id: string;
  readonly name: string;
  /** sha256 of the ONNX file, lower-case hex. */
  readonly sha256: string;
  readonly classes: readonly ClassInfo[];
}

/** Is the image like the model's training images? Larger scores are less alike. */
export interface DomainVerdict {
  readonly inDomain: boolean;
  readonly score: number;
  readonly threshold: number;
}

export interface Analysis {
  readonly image: {
    readonly path: string;
    /** sha256 of the image file's bytes. */
    readonly sha256: string;
    /** Size as decoded, in pixels, after EXIF orientation. */
    readonly width: number;
    readonly height: number;
    /**
     * The part of the image that the network's input shows, in pixels of the image: smaller than it after `cover`, reaching
     * over its edges after `contain`. Absent: the whole image (`stretch`). The maps lie on it.
     */
    readonly field?: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | undefined;
  };
  readonly model: ModelInfo;
  /** Pre-softmax scores, one a class. */
  readonly logits: readonly number[];
  /** 0 to 1; sums to 1 for softmax models. */
  readonly probabilities: readonly number[];
  /** Index of the largest logit. */
  readonly predicted: number;
  /** Absent where the manifest has no domain statistics. */
  readonly domain?: DomainVerdict | undefined;
  /** Absent where none was asked for; an error where the model cannot be explained though it predicts. */
  readonly explanation?: Explanation | { readonly error: ErrorInfo } | undefined;
  readonly provider: ProviderName;
  /** Wall time of the model run alone (no decoding), in milliseconds. */
  readonly milliseconds: number;
}
