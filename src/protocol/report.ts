/** Messages from the page of an evaluation's report to the extension host. The page's data are part of the page. */

/** Page to host: show these images in a review session. */
export interface OpenImages {
  readonly kind: 'open';
  /** Relative to the evaluated folder, in the order in which to go through them. */
  readonly paths: readonly string[];
  /** What they have in common, e.g. 'Truth Pre, predicted Early'. */
  readonly title: string;
  /** Id of the model whose overlay is wanted. */
  readonly model: string;
  /** By path: label, prediction and confidence in words. */
  readonly notes: Readonly<Record<string, string>>;
}

export type FromReport = OpenImages;
