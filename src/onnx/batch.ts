/** Lets a graph take many images in one run where its file was made for one at a time. */
import { intAttribute, Graph } from './graph';
import type { OnnxModel } from './model';
import type { GraphWriter } from './writer';

/**
 * Rewrites, in place, the shapes that a file of batch size 1 has written down: a Reshape to [1, ...] of a tensor whose first
 * axis is the batch becomes one to [0, ...], which keeps that axis whatever it is. Declared shapes of tensors in between are
 * dropped. What cannot be seen to be the batch (heads folded into it, a token repeated for it) stays, so the caller has to
 * compare a batch with single images.
 * @param image tensor of the images; only what depends on it is touched
 * @param batchLength first dimension of a tensor as it was probed with one image; undefined where that is not known
 */
export function openBatch(model: OnnxModel, w: GraphWriter, image: string, batchLength: (tensor: string) => number | undefined): void {
  const graph = new Graph(model);
  const dependent = graph.descendants(image, 'value');
  for (const node of model.proto.graph.node) {
    if (node.opType !== 'Reshape' || !dependent.has(node.input[0]) || intAttribute(node, 'allowzero', 0) !== 0) continue;
    const shape = graph.constantValues(node.input[1] ?? '');
    if (shape?.[0] === 1 && batchLength(node.input[0]) === 1) node.input[1] = w.ints([0, ...shape.slice(1)]);
  }
  model.proto.graph.valueInfo = [];
}

/** Operators that look at all images of a batch to decide about each: quantisation by the range at hand. */
const MIXING = new Set(['DynamicQuantizeLinear', 'DynamicQuantizeMatMul', 'DynamicQuantizeLSTM']);

/**
 * Whether what an image gets depends on the images beside it: a condition of If or Loop is one for the whole batch. Such a model can
 * agree with single images on one batch and not on the next, so a comparison does not tell.
 */
export function mixesBatch(graph: Graph, image: string, logits: string): boolean {
  return graph.nodesBetween(image, logits, 'value').some((node) => MIXING.has(node.opType ?? '') || node.attribute.some((a) => a.g));
}
