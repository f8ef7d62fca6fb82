/**
 * What a gradient rule is given and what it returns.
 *
 * Every cotangent has the shape [C, ...s], where s is the shape of the forward tensor and C counts the class rows. So a
 * forward value broadcasts against a cotangent as it is, and axis i of a forward tensor is axis i + 1 of its cotangent. All
 * cotangents are float32, whatever the model's precision.
 */
import { SmearLensError } from '../../errors';
import { describeNode, intsAttribute, type Graph } from '../graph';
import type { NodeProto } from '../onnx_pb';
import type { GraphWriter } from '../writer';

export interface RuleContext {
  readonly node: NodeProto;
  readonly graph: Graph;
  readonly w: GraphWriter;
  /** One-dimensional int64 tensor with the single value C. */
  readonly classCount: string;
  /** Cotangent of the node's first output. */
  readonly g: string;
  /** Cotangent of output i; undefined where nothing flows back. */
  cotangent(i: number): string | undefined;
  /** Does the cotangent of input i matter? */
  wants(i: number): boolean;
  /** Forward value of input i (of output i), as float32. */
  input(i: number): string;
  output(i: number): string;
  /** Dimensions of input i (of output i) for a batch of one. */
  inputShape(i: number): readonly number[];
  outputShape(i: number): readonly number[];
  /** Remembers that `tiled` is `base` repeated along these axes (of the forward tensor), in which `base` has length 1. */
  markUniform(tiled: string, base: string, axes: readonly number[]): void;
}

/** Returns the cotangents of the node's inputs; undefined where there is none ('absent' is not 'zero'). */
export type GradientRule = (context: RuleContext) => readonly (string | undefined)[];

/** The error for a node that no gradient passes: names the file, the node and the ways out. */
export function notDifferentiable({ graph, node }: Pick<RuleContext, 'graph' | 'node'>, why: string): SmearLensError {
  return new SmearLensError(
    'op-not-differentiable',
    `${graph.model.file}: ${describeNode(node)}: ${why}, so no gradient passes from the logits to the chosen layer.`,
    'Choose a layer behind this node, or use Score-CAM or Recipro-CAM, which need no gradient.',
  );
}

/** Gives a cotangent the shape [C, ...shape of `like`]; the element count must agree. */
export function reshapeLike(c: RuleContext, g: string, like: string): string {
  return c.w.reshape(g, c.w.concat([c.classCount, c.w.shape(like)], 0));
}

/** Folds class rows and batch into one leading axis: [C, n, ...rest] → [C·n, ...rest]. */
export function fold(c: RuleContext, g: string, rest: readonly number[]): string {
  return c.w.reshape(g, c.w.ints([-1, ...rest]));
}

/** Sums a cotangent of the broadcast shape `from` over the axes along which an operand of shape `to` was repeated. */
export function unbroadcast(c: RuleContext, g: string, from: readonly number[], to: readonly number[]): string {
  const extra = from.length - to.length;
  const axes = from.flatMap((length, i) => (i < extra || (to[i - extra] === 1 && length !== 1) ? [i + 1] : []));
  const summed = c.w.reduceSum(g, axes, true);
  return extra === 0 ? summed : c.w.squeeze(summed, Array.from({ length: extra }, (_, i) => i + 1));
}

/** Multiplies axis `axis` of a cotangent of the given rank by a matrix [length of the axis, new length]. */
export function alongAxis(c: RuleContext, g: string, axis: number, rank: number, matrix: string): string {
  // The axis goes last, is multiplied, and comes back.
  const swap = Array.from({ length: rank }, (_, i) => (i === axis ? rank - 1 : i === rank - 1 ? axis : i));
  return c.w.transpose(c.w.node('MatMul', [c.w.transpose(g, swap), matrix]), swap);
}

/** Numbers that are an attribute in old opsets and input `position` in new ones. */
export function numbers(c: RuleContext, name: string, position: number): number[] | undefined {
  const fromAttribute = intsAttribute(c.node, name);
  if (fromAttribute) return fromAttribute;
  const input = c.node.input[position];
  if (!input) return undefined;
  const values = c.graph.constantValues(input);
  if (!values) throw notDifferentiable(c, `its '${name}' are no constants`);
  return values;
}

/** 1, 0 or −1. Sign is no operator of opsets 7 and 8. */
export function signOf(w: GraphWriter, x: string): string {
  const zero = w.scalar(0);
  return w.sub(w.indicator(w.node('Greater', [x, zero])), w.indicator(w.node('Greater', [zero, x])));
}

/** A negative axis counted from the end. */
export function positiveAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
