/** Rules of operators with several operands that broadcast against each other. */
import { notDifferentiable, unbroadcast, type GradientRule, type RuleContext } from './rule';

/** The cotangents of all wanted operands, each summed over the axes along which it was repeated. */
function operands(c: RuleContext, cotangentOf: (i: number) => string): (string | undefined)[] {
  return c.node.input.map((_, i) => (c.wants(i) ? unbroadcast(c, cotangentOf(i), c.outputShape(0), c.inputShape(i)) : undefined));
}

const negate = (c: RuleContext, x: string): string => c.w.node('Neg', [x]);

/**
 * Max and Min: the cotangent goes to the operand that won. Where operands tie, each gets an equal share (PyTorch's
 * maximum and minimum).
 */
const extremum: GradientRule = (c) => {
  const won = c.node.input.map((_, i) => {
    const differs = c.w.node('Greater', [c.w.node('Abs', [c.w.sub(c.input(i), c.output(0))]), c.w.scalar(0)]);
    return c.w.sub(c.w.scalar(1), c.w.indicator(differs));
  });
  const winners = won.reduce((sum, mask) => c.w.add(sum, mask));
  return operands(c, (i) => c.w.mul(c.g, c.w.div(won[i], winners)));
};

export const arithmeticRules: Readonly<Record<string, GradientRule>> = {
  Add: (c) => operands(c, () => c.g),
  Sum: (c) => operands(c, () => c.g),
  Mean: (c) => operands(c, () => c.w.mul(c.g, c.w.scalar(1 / c.node.input.length))),
  Sub: (c) => operands(c, (i) => (i === 0 ? c.g : negate(c, c.g))),
  Mul: (c) => operands(c, (i) => c.w.mul(c.g, c.input(1 - i))),
  Div: (c) => operands(c, (i) => (i === 0 ? c.w.div(c.g, c.input(1)) : negate(c, c.w.div(c.w.mul(c.g, c.output(0)), c.input(1))))),
  Pow: (c) => {
    if (c.wants(1)) throw notDifferentiable(c, 'its exponent depends on the image');
    const lower = c.w.sub(c.input(1), c.w.scalar(1));
    return operands(c, () => c.w.mul(c.g, c.w.mul(c.input(1), c.w.node('Pow', [c.input(0), lower]))));
  },
  PRelu: (c) => {
    if (c.wants(1)) throw notDifferentiable(c, 'its slope depends on the image');
    const positive = c.w.indicator(c.w.node('Greater', [c.input(0), c.w.scalar(0)]));
    const slope = c.w.add(positive, c.w.mul(c.w.sub(c.w.scalar(1), positive), c.input(1)));
    return operands(c, () => c.w.mul(c.g, slope));
  },
  Max: extremum,
  Min: extremum,
  Where: (c) => {
    const chosen = c.w.indicator(c.node.input[0]);
    // Nothing flows to the condition: it does not vary smoothly (see Graph.descendants).
    return operands(c, (i) => c.w.mul(c.g, i === 1 ? chosen : c.w.sub(c.w.scalar(1), chosen)));
  },
  Expand: (c) => [unbroadcast(c, c.g, c.outputShape(0), c.inputShape(0))],
};
