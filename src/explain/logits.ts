/** Where a classifier's pre-softmax scores are. */
import { SmearLensError } from '../errors';
import type { Graph } from '../onnx/graph';
import type { NodeProto } from '../onnx/onnx_pb';

/** The logits, and what the model itself does to them behind. */
export interface Logits {
  readonly tensor: string;
  /** The model's own last activation; `none` where its output is the logits. */
  readonly activation: 'softmax' | 'sigmoid' | 'none';
}

/** Operators that may stand between the activation and the output without changing a value. */
const NEUTRAL = new Set(['Identity', 'Cast', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Dropout']);

/**
 * Walks back from the output over what changes no value; a Softmax, LogSoftmax or Sigmoid met there is looked behind
 * ('differentiate pre-softmax logits').
 * @param output name of the graph output; the first one where undefined
 * @throws SmearLensError `model-unsupported` where there is no such output
 */
export function findLogits(graph: Graph, output: string | undefined): Logits {
  const outputs = graph.model.proto.graph.output.map((o) => o.name ?? '');
  const name = output ?? outputs[0];
  if (name === undefined || !outputs.includes(name)) {
    throw new SmearLensError('model-unsupported', `${graph.model.file}: has no output '${name ?? ''}'; its outputs are ${outputs.join(', ') || 'none'}.`, "Correct 'output.name' in model.json.");
  }
  for (let tensor = name; ; ) {
    const node = graph.producer(tensor);
    if (node?.opType === 'Softmax' || node?.opType === 'LogSoftmax') return { tensor: node.input[0], activation: 'softmax' };
    const decomposed = node && softmaxInput(graph, node);
    if (decomposed !== undefined) return { tensor: decomposed, activation: 'softmax' };
    if (node?.opType === 'Sigmoid') return { tensor: node.input[0], activation: 'sigmoid' };
    if (!node || !NEUTRAL.has(node.opType ?? '')) return { tensor: name, activation: 'none' };
    tensor = node.input[0];
  }
}

/**
 * The x of exp(x) / Σ exp(x), or of exp(x − max x) / Σ exp(x − max x), as exporters write a softmax that the opset cannot say in
 * one node; undefined where `node` ends no such expression.
 */
function softmaxInput(graph: Graph, node: NodeProto): string | undefined {
  const [exponential, sum] = node.input.map((name) => graph.producer(name));
  if (node.opType !== 'Div' || exponential?.opType !== 'Exp' || sum?.opType !== 'ReduceSum' || sum.input[0] !== node.input[0]) return undefined;
  const [shifted] = exponential.input;
  const shift = graph.producer(shifted);
  const largest = shift?.opType === 'Sub' ? graph.producer(shift.input[1]) : undefined;
  return shift && largest?.opType === 'ReduceMax' && largest.input[0] === shift.input[0] ? shift.input[0] : shifted;
}
