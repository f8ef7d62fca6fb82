/** What an import of a model found out, tried and wrote: `smearlens import --json` tells it, and VS Code asks what is open by it. */

/** How pixels are scaled before the network, by name. */
export type PresetId = '0-1' | 'imagenet' | 'keras-caffe' | 'keras-tf' | '0-255';

/** Labelled images that presets are compared on unless another number is asked for: each is run once a preset, so that whole data sets take minutes. Near presets may differ in log loss only. */
export const COMPARED_IMAGES = 400;

/** A fact that neither the file nor the user has told yet. */
export type OpenFact = 'size' | 'output' | 'classes' | 'preprocessing';

export interface PresetInfo {
  readonly id: PresetId;
  readonly name: string;
  /** What becomes of a pixel. */
  readonly formula: string;
}

/** An output that is a row of class scores. */
export interface OutputInfo {
  readonly name: string;
  readonly classes: number;
  /** The model's own last activation; `none` where the output is the logits. */
  readonly activation: 'softmax' | 'sigmoid' | 'none';
}

/** The probabilities of one image under one preset. */
export interface DryRunRow {
  readonly preset: PresetId;
  /** In the order of the classes; null where the model gave no numbers. */
  readonly probabilities: readonly number[] | null;
}

/** Figures of one preset over labelled images. */
export interface ComparedRow {
  readonly preset: PresetId;
  /** 0 to 1. */
  readonly accuracy: number;
  /** Mean, in nats; null where a score was no number, which then counts as wrong. */
  readonly logLoss: number | null;
}

export interface Comparison {
  /** The best first: by accuracy, then by log loss. */
  readonly rows: readonly ComparedRow[];
  /** Images that were compared on, drawn at random from those labelled. */
  readonly images: number;
  /** Labelled images in the folder. */
  readonly labelled: number;
  /** By name of the truth, the class it was taken for; null: none. */
  readonly mapping: Readonly<Record<string, string | null>>;
  /** What must be kept in mind. */
  readonly note: string;
}

export interface ImportReport {
  readonly model: string;
  readonly sha256: string;
  readonly opset: number;
  readonly id: string;
  readonly name: string;
  readonly input: {
    readonly name: string;
    readonly elementType: 'float32' | 'float16' | 'float64';
    readonly layout: 'NCHW' | 'NHWC';
    readonly width: number;
    readonly height: number;
    /** `file`: fixed there; `given` by the user; `tried`: the only one of the usual sizes that runs; `open`: any runs, and this one is proposed. */
    readonly sizeFrom: 'file' | 'given' | 'tried' | 'open';
    /** `file`: its dimensions or a Transpose tell; `given` by the user; `tried`: the other one does not run. */
    readonly layoutFrom: 'file' | 'given' | 'tried';
  };
  /** Scalar inputs, which are fed zero ('inference'). */
  readonly fedZero: readonly string[];
  readonly outputs: readonly OutputInfo[];
  readonly output: OutputInfo;
  /** In the order of the scores; undefined while they are not known. */
  readonly classes: readonly string[] | undefined;
  /** Where the names come from: `given`, `metadata` of the file, or the name of a file beside it. */
  readonly classesFrom: string | undefined;
  /** Why no names were taken though some were found. */
  readonly classesNote: string | undefined;
  /** What the graph itself does to pixels at its start. */
  readonly inside: string | undefined;
  readonly preprocessing: PresetId | undefined;
  readonly preprocessingFrom: 'given' | 'graph' | 'labelled' | undefined;
  readonly presets: readonly PresetInfo[];
  /** The tensor that maps are drawn of; null where none is found. */
  readonly layer: string | null;
  readonly layerFrom: 'given' | 'automatic';
  /** Names of the activations to choose from, from image to scores. */
  readonly layers: readonly string[];
  /** What is odd about the scores. */
  readonly warnings: readonly string[];
  /** What has to be said before it can be saved. */
  readonly open: readonly OpenFact[];
  readonly dryRun: { readonly image: string; readonly rows: readonly DryRunRow[] } | undefined;
  readonly comparison: Comparison | undefined;
  /** Path of the manifest that was written. */
  readonly saved: string | undefined;
  readonly researchUse: string;
}
