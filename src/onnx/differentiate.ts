/** Reverse-mode differentiation of a graph by the graph's own operators: adds nodes, decodes no weight. */
import { arithmeticRules } from './gradients/arithmetic';
import { convolutionRules } from './gradients/convolution';
import { elementwiseRules } from './gradients/elementwise';
import { linearRules } from './gradients/linear';
import { normalisationRules } from './gradients/normalisation';
import { poolingRules } from './gradients/pooling';
import { reductionRules } from './gradients/reductions';
import { resizeRules } from './gradients/resize';
import { notDifferentiable, type GradientRule, type RuleContext } from './gradients/rule';
import { shapeRules } from './gradients/shapes';
import { SmearLensError } from '../errors';
import { isDefaultDomain, type Graph } from './graph';
import type { NodeProto } from './onnx_pb';
import { ElementType } from './tensors';
import type { GraphWriter } from './writer';

/** By operator type, of ONNX's own operator set. */
export const gradientRules: Readonly<Record<string, GradientRule>> = {
  ...elementwiseRules,
  ...arithmeticRules,
  ...reductionRules,
  ...shapeRules,
  ...linearRules,
  ...convolutionRules,
  ...poolingRules,
  ...normalisationRules,
  ...resizeRules,
};

/** What a probe run found out about a tensor: its dimensions for a batch of one, and its element type (TensorProto.DataType). */
export interface TensorFacts {
  readonly shape: readonly number[];
  readonly elementType: number;
}

/** A gradient: the tensor's name, and, where it is one value repeated along axes of the input, its un-repeated form. */
export interface Gradient {
  readonly name: string;
  /** Broadcasts to the gradient: its length is 1 along `axes` (of the forward tensor). */
  readonly uniform: { readonly name: string; readonly axes: readonly number[] } | undefined;
}

/**
 * Appends nodes that compute the vector-Jacobian products of `output` with respect to `input`.
 * @param seed cotangents of `output`, [C, ...shape of output], float32
 * @param classCount one-dimensional int64 tensor with the value C
 * @param facts of every tensor between the two, and of what those nodes read; undefined for what was not probed
 * @returns the gradient, [C, ...shape of input], float32
 * @throws SmearLensError `op-not-differentiable`, naming the node and the way out
 */
export function differentiate(
  graph: Graph,
  w: GraphWriter,
  request: { input: string; output: string; seed: string; classCount: string; facts: (tensor: string) => TensorFacts | undefined },
): Gradient {
  const { input, output, seed, classCount, facts } = request;
  const active = graph.descendants(input);
  const cotangents = new Map<string, string>([[output, seed]]);
  const uniform = new Map<string, { name: string; axes: readonly number[] }>();

  // The nodes are copied before anything is appended to the graph.
  for (const node of graph.nodesBetween(input, output).reverse()) {
    if (!node.output.some((name) => cotangents.has(name))) continue;
    const context = makeContext(node);
    ruleOf(graph, node)(context).forEach((cotangent, i) => {
      const name = node.input[i];
      if (cotangent === undefined || !active.has(name)) return;
      const sofar = cotangents.get(name);
      cotangents.set(name, sofar === undefined ? cotangent : w.add(sofar, cotangent));
    });
  }
  const gradient = cotangents.get(input);
  if (gradient === undefined) {
    throw new SmearLensError('no-explanation-layer', `The logits do not depend on '${input}'.`, 'Choose another layer; `smearlens inspect` lists them.');
  }
  return { name: gradient, uniform: uniform.get(gradient) };

  function factsOf(tensor: string): TensorFacts {
    const found = facts(tensor);
    if (found) return found;
    const constant = graph.constant(tensor);
    if (constant) return { shape: constant.dims.map(Number), elementType: constant.dataType ?? 0 };
    throw new SmearLensError('internal', `Nothing is known of tensor '${tensor}'.`, 'Please report this together with the model.');
  }

  /** A forward value in float32: half-precision values are cast once. */
  function asFloat(tensor: string): string {
    return factsOf(tensor).elementType === ElementType.FLOAT ? tensor : w.once(`float:${tensor}`, () => w.cast(tensor, ElementType.FLOAT));
  }

  function makeContext(node: NodeProto): RuleContext {
    return {
      node,
      graph,
      w,
      classCount,
      get g(): string {
        const first = cotangents.get(node.output[0]);
        if (first === undefined) throw notDifferentiable({ graph, node }, 'only its second output leads to the logits');
        return first;
      },
      cotangent: (i) => cotangents.get(node.output[i]),
      wants: (i) => active.has(node.input[i]),
      input: (i) => asFloat(node.input[i]),
      output: (i) => asFloat(node.output[i]),
      inputShape: (i) => factsOf(node.input[i]).shape,
      outputShape: (i) => factsOf(node.output[i]).shape,
      markUniform: (tiled, base, axes) => uniform.set(tiled, { name: base, axes }),
    };
  }
}

/** The operators of the path from `input` to `output` that have no gradient rule. */
export function missingRules(graph: Graph, input: string, output: string): NodeProto[] {
  return graph.nodesBetween(input, output).filter((node) => !hasRule(node));
}

function hasRule(node: NodeProto): boolean {
  return isDefaultDomain(node.domain) && Object.hasOwn(gradientRules, node.opType ?? '');
}

function ruleOf(graph: Graph, node: NodeProto): GradientRule {
  if (hasRule(node)) return gradientRules[node.opType ?? ''];
  throw notDifferentiable({ graph, node }, 'SmearLens has no gradient rule for this operator');
}

