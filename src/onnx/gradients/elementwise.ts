/** Rules of operators with one input that act on each element alone: cotangent · f′(x). */
import { attribute, floatAttribute, stringAttribute } from '../graph';
import { signOf, type GradientRule, type RuleContext } from './rule';

/** A rule from the derivative, given as a tensor of the input's shape. */
function pointwise(derivative: (c: RuleContext) => string): GradientRule {
  return (c) => [c.w.mul(c.g, derivative(c))];
}

const passThrough: GradientRule = (c) => [c.g];

function greater(c: RuleContext, a: string, b: string): string {
  return c.w.indicator(c.w.node('Greater', [a, b]));
}

function oneMinus(c: RuleContext, x: string): string {
  return c.w.sub(c.w.scalar(1), x);
}

function sigmoid(c: RuleContext, x: string): string {
  return c.w.node('Sigmoid', [x]);
}

/** where(x > 0, 1, negative) */
function twoSided(c: RuleContext, negative: string): string {
  const positive = greater(c, c.input(0), c.w.scalar(0));
  return c.w.add(positive, c.w.mul(oneMinus(c, positive), negative));
}

/**
 * Clip passes the cotangent between its bounds. At a bound PyTorch's hardtanh (ReLU6) gives 0 and its clamp gives 1; two
 * bounds mean the former, one bound the latter.
 */
const clip: GradientRule = (c) => {
  const bound = (position: number, name: string): string | undefined => {
    if (c.node.input[position]) return c.input(position);
    return attribute(c.node, name) ? c.w.scalar(floatAttribute(c.node, name, 0)) : undefined;
  };
  const minimum = bound(1, 'min');
  const maximum = bound(2, 'max');
  const x = c.input(0);
  if (minimum && maximum) return [c.w.mul(c.g, c.w.mul(greater(c, x, minimum), greater(c, maximum, x)))];
  if (minimum) return [c.w.mul(c.g, oneMinus(c, greater(c, minimum, x)))];
  if (maximum) return [c.w.mul(c.g, oneMinus(c, greater(c, x, maximum)))];
  return [c.g];
};

/** d/dx of x·hardsigmoid(x): 0 below −3, 1 above 3, x/3 + 1/2 between (Howard 2019, section 5.2). */
function hardSwishDerivative(c: RuleContext): string {
  const x = c.input(0);
  const above = greater(c, x, c.w.scalar(3));
  const below = greater(c, c.w.scalar(-3), x);
  const between = c.w.sub(oneMinus(c, above), below);
  return c.w.add(above, c.w.mul(between, c.w.add(c.w.mul(x, c.w.scalar(1 / 3)), c.w.scalar(0.5))));
}

/** d/dx of x·σ(αx) = σ + αx·σ·(1 − σ). */
function swishDerivative(c: RuleContext): string {
  const scaled = c.w.mul(c.input(0), c.w.scalar(floatAttribute(c.node, 'alpha', 1)));
  const s = sigmoid(c, scaled);
  return c.w.add(s, c.w.mul(scaled, c.w.mul(s, oneMinus(c, s))));
}

/** d/dx of x·Φ(x), exact or by the tanh approximation (Hendrycks 2016). */
function geluDerivative(c: RuleContext): string {
  const { w } = c;
  const x = c.input(0);
  const square = w.mul(x, x);
  const half = w.scalar(0.5);
  if (stringAttribute(c.node, 'approximate') === 'tanh') {
    const k = Math.sqrt(2 / Math.PI);
    const inner = w.mul(x, w.add(w.scalar(k), w.mul(square, w.scalar(k * 0.044715))));
    const t = w.node('Tanh', [inner]);
    const slope = w.add(w.scalar(k), w.mul(square, w.scalar(3 * k * 0.044715)));
    return w.mul(half, w.add(w.add(w.scalar(1), t), w.mul(w.mul(x, oneMinus(c, w.mul(t, t))), slope)));
  }
  const cdf = w.mul(half, w.add(w.scalar(1), w.node('Erf', [w.mul(x, w.scalar(Math.SQRT1_2))])));
  const density = w.mul(w.node('Exp', [w.mul(square, w.scalar(-0.5))]), w.scalar(1 / Math.sqrt(2 * Math.PI)));
  return w.add(cdf, w.mul(x, density));
}

/** d/dx of x·tanh(softplus(x)) (Misra 2019). */
function mishDerivative(c: RuleContext): string {
  const { w } = c;
  const x = c.input(0);
  const t = w.node('Tanh', [w.node('Softplus', [x])]);
  return w.add(t, w.mul(w.mul(x, sigmoid(c, x)), oneMinus(c, w.mul(t, t))));
}

/** Defaults of the operator (Klambauer 2017). */
const SELU = { alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875 };

export const elementwiseRules: Readonly<Record<string, GradientRule>> = {
  Identity: passThrough,
  Dropout: passThrough,
  Cast: passThrough,
  Neg: (c) => [c.w.node('Neg', [c.g])],
  Abs: pointwise((c) => signOf(c.w, c.input(0))),
  Relu: pointwise((c) => greater(c, c.output(0), c.w.scalar(0))),
  LeakyRelu: pointwise((c) => twoSided(c, c.w.scalar(floatAttribute(c.node, 'alpha', 0.01)))),
  Elu: pointwise((c) => twoSided(c, c.w.add(c.output(0), c.w.scalar(floatAttribute(c.node, 'alpha', 1))))),
  Selu: pointwise((c) => {
    const [alpha, gamma] = [floatAttribute(c.node, 'alpha', SELU.alpha), floatAttribute(c.node, 'gamma', SELU.gamma)];
    const positive = greater(c, c.input(0), c.w.scalar(0));
    return c.w.add(c.w.mul(positive, c.w.scalar(gamma)), c.w.mul(oneMinus(c, positive), c.w.add(c.output(0), c.w.scalar(alpha * gamma))));
  }),
  // y = α(exp(x/α) − 1) below 0: dy/dx = y/α + 1
  Celu: pointwise((c) => twoSided(c, c.w.add(c.w.div(c.output(0), c.w.scalar(floatAttribute(c.node, 'alpha', 1))), c.w.scalar(1)))),
  ThresholdedRelu: pointwise((c) => greater(c, c.input(0), c.w.scalar(floatAttribute(c.node, 'alpha', 1)))),
  // y = x/(1 + |x|): dy/dx = (1 − |y|)²
  Softsign: pointwise((c) => {
    const rest = oneMinus(c, c.w.node('Abs', [c.output(0)]));
    return c.w.mul(rest, rest);
  }),
  Clip: clip,
  Sigmoid: pointwise((c) => c.w.mul(c.output(0), oneMinus(c, c.output(0)))),
  Tanh: pointwise((c) => oneMinus(c, c.w.mul(c.output(0), c.output(0)))),
  HardSigmoid: pointwise((c) => {
    const y = c.output(0);
    const inside = c.w.mul(greater(c, y, c.w.scalar(0)), greater(c, c.w.scalar(1), y));
    return c.w.mul(inside, c.w.scalar(floatAttribute(c.node, 'alpha', 0.2)));
  }),
  HardSwish: pointwise(hardSwishDerivative),
  Swish: pointwise(swishDerivative),
  Gelu: pointwise(geluDerivative),
  Mish: pointwise(mishDerivative),
  Softplus: pointwise((c) => sigmoid(c, c.input(0))),
  Exp: pointwise((c) => c.output(0)),
  Log: (c) => [c.w.div(c.g, c.input(0))],
  Sqrt: (c) => [c.w.div(c.w.mul(c.g, c.w.scalar(0.5)), c.output(0))],
  Reciprocal: pointwise((c) => c.w.node('Neg', [c.w.mul(c.output(0), c.output(0))])),
  // d/dx erf(x) = 2/√π · exp(−x²)
  Erf: pointwise((c) => c.w.mul(c.w.node('Exp', [c.w.node('Neg', [c.w.mul(c.input(0), c.input(0))])]), c.w.scalar(2 / Math.sqrt(Math.PI)))),
};
