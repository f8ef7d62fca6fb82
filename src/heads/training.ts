/** Trains a softmax head step by step, with one of the study's optimisers, and says after each epoch how it does. */
import { setImmediate } from 'node:timers/promises';
import { SmearLensError } from '../errors';
import { uniformNumbers } from '../evaluation/metrics/random';
import type { Ending, Epoch } from '../protocol/training';
import { optimiser, type OptimiserKind } from './optimisers';
import { fitOf, momentsOf, objective, standardised, type HeadData, type SoftmaxHead } from './softmaxHead';

/** Learning rates that suit a head on standardised features: PyTorch's for Adam and Adadelta; its SGD is slow there, its RMSprop restless. */
export const HEAD_RATES: Readonly<Record<OptimiserKind, number>> = { adam: 1e-3, sgd: 1e-2, rmsprop: 1e-3, adadelta: 1 };

/** With a weaker penalty single images that are surely wrong raise the held-out loss after a few epochs, and training ends before the rest is learnt. */
export const TRAINING_DEFAULTS = { epochs: 100, batch: 32, l2: 0.03, patience: 10, seed: 1 } as const;

export interface TrainingOptions {
  readonly optimiser: OptimiserKind;
  /** Undefined: {@link HEAD_RATES}. */
  readonly rate?: number | undefined;
  /** At most. */
  readonly epochs: number;
  /** Images a step. */
  readonly batch: number;
  /** λ of λ/2·‖W‖², as in `HeadOptions`; b is free. */
  readonly l2: number;
  /** Epochs without a lower held-out loss after which training ends. */
  readonly patience: number;
  /** Of the order of the images. */
  readonly seed: number;
  /** Images count by n/(classes·n_c), so that all classes weigh the same (scikit-learn's 'balanced'). */
  readonly balanced?: boolean | undefined;
  readonly onEpoch?: ((epoch: Epoch) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface TrainedHead {
  /** Of the epoch with the lowest held-out loss. */
  readonly head: SoftmaxHead;
  readonly history: readonly Epoch[];
  /** That epoch. */
  readonly best: number;
  readonly ending: Ending;
  readonly rate: number;
}

/** Milliseconds of work after which others get their turn. */
const TURN = 50;

/**
 * Mini-batches in an order drawn anew each epoch, from zero weights; the head is that of the epoch with the lowest held-out loss. Stopped by the signal,
 * it ends within its epoch with the best that there was.
 * @param training rows of the data to train on, by whose mean and deviation features are standardised
 * @param heldOut rows that choose the epoch
 * @throws SmearLensError `cancelled` where it was stopped before the first epoch ended, `numeric` where no epoch has a finite held-out loss
 */
export async function trainByEpochs(data: HeadData, training: ArrayLike<number>, heldOut: ArrayLike<number>, options: TrainingOptions): Promise<TrainedHead> {
  const { size, classes } = data;
  const { signal, l2, epochs, patience, rate = HEAD_RATES[options.optimiser] } = options;
  const { mean, deviation } = momentsOf(data, training);
  const partOf = (rows: ArrayLike<number>): Part => ({ x: standardised(data, rows, mean, deviation), labels: Int32Array.from({ length: rows.length }, (_, i) => data.labels[rows[i]]) });
  const [own, other] = [partOf(training), partOf(heldOut)];
  const importance = options.balanced ? balance(own.labels, classes) : undefined;
  const weights = new Float64Array(classes * (size + 1));
  const gradient = new Float64Array(weights.length);
  const step = optimiser(options.optimiser, weights.length, { rate });
  const random = uniformNumbers(options.seed);
  const order = Array.from(own.labels, (_, i) => i);
  const [x, labels] = [new Float32Array(Math.min(options.batch, order.length) * size), new Int32Array(Math.min(options.batch, order.length))];
  const history: Epoch[] = [];
  let best: { readonly epoch: number; readonly loss: number; readonly weights: Float64Array } | undefined;
  const ended = (ending: Ending): TrainedHead => {
    if (best) return { head: { size, classes, mean, deviation, weights: best.weights }, history, best: best.epoch, ending, rate };
    if (ending === 'stopped') throw new SmearLensError('cancelled', 'Training was cancelled before its first epoch ended.', 'Start it again; the features are kept.');
    throw new SmearLensError('numeric', `The held-out loss was no number in any of ${history.length} epochs.`, 'Choose a smaller --learning-rate.');
  };
  let turn = performance.now();
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(order, random);
    for (let from = 0; from < order.length; from += options.batch) {
      if (performance.now() - turn > TURN) {
        await setImmediate();
        turn = performance.now();
      }
      if (signal?.aborted) return ended('stopped');
      const rows = order.slice(from, from + options.batch);
      rows.forEach((row, k) => {
        x.set(own.x.subarray(row * size, (row + 1) * size), k * size);
        labels[k] = own.labels[row];
      });
      objective(x, labels.subarray(0, rows.length), size, classes, l2, weights, gradient, importance);
      step(weights, gradient);
    }
    const done: Epoch = { epoch, training: fitOf(own.x, own.labels, size, classes, weights), heldOut: fitOf(other.x, other.labels, size, classes, weights) };
    history.push(done);
    options.onEpoch?.(done);
    if (done.heldOut.loss < (best?.loss ?? Infinity)) best = { epoch, loss: done.heldOut.loss, weights: weights.slice() };
    else if (epoch - (best?.epoch ?? 0) >= patience) return ended('patience');
  }
  return ended('epochs');
}

interface Part {
  /** Standardised, [n, size]. */
  readonly x: Float32Array;
  readonly labels: Int32Array;
}

function balance(labels: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label]++;
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? labels.length / (present * count) : 0));
}

/** Fisher and Yates. */
function shuffle(order: number[], random: () => number): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
}

/** Weights [classes, size] and biases of the same head on features as the network gives them. */
export function plainWeights({ size, classes, mean, deviation, weights }: SoftmaxHead): { readonly weights: Float64Array; readonly biases: Float64Array } {
  const plain = new Float64Array(classes * size);
  const biases = new Float64Array(classes);
  for (let c = 0; c < classes; c++) {
    const at = c * (size + 1);
    biases[c] = weights[at + size];
    for (let f = 0; f < size; f++) {
      plain[c * size + f] = weights[at + f] / deviation[f];
      biases[c] -= plain[c * size + f] * mean[f];
    }
  }
  return { weights: plain, biases };
}
