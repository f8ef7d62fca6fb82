/**
 * Grad-CAM and Grad-CAM++ as ONNX nodes. The maps of all classes come out of the run that gives the logits, and the large
 * activations and gradients never leave the runtime.
 *
 * Shapes: n batch, C class rows, K channels, P = h·w pixels. A gradient that is the same at every pixel is [C, n, K]: no
 * trailing axis of length 1, along which the runtime would work element by element.
 */
import type { GraphWriter } from '../onnx/writer';

/** Tensors that {@link emitCams} makes; all float32, maps [n, C, h, w], counts [n, C]. */
export interface CamTensors {
  readonly gradCam: string;
  readonly paper: string;
  readonly normalised: string;
  /** Channels with |2 + ΣA·g| < 1e-6 somewhere where g > 0 (their α is 0 there), and those below 1e-3. */
  readonly singular: string;
  readonly nearSingular: string;
}

export interface CamInputs {
  /** [n, K, P] */
  readonly activation: string;
  /** [C, n, K, P], or [C, n, K] where it is uniform. */
  readonly gradient: string;
  readonly uniform: boolean;
  readonly height: number;
  readonly width: number;
}

const SINGULAR = 1e-6;
const NEAR_SINGULAR = 1e-3;

export function emitCams(w: GraphWriter, cam: CamInputs): CamTensors {
  const { activation: a, gradient: g, uniform } = cam;
  const pixels = cam.height * cam.width;
  const indicator = (op: string, x: string, y: string): string => w.indicator(w.node(op, [x, y]));
  const not = (mask: string): string => w.sub(w.scalar(1), mask);
  const overPixels = (reduce: 'reduceSum' | 'reduceMean' | 'reduceMax', x: string): string => (uniform ? x : w[reduce](x, [3], false));

  // Chattopadhay 2018, equation 19, with g² cancelled: α = 1 / (2 + ΣA·g) where g > 0.
  const positive = w.node('Relu', [g]);
  const counts = indicator('Greater', g, w.scalar(0));
  const denominator = w.add(w.mul(w.reduceSum(a, [2], !uniform), g), w.scalar(2));
  const size = w.node('Abs', [denominator]);
  const singular = w.mul(counts, indicator('Less', size, w.scalar(SINGULAR)));
  const near = w.mul(counts, indicator('Less', size, w.scalar(NEAR_SINGULAR)));
  // Where α is not used the denominator becomes 1, so that nothing infinite arises.
  const used = w.sub(counts, singular);
  const alpha = w.div(used, w.add(w.mul(denominator, used), not(used)));
  const sum = overPixels('reduceSum', w.mul(alpha, positive));

  /** The authors' code divides α by its sum over the positions with g > 0. Each of P equal α becomes 1/P. */
  const normalised = (): string => {
    if (uniform) return w.mul(positive, used);
    const total = w.reduceSum(alpha, [3], false);
    const nonZero = indicator('Greater', w.node('Abs', [total]), w.scalar(0));
    return w.mul(w.div(sum, w.add(total, not(nonZero))), nonZero);
  };
  /** ReLU(Σ_k w_k·A_k): weights [C, n, K] → map [n, C, h, w]. */
  const map = (weights: string): string => {
    const combined = w.node('Relu', [w.node('MatMul', [w.transpose(weights, [1, 0, 2]), a])]);
    return w.reshape(combined, w.ints([0, 0, cam.height, cam.width]));
  };
  /** Channels in which the mask holds anywhere → [n, C]. */
  const channels = (mask: string): string => w.transpose(w.reduceSum(overPixels('reduceMax', mask), [2], false), [1, 0]);

  return {
    // Selvaraju 2017, equation 1: the weight of a channel is the mean of its gradient.
    gradCam: map(overPixels('reduceMean', g)),
    paper: map(uniform ? w.mul(sum, w.scalar(pixels)) : sum),
    normalised: map(normalised()),
    singular: channels(singular),
    nearSingular: channels(near),
  };
}
