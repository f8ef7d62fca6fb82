/** Where a classifier's pre-softmax scores are. */
import { SmearLensError } from '../errors';
import type { Graph } from '../onnx/graph';

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
    if (node?.opType === 'Sigmoid') return { tensor: node.input[0], activation: 'sigmoid' };
    if (!node || !NEUTRAL.has(node.opType ?? '')) return { tensor: name, activation: 'none' };
    tensor = node.input[0];
  }
}
