/**
 * Rule of Resize, and of Upsample as opsets 7 to 9 call it. Both are linear and treat one axis after the other, so each axis is
 * a product with a matrix, and its gradient the product with the transposed one. The matrix is what the operator itself makes
 * of the identity: no formula of ours for modes, coordinates and rounding, which changed from opset to opset. The runtime
 * folds it to a constant.
 */
import { floatsAttribute, intsAttribute, stringAttribute } from '../graph';
import { alongAxis, notDifferentiable, positiveAxis, type GradientRule, type RuleContext } from './rule';

const resize: GradientRule = (c) => {
  if (stringAttribute(c.node, 'coordinate_transformation_mode') === 'tf_crop_and_resize') throw notDifferentiable(c, 'it resizes a cut-out');
  if ((stringAttribute(c.node, 'keep_aspect_ratio_policy') ?? 'stretch') !== 'stretch') throw notDifferentiable(c, 'it keeps the aspect ratio');
  const [input, output] = [c.inputShape(0), c.outputShape(0)];
  const scales = scalesOf(c);
  let g = c.g;
  input.forEach((length, axis) => {
    const changed = scales ? scales[axis] !== 1 : output[axis] !== length;
    if (changed) g = alongAxis(c, g, axis + 1, input.length + 1, resizedIdentity(c, length, output[axis], scales?.[axis]));
  });
  return [g];
};

/** The factor of each axis of the tensor; undefined where the node gives sizes, which are the output's shape. */
function scalesOf(c: RuleContext): number[] | undefined {
  const { node } = c;
  const fromAttribute = floatsAttribute(node, 'scales');
  if (fromAttribute) return fromAttribute;
  const name = node.input[positionOfScales(c)];
  // An empty tensor stands for 'not given', too.
  if (!name || node.input[3]) return undefined;
  const values = c.graph.constantValues(name);
  if (!values) throw notDifferentiable(c, 'its scales are no constants');
  const rank = c.inputShape(0).length;
  const axes = intsAttribute(node, 'axes')?.map((a) => positiveAxis(a, rank));
  return axes ? c.inputShape(0).map((_, axis) => values[axes.indexOf(axis)] ?? 1) : values;
}

/** Opset 11 put the region of interest before the scales. */
function positionOfScales(c: RuleContext): number {
  return c.w.opset >= 11 ? 2 : 1;
}

/** The matrix [to, from] by which the node resizes an axis of `from` elements to `to`. */
function resizedIdentity(c: RuleContext, from: number, to: number, scale: number | undefined): string {
  const { w, node } = c;
  const identity = w.floats([1, 1, from, from], Float32Array.from({ length: from * from }, (_, i) => (i % (from + 1) === 0 ? 1 : 0)));
  // Four axes: interpolation is not defined for every number of them.
  const scales = [1, 1, scale ?? 1, 1];
  const attributes = { axes: undefined };
  const resized = ((): string => {
    // Opset 11 wants a tensor also for what is not given.
    const none = w.floats([0], []);
    if (scale === undefined) return w.nodeLike(node, [identity, none, none, w.ints([1, 1, to, from])], attributes);
    if (floatsAttribute(node, 'scales')) return w.nodeLike(node, [identity], { scales: { floats: scales } });
    return w.nodeLike(node, [identity, ...(positionOfScales(c) === 2 ? [none] : []), w.floats([4], scales)], attributes);
  })();
  return w.reshape(resized, w.ints([to, from]));
}

export const resizeRules: Readonly<Record<string, GradientRule>> = { Resize: resize, Upsample: resize };
