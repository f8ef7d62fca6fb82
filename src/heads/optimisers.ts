/** The optimisers of the study, with PyTorch's update rules and defaults. Pure. */

export interface OptimiserOptions {
  /** PyTorch's `lr`; undefined: its default for the kind. */
  readonly rate?: number | undefined;
  /** Added to the gradient, times the parameter (not decoupled). */
  readonly weightDecay?: number | undefined;
  /** SGD and RMSprop. */
  readonly momentum?: number | undefined;
  /** Adam: decay of the mean gradient and of its square. */
  readonly beta1?: number | undefined;
  readonly beta2?: number | undefined;
  /** RMSprop: decay of the squared gradient. */
  readonly alpha?: number | undefined;
  /** Adadelta: decay of the squared gradient and of the squared step. */
  readonly rho?: number | undefined;
  /** Undefined: 1e-8, of Adadelta 1e-6. */
  readonly epsilon?: number | undefined;
}

export const OPTIMISERS = ['adam', 'sgd', 'rmsprop', 'adadelta'] as const;
export type OptimiserKind = (typeof OPTIMISERS)[number];

/** Changes `parameters` by one step along `gradient`, which is read only; both are of the size that it was made for. */
export type Optimiser = (parameters: Float64Array, gradient: Float64Array) => void;

/** @param size number of parameters */
export function optimiser(kind: OptimiserKind, size: number, options: OptimiserOptions = {}): Optimiser {
  return MAKERS[kind](size, options);
}

const MAKERS: Readonly<Record<OptimiserKind, (size: number, options: OptimiserOptions) => Optimiser>> = { adam, sgd, rmsprop, adadelta };

/** Kingma and Ba 2015, with both moments corrected for their beginning at zero. */
function adam(size: number, { rate = 1e-3, weightDecay = 0, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: OptimiserOptions): Optimiser {
  const [mean, square] = [new Float64Array(size), new Float64Array(size)];
  let [left1, left2] = [1, 1];
  return (parameters, gradient) => {
    left1 *= beta1;
    left2 *= beta2;
    const step = rate / (1 - left1);
    const correction = Math.sqrt(1 - left2);
    for (let i = 0; i < size; i++) {
      const g = gradient[i] + weightDecay * parameters[i];
      mean[i] += (1 - beta1) * (g - mean[i]);
      square[i] = beta2 * square[i] + (1 - beta2) * g * g;
      parameters[i] -= (step * mean[i]) / (Math.sqrt(square[i]) / correction + epsilon);
    }
  };
}

/** With PyTorch's momentum: b = momentum·b + g, and the rate is applied to b. */
function sgd(size: number, { rate = 1e-3, weightDecay = 0, momentum = 0 }: OptimiserOptions): Optimiser {
  const velocity = new Float64Array(size);
  return (parameters, gradient) => {
    for (let i = 0; i < size; i++) {
      velocity[i] = momentum * velocity[i] + gradient[i] + weightDecay * parameters[i];
      parameters[i] -= rate * velocity[i];
    }
  };
}

/** Hinton's lecture 6e; epsilon is added behind the root. */
function rmsprop(size: number, { rate = 1e-2, weightDecay = 0, momentum = 0, alpha = 0.99, epsilon = 1e-8 }: OptimiserOptions): Optimiser {
  const [square, velocity] = [new Float64Array(size), new Float64Array(size)];
  return (parameters, gradient) => {
    for (let i = 0; i < size; i++) {
      const g = gradient[i] + weightDecay * parameters[i];
      square[i] = alpha * square[i] + (1 - alpha) * g * g;
      velocity[i] = momentum * velocity[i] + g / (Math.sqrt(square[i]) + epsilon);
      parameters[i] -= rate * velocity[i];
    }
  };
}

/** Zeiler 2012; the rate, 1 by default, scales its step. */
function adadelta(size: number, { rate = 1, weightDecay = 0, rho = 0.9, epsilon = 1e-6 }: OptimiserOptions): Optimiser {
  const [square, steps] = [new Float64Array(size), new Float64Array(size)];
  return (parameters, gradient) => {
    for (let i = 0; i < size; i++) {
      const g = gradient[i] + weightDecay * parameters[i];
      square[i] = rho * square[i] + (1 - rho) * g * g;
      const step = (Math.sqrt(steps[i] + epsilon) / Math.sqrt(square[i] + epsilon)) * g;
      steps[i] = rho * steps[i] + (1 - rho) * step * step;
      parameters[i] -= rate * step;
    }
  };
}
