/**
 * Grad-CAM and Grad-CAM++ as ONNX nodes. The maps of all classes come out of the run that gives the logits, and the large
 * activations and gradients never leave the runtime.
 *
 * Shapes: n batch, C class rows, K channels, P = h·w pixels, G = P, or 1 where the gradient is the same at every pixel.
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
  /** [C, n, K, G] */
  readonly gradient: string;
  readonly uniform: boolean;
  readonly height: number;
  readonly width: number;
}

const SINGULAR = 1e-6;
const NEAR_SINGULAR = 1e-3;

export function emitCams(w: GraphWriter, cam: CamInputs): CamTensors {
  const pixels = cam.height * cam.width;
  const { activation: a, gradient: g } = cam;
  const zero = w.scalar(0);
  const indicator = (op: string, x: string, y: string): string => w.indicator(w.node(op, [x, y]));
  const or1 = (mask: string): string => w.sub(w.scalar(1), mask);

  // Selvaraju 2017, equation 1: the weight of a channel is the mean of its gradient.
  const meanGradient = w.reduceMean(g, [3], true);

  // Chattopadhay 2018, equation 19, with g² cancelled: α = 1 / (2 + ΣA·g) where g > 0.
  const positive = w.node('Relu', [g]);
  const counts = indicator('Greater', g, zero);
  const denominator = w.add(w.scalar(2), w.mul(w.reduceSum(a, [2], true), g));
  const size = w.node('Abs', [denominator]);
  const singular = w.mul(counts, indicator('Less', size, w.scalar(SINGULAR)));
  const near = w.mul(counts, indicator('Less', size, w.scalar(NEAR_SINGULAR)));
  // Where α is not used the denominator becomes 1, so that nothing infinite arises.
  const used = w.sub(counts, singular);
  const alpha = w.div(used, w.add(w.mul(denominator, used), or1(used)));
  const sum = w.reduceSum(w.mul(alpha, positive), [3], true);
  const paper = cam.uniform ? w.mul(sum, w.scalar(pixels)) : sum;
  // The authors' code divides α by its sum over the positions with g > 0; a uniform gradient appears in both sums P times.
  const total = w.reduceSum(alpha, [3], true);
  const nonZero = indicator('Greater', w.node('Abs', [total]), zero);
  const normalised = w.mul(w.div(sum, w.add(total, or1(nonZero))), nonZero);

  /** ReLU(Σ_k w_k·A_k): weights [C, n, K, 1] → map [n, C, h, w]. */
  const map = (weights: string): string => {
    const rows = w.transpose(w.squeeze(weights, [3]), [1, 0, 2]);
    const combined = w.node('Relu', [w.node('MatMul', [rows, a])]);
    return w.reshape(combined, w.ints([0, 0, cam.height, cam.width]));
  };
  /** Channels [C, n, K, G] in which the mask holds anywhere → [n, C]. */
  const channels = (mask: string): string => w.transpose(w.reduceSum(w.squeeze(w.reduceMax(mask, [3], true), [3]), [2], false), [1, 0]);

  return { gradCam: map(meanGradient), paper: map(paper), normalised: map(normalised), singular: channels(singular), nearSingular: channels(near) };
}
