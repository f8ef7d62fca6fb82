/** A model with random weights: the same shapes and standard deviations, other values. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { Graph } from './graph';
import { cloneModel, type OnnxModel } from './model';
import { TensorProto_DataLocation, type NodeProto, type TensorProto } from './onnx_pb';
import { normalNumbers } from './random';
import { ElementType, externalSpan, inlineValues, sizeOf } from './tensors';

/** Operators between a weight and its reader that change no value's place in the product. */
const SEEN_THROUGH = new Set(['Identity', 'Transpose', 'Reshape', 'Cast', 'Unsqueeze', 'Squeeze']);
const WEIGHTED = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

/** A weight tensor and the name under which its reader, or a node in between, finds it. */
export interface Weight {
  readonly name: string;
  readonly elements: number;
}

/** The float32 weights (two dimensions or more, no biases) that a linear layer or a convolution reads; empty for other nodes. */
export function weightsOf(graph: Graph, node: NodeProto): Weight[] {
  if (!WEIGHTED.has(node.opType ?? '')) return [];
  return node.input.slice(0, 2).flatMap((input) => {
    const name = constantBehind(graph, input);
    const tensor = name === undefined ? undefined : graph.constant(name);
    return name !== undefined && tensor && tensor.dims.length >= 2 && tensor.dataType === ElementType.FLOAT ? [{ name, elements: sizeOf(tensor.dims) }] : [];
  });
}

/**
 * A copy of the model in which the named weights are drawn from a normal distribution with their own standard deviation and mean 0.
 * They lie in the copy's own bytes; all others stay where they are.
 */
export function randomiseWeights(model: OnnxModel, names: readonly string[], seed: number): OnnxModel {
  const copy = cloneModel(model);
  const graph = new Graph(copy);
  const normal = normalNumbers(seed);
  for (const name of names) {
    const tensor = graph.constant(name);
    if (!tensor) throw new SmearLensError('internal', `${model.file}: has no weight '${name}'.`, 'Please report this.');
    const std = deviation(readFloats(copy, tensor));
    const values = Float32Array.from({ length: sizeOf(tensor.dims) }, () => std * normal());
    tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
    tensor.externalData = [];
    tensor.floatData = [];
    tensor.rawData = new Uint8Array(values.buffer);
  }
  return copy;
}

function constantBehind(graph: Graph, name: string): string | undefined {
  if (graph.constant(name)) return name;
  const node = graph.producer(name);
  return node && SEEN_THROUGH.has(node.opType ?? '') ? constantBehind(graph, node.input[0]) : undefined;
}

function readFloats(model: OnnxModel, tensor: TensorProto): Float32Array {
  const span = externalSpan(tensor);
  if (!span) return Float32Array.from(inlineValues(tensor) ?? []);
  const bytes = Buffer.alloc(4 * sizeOf(tensor.dims));
  const fd = fs.openSync(path.resolve(model.folder, span.location), 'r');
  try {
    fs.readSync(fd, bytes, 0, bytes.length, span.offset);
  } finally {
    fs.closeSync(fd);
  }
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function deviation(values: Float32Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}
