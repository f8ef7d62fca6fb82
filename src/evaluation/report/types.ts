/** What the report's page is given, as JSON within the page. Pure types, so that the page can share them. */
import type { ClassInfo } from '../../protocol/analysis';
import type { EvaluationResult, GroupSource } from '../types';

/** What varies from run to run, as it stands in run.json. */
export interface ReportRunFacts {
  /** ISO 8601. */
  readonly when: string;
  /** e.g. `cpu`. */
  readonly provider?: string | undefined;
  /** By the model's id. */
  readonly imagesPerSecond: Readonly<Record<string, number>>;
}

export interface ReportRun {
  /** The evaluated folder's name; no path of the machine. */
  readonly title: string;
  /** Absent in report.html, which is the same bytes whichever run or merge of shards wrote it. */
  readonly facts?: ReportRunFacts | undefined;
  /** For the page to keep with its state, so that VS Code can open it again; absent in report.html. */
  readonly resume?: string | undefined;
}

/** One model's answers by columns: a tenth of the bytes that rows of named fields would take. */
export interface ReportPredictions {
  readonly classes: readonly ClassInfo[];
  readonly groupSource: GroupSource;
  /** Indices into {@link ReportData.paths}; absent: all of them, in their order. */
  readonly images?: readonly number[] | undefined;
  readonly labels: readonly number[];
  readonly predicted: readonly number[];
  /** Row by row, one a class, to 5 significant digits, rounded down; null where the model gave none. */
  readonly probabilities: readonly (number | null)[];
}

/** Small pictures as data URIs. */
export interface Thumbnail {
  readonly plain: string;
  /** The same with the class-activation map of the predicted class over it. */
  readonly cam?: string | undefined;
}

export interface ReportData {
  /** ROC and precision-recall curves thinned to what a drawing can show; metrics.json has all points. */
  readonly result: EvaluationResult;
  readonly run: ReportRun;
  /** Of all images, sorted. */
  readonly paths: readonly string[];
  /** By the model's id. */
  readonly predictions: Readonly<Record<string, ReportPredictions>>;
  /** By path; of some images only. */
  readonly thumbnails: Readonly<Record<string, Thumbnail>>;
}
