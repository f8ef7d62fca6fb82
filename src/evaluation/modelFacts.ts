/** Size of a model: columns of the table that compares models. */
import * as fs from 'node:fs/promises';
import type { ResolvedModel } from '../models/resolve';
import { attribute } from '../onnx/graph';
import { readModel } from '../onnx/model';
import { ElementType, sizeOf } from '../onnx/tensors';

export interface ModelFacts {
  /** Of the ONNX file and the files that hold weights beside it. */
  readonly bytes: number;
  /**
   * Elements of the initialisers and constants, scalars, indices and shapes apart. A file that was exported for inference may have a few less than
   * the network in training: batch normalisation is often folded into the convolution before it.
   */
  readonly parameters: number;
}

/** Their tensors are indices, shapes and conditions. */
const NO_WEIGHTS: readonly number[] = [ElementType.INT64, ElementType.BOOL];

/**
 * Reads the graph; no weight is read.
 * @throws SmearLensError `model-*`
 */
export async function modelFacts({ onnxPath, dataFiles }: Pick<ResolvedModel, 'onnxPath' | 'dataFiles'>): Promise<ModelFacts> {
  const { initializer, node } = readModel(onnxPath).proto.graph;
  // Some exporters keep weights in Constant nodes.
  const constants = node.filter(({ opType }) => opType === 'Constant').flatMap((constant) => attribute(constant, 'value')?.t ?? []);
  const weights = [...initializer, ...constants].filter(({ dims, dataType }) => dims.length > 0 && !NO_WEIGHTS.includes(dataType ?? 0));
  const sizes = await Promise.all([onnxPath, ...dataFiles].map(async (file) => (await fs.stat(file)).size));
  return {
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    parameters: weights.reduce((sum, { dims }) => sum + sizeOf(dims), 0),
  };
}
