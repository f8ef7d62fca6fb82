/**
 * Maps that follow from the activation and the gradients alone. A: [K, P], the channels' P = h·w pixels row by row; g = dY_c/dA of
 * one class, likewise. Maps are [P], ReLU applied, not normalised. Sums are in double precision.
 */
import { weightedMap } from './channels';
import { largestEigenvector } from './eigenvector';

/** pytorch-grad-cam's, so that a channel of zeros weighs nothing. */
const XGRAD_EPSILON = 1e-7;

/** HiResCAM (Draelos & Carin 2020): ReLU(Σ_k g_k ⊙ A_k). */
export function hiResCam(activation: Float32Array, gradient: Float32Array, pixels: number): Float32Array {
  return productMap(activation, gradient, pixels, (g) => g);
}

/** LayerCAM (Jiang et al. 2021): ReLU(Σ_k ReLU(g_k) ⊙ A_k), without the tanh scaling that the paper proposes for early layers. */
export function layerCam(activation: Float32Array, gradient: Float32Array, pixels: number): Float32Array {
  return productMap(activation, gradient, pixels, (g) => Math.max(0, g));
}

/**
 * XGrad-CAM (Fu et al. 2020): w_k = Σ g_k ⊙ A_k / (Σ A_k + 1e-7), as pytorch-grad-cam has it; ReLU(Σ_k w_k·A_k). Where the values of a
 * channel cancel each other (SiLU, HardSwish) its weight grows without bound.
 */
export function xGradCam(activation: Float32Array, gradient: Float32Array, pixels: number): Float32Array {
  const channels = Array.from({ length: activation.length / pixels }, (_, k) => k);
  const weights = channels.map((k) => {
    let [product, sum] = [0, XGRAD_EPSILON];
    for (let at = k * pixels; at < (k + 1) * pixels; at++) {
      product += gradient[at] * activation[at];
      sum += activation[at];
    }
    return product / sum;
  });
  return weightedMap(activation, pixels, channels, weights);
}

/**
 * Eigen-CAM (Muhammad & Yeasin 2020): the activations' rows of K values a pixel, not centred, projected on their first right singular
 * vector. The same for all classes. A singular vector has no sign of its own: the one is taken whose projections sum to more than 0.
 */
export function eigenCam(activation: Float32Array, pixels: number): Float32Array {
  const channels = activation.length / pixels;
  // M = U·S·Vᵀ is [P, K]. M·v₁ = s₁·u₁ comes from the smaller of MᵀM and M·Mᵀ.
  const projection = channels <= pixels ? onChannels(activation, channels, pixels) : onPixels(activation, channels, pixels);
  const sign = projection.reduce((a, b) => a + b, 0) < 0 ? -1 : 1;
  return Float32Array.from(projection, (v) => Math.max(0, sign * v));
}

/** M·v₁ with v₁ of MᵀM, [K, K]. */
function onChannels(activation: Float32Array, channels: number, pixels: number): Float64Array {
  const vector = largestEigenvector(gram(channels, pixels, (k, at) => activation[k * pixels + at]), channels).vector;
  const projection = new Float64Array(pixels);
  for (let k = 0; k < channels; k++) for (let at = 0; at < pixels; at++) projection[at] += vector[k] * activation[k * pixels + at];
  return projection;
}

/** s₁·u₁ with u₁ of M·Mᵀ, [P, P], and s₁² its eigenvalue. */
function onPixels(activation: Float32Array, channels: number, pixels: number): Float64Array {
  const { vector, value } = largestEigenvector(gram(pixels, channels, (at, k) => activation[k * pixels + at]), pixels);
  return vector.map((v) => v * Math.sqrt(value));
}

/** The [n, n] products of n rows of that length with each other. */
function gram(n: number, length: number, element: (row: number, i: number) => number): Float64Array {
  const rows = Array.from({ length: n }, (_, row) => Float64Array.from({ length }, (_unused, i) => element(row, i)));
  const products = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const [a, b] = [rows[i], rows[j]];
      let sum = 0;
      for (let at = 0; at < length; at++) sum += a[at] * b[at];
      products[i * n + j] = sum;
      products[j * n + i] = sum;
    }
  }
  return products;
}

function productMap(activation: Float32Array, gradient: Float32Array, pixels: number, weight: (g: number) => number): Float32Array {
  const sum = new Float64Array(pixels);
  for (let at = 0; at < activation.length; at++) sum[at % pixels] += weight(gradient[at]) * activation[at];
  return Float32Array.from(sum, (v) => Math.max(0, v));
}
