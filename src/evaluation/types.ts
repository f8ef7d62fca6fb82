/** What an evaluation is made of: the data that its run, its metrics, its report and the command line share. Pure types. */
import type { ClassInfo } from '../protocol/analysis';

/** Where a group (patient, slide) comes from: stated, taken from the runs of the file names, or unknown. */
export type GroupSource = 'given' | 'file-run' | 'none';

/** One image as one model sees it. */
export interface Prediction {
  /** Relative to the evaluated folder, '/'-separated, NFC; or as it stands in a predictions file. */
  readonly path: string;
  /** Of the image file's bytes, lower-case hex; empty where a predictions file does not say. */
  readonly sha256: string;
  /** Index of the true class. */
  readonly label: number;
  /** Index of the likeliest class; -1 where there is none ('Unidentified'): no score is a number, or the model abstained. Counts as wrong. */
  readonly predicted: number;
  /** One a class; sums to 1 within 1e-3, or holds NaN where the model gave none. */
  readonly probabilities: readonly number[];
  /** Patient or slide. */
  readonly group?: string | undefined;
}

/** What one model says about the images of a set, sorted by path. */
export interface PredictionSet {
  readonly classes: readonly ClassInfo[];
  readonly rows: readonly Prediction[];
  readonly groupSource: GroupSource;
}

/** A 95 % confidence interval. `low` and `high` are null where it is not estimable, and `note` then says why. */
export interface Interval {
  readonly low: number | null;
  readonly high: number | null;
  readonly method: 'cluster-bootstrap' | 'wilson' | 'delong' | 'bootstrap';
  /** e.g. 'assumes independent images; too narrow if images share a smear', 'not estimable: fewer than 5 groups'. */
  readonly note?: string | undefined;
}

/** Headline figures, by the names that they have in metrics.json. */
export interface Averages {
  readonly precision: number;
  readonly sensitivity: number;
  readonly specificity: number;
  readonly f1: number;
  /** One-vs-rest; null where a class has no positives or no negatives, or a score is NaN. */
  readonly auc: number | null;
}

export interface ClassMetrics extends Averages {
  /** Images of the class. */
  readonly support: number;
  /** Average precision; null where the class has no positives. */
  readonly averagePrecision: number | null;
  readonly intervals: Readonly<Record<string, Interval>>;
}

/** `thresholds[0]` is Infinity (null in JSON); no point is dropped (scikit-learn, `drop_intermediate=False`). */
export interface RocCurve {
  readonly fpr: readonly number[];
  readonly tpr: readonly number[];
  readonly thresholds: readonly number[];
}

/** scikit-learn's `precision_recall_curve`: one more precision and recall than thresholds, the last point (1, 0). */
export interface PrecisionRecallCurve {
  readonly precision: readonly number[];
  readonly recall: readonly number[];
  readonly thresholds: readonly number[];
}

/** Of top-label calibration: 15 equal-width right-closed bins over (0, 1]. */
export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence and share right; null where the bin is empty. */
  readonly confidence: number | null;
  readonly accuracy: number | null;
}

export interface Calibration {
  readonly ece: number | null;
  /** Mean over images of the sum over classes of (p − y)², 0 to 2. */
  readonly brier: number | null;
  readonly logLoss: number | null;
  readonly bins: readonly CalibrationBin[];
}

/** Of a model whose classes have exactly two superclasses: the probability of one is the sum over its classes. */
export interface TwoClassMetrics {
  /** The superclass that counts as positive: `malignant` where there is one, else the later one in the class list. */
  readonly positive: string;
  readonly negative: string;
  readonly sensitivity: number;
  readonly specificity: number;
  readonly accuracy: number;
  readonly auc: number | null;
  readonly support: { readonly positive: number; readonly negative: number };
  readonly intervals: Readonly<Record<string, Interval>>;
}

/** The contract's metrics.json (docs/ARCHITECTURE.md). Rows of the confusion matrix are the truth. */
export interface Metrics {
  readonly classes: readonly string[];
  readonly n: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  /** NaN (null in JSON) for constant raters. */
  readonly kappa: number;
  readonly mcc: number;
  readonly macro: Averages;
  readonly weighted: Averages;
  readonly perClass: Readonly<Record<string, ClassMetrics>>;
  readonly confusionMatrix: readonly (readonly number[])[];
  /** Images without a predicted class, a true class: the confusion matrix's further column. Only where there are any. */
  readonly unidentified?: readonly number[] | undefined;
  readonly roc: Readonly<Record<string, RocCurve | null>>;
  readonly precisionRecall: Readonly<Record<string, PrecisionRecallCurve | null>>;
  readonly calibration: Calibration;
  readonly twoClass?: TwoClassMetrics | undefined;
  /** Of accuracy, balancedAccuracy, kappa, mcc, `macro.sensitivity` and so on. */
  readonly intervals: Readonly<Record<string, Interval>>;
}

/** Two models on the same images. */
export interface Comparison {
  /** Ids of the models. */
  readonly a: string;
  readonly b: string;
  /** Exact (binomial) test of the images that only one of them has right. `holm`: p adjusted over the comparisons with the most accurate model, in those. */
  readonly mcnemar: { readonly onlyA: number; readonly onlyB: number; readonly p: number; readonly holm?: number | undefined };
  /** Paired DeLong a class: difference AUC(a) − AUC(b); null where it is not defined. */
  readonly delong: Readonly<Record<string, { readonly difference: number; readonly z: number; readonly p: number } | null>>;
  /** Accuracy(a) − accuracy(b), by the cluster bootstrap where there are groups. */
  readonly accuracyDifference: { readonly value: number; readonly interval: Interval };
  /** The same of every overall figure, by its name in {@link Metrics.intervals}; a value is null where a model lacks the figure. */
  readonly differences?: Readonly<Record<string, { readonly value: number | null; readonly interval: Interval }>> | undefined;
  /** What the tests assume. */
  readonly note?: string | undefined;
}

/** What the gate before the figures found. */
export interface Leakage {
  /** One line, the report's first: what was found, or 'group-disjoint: unknown'. */
  readonly summary: string;
  readonly groupDisjoint: 'yes' | 'no' | 'unknown';
  /** Sets of paths with the same bytes, of which two lie in different splits. */
  readonly exactAcrossSplits: readonly (readonly string[])[];
  /** Pairs of alike pictures in different splits, other than exact duplicates; `distance` is 1 − correlation. At most 100,000. */
  readonly nearAcrossSplits: readonly { readonly a: string; readonly b: string; readonly distance: number }[];
  /** The correlation from which pictures counted as alike; null where unrelated ones are too alike to tell; absent where none were compared. */
  readonly nearThreshold?: number | null | undefined;
  /** Groups with images in more than one split. */
  readonly groupsAcrossSplits: readonly { readonly group: string; readonly splits: readonly string[] }[];
  /** The same bytes under more than one label. */
  readonly contradictions: readonly { readonly paths: readonly string[]; readonly labels: readonly string[] }[];
  /** Images outside the training images of a model, by its id. */
  readonly outsideDomain: Readonly<Record<string, readonly string[]>>;
  /** Images whose label was given after the reviewer saw an evaluated model; left out of the headline. */
  readonly notIndependent: readonly string[];
}

/** One row of the study's table 5. */
export interface EvaluatedModel {
  readonly id: string;
  readonly name: string;
  /** Of the ONNX file; empty for an ensemble. */
  readonly sha256: string;
  readonly kind: 'model' | 'ensemble' | 'calibrated' | 'not-independent';
  /** Size of the ONNX file with its external data, in bytes. */
  readonly bytes?: number | undefined;
  readonly parameters?: number | undefined;
  readonly metrics: Metrics;
  /** Temperature by which the logits were divided, where one was fitted. */
  readonly temperature?: number | undefined;
  /** The model scores each class by itself (sigmoid); its probabilities are those scores divided by their sum. */
  readonly scores?: 'one-vs-rest' | undefined;
}

/** An image that could not be evaluated. */
export interface Unreadable {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Why the annotation log has no label of an image that reviewers looked at. */
export type LeftOutReason = 'disputed' | 'excluded' | 'unsure';

/** What an evaluation comes to: the same whatever the machine, the shards and the time. */
export interface EvaluationResult {
  readonly researchUse: string;
  readonly models: readonly EvaluatedModel[];
  readonly comparisons: readonly Comparison[];
  /** Ids of the models that are not distinguishable from the most accurate one (McNemar, Holm-adjusted), itself included. */
  readonly notDistinguishable: readonly string[];
  readonly leakage: Leakage;
  readonly unreadable: readonly Unreadable[];
  /** Images whose reviewers differ and nobody adjudicated, or cannot tell, or that were excluded. */
  readonly leftOut?: readonly { readonly path: string; readonly reason: LeftOutReason }[] | undefined;
  /** How many images the figures are about, how many temperatures were fitted on, and how many of other splits the leakage gate saw. */
  readonly images?: { readonly headline: number; readonly validation: number; readonly otherSplits: number } | undefined;
  /** Folder or truth names, and the class id that each was taken for; null: none, so its images were left out. */
  readonly mapping: Readonly<Record<string, string | null>>;
}

/** The contract's metrics.json of `evaluate`: of each model the figures, with its id as `model`. */
export type EvaluationFile = Omit<EvaluationResult, 'models'> & { readonly models: readonly (Omit<EvaluatedModel, 'id' | 'metrics'> & Metrics & { readonly model: string })[] };
