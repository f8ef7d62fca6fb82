/** Rules of normalisation layers and of softmax. */
import { floatAttribute, intAttribute } from '../graph';
import { notDifferentiable, positiveAxis, type GradientRule, type RuleContext } from './rule';

/** Inference form: y = scale·(x − mean)/√(var + ε) + bias, a constant factor for each channel (axis 1). */
const batchNormalization: GradientRule = (c) => {
  if ([1, 2, 3, 4].some((i) => c.wants(i)) || intAttribute(c.node, 'training_mode', 0) === 1) {
    throw notDifferentiable(c, 'it normalises by statistics of the batch');
  }
  const epsilon = floatAttribute(c.node, 'epsilon', 1e-5);
  const deviation = c.w.node('Sqrt', [c.w.add(c.input(4), c.w.scalar(epsilon))]);
  const factor = c.w.div(c.input(1), deviation);
  const dims = c.inputShape(0).map((length, axis) => (axis === 1 ? length : 1));
  return [c.w.mul(c.g, c.w.reshape(factor, c.w.ints(dims)))];
};

/**
 * (γ·g − mean(γ·g) − x̂·mean(γ·g·x̂)) / σ over the normalised axes (Ba 2016).
 * @param scale γ, of a shape that broadcasts to the input
 */
function standardised(c: RuleContext, scale: string, forward: readonly number[]): (string | undefined)[] {
  const backward = forward.map((a) => a + 1);
  const { w } = c;
  const centred = w.sub(c.input(0), w.reduceMean(c.input(0), forward, true));
  const variance = w.reduceMean(w.mul(centred, centred), forward, true);
  const deviation = w.node('Sqrt', [w.add(variance, w.scalar(floatAttribute(c.node, 'epsilon', 1e-5)))]);
  const unit = w.div(centred, deviation);
  const scaled = w.mul(c.g, scale);
  const along = w.mul(unit, w.reduceMean(w.mul(scaled, unit), backward, true));
  return [w.div(w.sub(w.sub(scaled, w.reduceMean(scaled, backward, true)), along), deviation)];
}

const layerNormalization: GradientRule = (c) => {
  if (c.wants(1) || (c.node.input[2] && c.wants(2))) throw notDifferentiable(c, 'its scale depends on the image');
  const rank = c.inputShape(0).length;
  const first = positiveAxis(intAttribute(c.node, 'axis', -1), rank);
  return standardised(c, c.input(1), Array.from({ length: rank - first }, (_, i) => first + i));
};

/** Each channel over its pixels. PyTorch's exporter writes GroupNorm with it, too. */
const instanceNormalization: GradientRule = (c) => {
  if (c.wants(1) || c.wants(2)) throw notDifferentiable(c, 'its scale depends on the image');
  const axes = c.inputShape(0).map((_, i) => i).slice(2);
  return standardised(c, c.w.reshape(c.input(1), c.w.ints([-1, ...axes.map(() => 1)])), axes);
};

/** The axes that a softmax sums over: one from opset 13 on, before that all from `axis` to the last. */
function softmaxAxes(c: RuleContext): number[] {
  const rank = c.inputShape(0).length;
  if (c.w.opset >= 13) return [positiveAxis(intAttribute(c.node, 'axis', -1), rank)];
  const first = positiveAxis(intAttribute(c.node, 'axis', 1), rank);
  return Array.from({ length: rank - first }, (_, i) => first + i);
}

export const normalisationRules: Readonly<Record<string, GradientRule>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  InstanceNormalization: instanceNormalization,
  // y·(g − Σ g·y)
  Softmax: (c) => {
    const sum = c.w.reduceSum(c.w.mul(c.g, c.output(0)), softmaxAxes(c).map((a) => a + 1), true);
    return [c.w.mul(c.output(0), c.w.sub(c.g, sum))];
  },
  // g − softmax·Σ g
  LogSoftmax: (c) => {
    const sum = c.w.reduceSum(c.g, softmaxAxes(c).map((a) => a + 1), true);
    return [c.w.sub(c.g, c.w.mul(c.w.node('Exp', [c.output(0)]), sum))];
  },
};
