/** A training of a head: what is told while it runs, and the messages between the extension host and the page that shows it. */

/** How a head fits images. */
export interface Fit {
  /** Mean cross-entropy, in nats, without any penalty. */
  readonly loss: number;
  /** Share of the images whose likeliest class is theirs, 0 to 1. */
  readonly accuracy: number;
}

/** Both parts after an epoch, with the same weights. */
export interface Epoch {
  /** From 1 on. */
  readonly epoch: number;
  readonly training: Fit;
  readonly heldOut: Fit;
}

/** Why training ended: no improvement for long enough, all epochs done, or it was stopped. */
export type Ending = 'patience' | 'epochs' | 'stopped';

/** What a head is trained on. */
export interface TrainingPlan {
  /** Ids. */
  readonly classes: readonly string[];
  readonly backbone: string;
  /** By part and class id. */
  readonly counts: Readonly<Record<'train' | 'validation' | 'test', Readonly<Record<string, number>>>>;
  readonly groups: 'given' | 'file-run' | 'none';
  readonly split: 'given' | 'group' | 'random';
  /** What the figures are about: images that nothing was decided by, or else those that chose the epoch. */
  readonly figures: 'test' | 'validation';
  /** Images without a label that counts, by reason. */
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
  /** Images whose features were known from before. */
  readonly cached: number;
  /** Changed copies of training images. */
  readonly views: number;
  /** What whoever reads the figures has to know, in sentences. */
  readonly notes: readonly string[];
}

/** Why an image has no label that counts. */
export type LeftOut = 'name' | 'not-listed' | 'unsure' | 'disputed' | 'excluded';

const LEFT_OUT: Readonly<Record<LeftOut, string>> = { name: 'whose label is no class', 'not-listed': 'without a label', unsure: 'whose reviewers are unsure', disputed: 'disputed', excluded: 'excluded' };

/** What is trained on, in sentences for people. */
export function planSentences({ backbone, counts, groups, split, leftOut, views, cached, notes }: TrainingPlan): string[] {
  const sum = (part: Readonly<Record<string, number>>): number => Object.values(part).reduce((a, b) => a + b, 0);
  const skipped = Object.entries(leftOut).map(([reason, count]) => `${count} ${LEFT_OUT[reason as LeftOut]}`);
  const how = split === 'given' ? 'as given' : split === 'random' ? 'at random' : { given: 'by the groups given', 'file-run': 'by runs of file numbers', none: 'image by image' }[groups];
  return [
    `Backbone ${backbone}, frozen${cached > 0 ? `; features of ${cached} images were known from before` : ''}.`,
    `${sum(counts.train)} images to train on${views > 0 ? ` and ${views} changed copies` : ''}, ${sum(counts.validation)} held out${sum(counts.test) > 0 ? `, ${sum(counts.test)} for the figures` : ''}; split ${how}.`,
    ...(skipped.length > 0 ? [`Left out: ${skipped.join(', ')}.`] : []),
    ...notes,
  ];
}

/** How it ended, in a sentence. */
export function endingSentence({ epochs, best, ending, seconds }: { readonly epochs: number; readonly best: number; readonly ending: Ending; readonly seconds: number }): string {
  const why = { patience: 'the held-out loss fell no further', epochs: 'all epochs are done', stopped: 'it was stopped' }[ending];
  return `${epochs} epochs in ${seconds.toFixed(1)} s (${why}); the head of epoch ${best} was kept.`;
}

/** What the figures are about, in words. */
export function figuresOf(part: TrainingPlan['figures']): string {
  return part === 'test' ? 'the test part, which nothing was decided by' : 'the held-out part, which chose the epoch';
}

/** Figures of a head, as the page shows them. */
export interface TrainedFigures {
  readonly n: number;
  readonly accuracy: number;
  /** 95 %; undefined where it cannot be estimated. */
  readonly interval: readonly [number, number] | undefined;
  readonly balancedAccuracy: number;
  readonly macroF1: number;
  readonly perClass: readonly { readonly id: string; readonly support: number; readonly precision: number; readonly sensitivity: number; readonly f1: number }[];
  /** Rows are the truth. */
  readonly confusionMatrix: readonly (readonly number[])[];
  readonly ending: string;
  /** Where the model is. */
  readonly out: string;
}

/** All that the page shows. */
export interface TrainingView {
  readonly title: string;
  readonly step: 'features' | 'training' | 'finishing' | 'done' | 'failed';
  readonly progress?: { readonly step: string; readonly done: number; readonly total: number } | undefined;
  readonly plan?: TrainingPlan | undefined;
  readonly epochs: readonly Epoch[];
  readonly figures?: TrainedFigures | undefined;
  /** Where it failed or was cancelled. */
  readonly message?: string | undefined;
}

/** Host to page, once the page is ready and at each change. */
export interface ToTraining {
  readonly view: TrainingView;
}

/** Page to host. */
export interface FromTraining {
  readonly kind: 'ready' | 'stop' | 'use' | 'rank' | 'open';
}
