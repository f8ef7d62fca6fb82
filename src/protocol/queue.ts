/** What has become of an image of the review queue. */

/**
 * `agreed` and `corrected`: the reviewer's label is, or is not, what the model had said; `labelled`: no model had said anything.
 * Labels of others count only once the reviewer has given one.
 */
export type QueueState = 'disputed' | 'unsure' | 'corrected' | 'unlabelled' | 'labelled' | 'agreed' | 'excluded';

/** In the order in which they need a reviewer. */
export const QUEUE_STATES: Readonly<Record<QueueState, string>> = {
  disputed: 'Disputed',
  unsure: 'Unsure',
  corrected: 'Corrected',
  unlabelled: 'Not labelled',
  labelled: 'Labelled',
  agreed: 'Agreed with the model',
  excluded: 'Excluded',
};
