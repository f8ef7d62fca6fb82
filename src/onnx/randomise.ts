/** A model whose weights are fed: to run it with random ones of the same shapes and standard deviations. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { Graph } from './graph';
import { cloneModel, type OnnxModel } from './model';
import type { NodeProto, TensorProto } from './onnx_pb';
import { ElementType, externalSpan, inlineValues, sizeOf } from './tensors';
import { GraphWriter } from './writer';

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

/** A weight's values, as [..dims] row-major. */
export interface WeightValues {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

/** A copy of the model in which these weights are inputs: one session then runs with any values of them. */
export function weightsAsInputs(model: OnnxModel, names: readonly string[]): OnnxModel {
  const copy = cloneModel(model);
  const w = new GraphWriter(new Graph(copy), 'smearlens_weight');
  for (const name of names) w.input(name, ElementType.FLOAT, weightNamed(model, name).dims.map(Number));
  const { graph } = copy.proto;
  graph.initializer = graph.initializer.filter((tensor) => !names.includes(tensor.name ?? ''));
  return copy;
}

/** The weight as it is in the file. */
export function readWeight(model: OnnxModel, name: string): WeightValues {
  const tensor = weightNamed(model, name);
  return { dims: tensor.dims.map(Number), values: readFloats(model, tensor) };
}

/** Other values of the weight, from a normal distribution of its own standard deviation and mean 0. @param normal draws of the standard one */
export function randomLike({ dims, values }: WeightValues, normal: () => number): WeightValues {
  const std = deviation(values);
  return { dims, values: values.map(() => std * normal()) };
}

function weightNamed(model: OnnxModel, name: string): TensorProto {
  const tensor = model.proto.graph.initializer.find((t) => t.name === name);
  if (tensor) return tensor;
  throw new SmearLensError('internal', `${model.file}: has no weight '${name}'.`, 'Please report this.');
}

function constantBehind(graph: Graph, name: string): string | undefined {
  const node = graph.producer(name);
  if (node) return SEEN_THROUGH.has(node.opType ?? '') ? constantBehind(graph, node.input[0]) : undefined;
  return graph.constant(name) ? name : undefined;
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
