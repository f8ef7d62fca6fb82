/** Rules of operators that move elements without changing them: reshapes, permutations, joins and cuts. */
import { intAttribute, intsAttribute, stringAttribute } from '../graph';
import { ElementType } from '../tensors';
import { alongAxis, notDifferentiable, numbers, positiveAxis, reshapeLike, type GradientRule, type RuleContext } from './rule';

/** Reshape, Flatten, Squeeze, Unsqueeze: the forward tensor's shape at run time, never the forward constant, which lacks C. */
const restoreShape: GradientRule = (c) => [reshapeLike(c, c.g, c.node.input[0])];

const transpose: GradientRule = (c) => {
  const rank = c.inputShape(0).length;
  const forward = intsAttribute(c.node, 'perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const inverse = forward.map((_, i) => forward.indexOf(i) + 1);
  return [c.w.transpose(c.g, [0, ...inverse])];
};

const concat: GradientRule = (c) => {
  const axis = positiveAxis(intAttribute(c.node, 'axis', 1), c.outputShape(0).length);
  let start = 0;
  return c.node.input.map((_, i) => {
    const end = start + c.inputShape(i)[axis];
    const part = c.wants(i) ? c.w.slice(c.g, [axis + 1], [start], [end]) : undefined;
    start = end;
    return part;
  });
};

const split: GradientRule = (c) => {
  const axis = positiveAxis(intAttribute(c.node, 'axis', 0), c.inputShape(0).length);
  const parts = c.node.output.map((_, i) => c.cotangent(i) ?? zerosLike(c, i));
  return [c.w.concat(parts, axis + 1)];
};

/** A cotangent of zeros for output i, for the parts of a split that the logits do not depend on. */
function zerosLike(c: RuleContext, i: number): string {
  if (c.w.opset >= 9) return c.w.node('ConstantOfShape', [c.w.concat([c.classCount, c.w.shape(c.node.output[i])], 0)]);
  // Before opset 9 zeros are made from the forward value.
  const zero = c.w.unsqueeze(c.w.sub(c.output(i), c.output(i)), [0]);
  return c.w.node('Tile', [zero, c.w.concat([c.classCount, c.w.ints(c.outputShape(i).map(() => 1))], 0)]);
}

/** Slice: in steps of one from a known start, zeros go back where elements were cut away; else a product with a matrix. */
const slice: GradientRule = (c) => {
  const constant = c.w.opset < 10 || [1, 2, 4].every((i) => !c.node.input[i] || c.graph.constantValues(c.node.input[i]));
  const steps = constant ? numbers(c, 'steps', 4) : undefined;
  return constant && (steps ?? []).every((s) => s === 1) ? unslice(c) : unsliceByMatrix(c);
};

const unslice: GradientRule = (c) => {
  const lengths = c.inputShape(0);
  const starts = numbers(c, 'starts', 1) ?? [];
  const ends = numbers(c, 'ends', 2) ?? [];
  const axes = numbers(c, 'axes', 3) ?? starts.map((_, i) => i);
  const before = [0, ...lengths.map(() => 0)];
  const after = [0, ...lengths.map(() => 0)];
  axes.forEach((raw, i) => {
    const axis = positiveAxis(raw, lengths.length);
    const clamp = (v: number): number => Math.min(Math.max(v < 0 ? v + lengths[axis] : v, 0), lengths[axis]);
    before[axis + 1] = clamp(starts[i]);
    after[axis + 1] = lengths[axis] - clamp(ends[i]);
  });
  return [c.w.padZeros(c.g, before, after)];
};

/**
 * Like that of Resize: the matrix is what the operator itself makes of the identity, whatever its steps, and also where an
 * exporter computes starts and ends from shapes.
 */
const unsliceByMatrix: GradientRule = (c) => {
  const { w, node } = c;
  const lengths = c.inputShape(0);
  const axes = numbers(c, 'axes', 3) ?? lengths.map((_, i) => i).slice(0, c.inputShape(1)[0]);
  let g = c.g;
  axes.forEach((raw, i) => {
    const axis = positiveAxis(raw, lengths.length);
    if (axis === 0) throw notDifferentiable(c, 'it cuts the batch');
    const at = (position: number): string => w.slice(w.cast(node.input[position], ElementType.INT64), [0], [i], [i + 1]);
    const identity = w.node('EyeLike', [w.node('ConstantOfShape', [w.ints([lengths[axis], lengths[axis]])])]);
    const cut = w.nodeLike(node, [identity, at(1), at(2), w.ints([0]), ...(node.input[4] ? [at(4)] : [])]);
    g = alongAxis(c, g, axis + 1, lengths.length + 1, cut);
  });
  return [g];
};

/** Padding with a constant: the padded part is cut off again. */
const pad: GradientRule = (c) => {
  const lengths = c.inputShape(0);
  if ((stringAttribute(c.node, 'mode') ?? 'constant') !== 'constant') throw notDifferentiable(c, 'it pads by reflection or repetition');
  const pads = numbers(c, 'pads', 1) ?? [];
  if (pads.some((p) => p < 0)) throw notDifferentiable(c, 'it pads by a negative amount');
  const axes = c.node.input[3] ? (numbers(c, 'axes', 3) ?? []) : lengths.map((_, i) => i);
  const padded = axes.map((raw, i) => ({ axis: positiveAxis(raw, lengths.length), before: pads[i], after: pads[i + axes.length] })).filter((p) => p.before + p.after > 0);
  if (padded.length === 0) return [c.g];
  return [c.w.slice(c.g, padded.map((p) => p.axis + 1), padded.map((p) => p.before), padded.map((p) => p.before + lengths[p.axis]))];
};

/** Gather by constant indices along one axis: a product with the one-hot matrix of the indices. */
const gather: GradientRule = (c) => {
  const lengths = c.inputShape(0);
  const axis = positiveAxis(intAttribute(c.node, 'axis', 0), lengths.length);
  const indices = c.graph.constantValues(c.node.input[1]);
  if (!indices) throw notDifferentiable(c, 'its indices are no constants');
  const scalarIndex = c.outputShape(0).length === lengths.length - 1;
  if (!scalarIndex && c.outputShape(0).length !== lengths.length) throw notDifferentiable(c, 'its indices have more than one dimension');
  const kept = scalarIndex ? c.w.unsqueeze(c.g, [axis + 1]) : c.g;
  const oneHot = new Float32Array(indices.length * lengths[axis]);
  indices.forEach((index, row) => (oneHot[row * lengths[axis] + positiveAxis(index, lengths[axis])] += 1));
  return [alongAxis(c, kept, axis + 1, lengths.length + 1, c.w.floats([indices.length, lengths[axis]], oneHot))];
};

export const shapeRules: Readonly<Record<string, GradientRule>> = {
  Reshape: restoreShape,
  Flatten: restoreShape,
  Squeeze: restoreShape,
  Unsqueeze: restoreShape,
  Transpose: transpose,
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Gather: gather,
};

