/** A model that reports the shapes and element types of its own tensors: no shape inference of ours to be wrong. */
import { create } from '@bufbuild/protobuf';
import { Graph } from './graph';
import { cloneModel, type OnnxModel } from './model';
import { ValueInfoProtoSchema } from './onnx_pb';
import { ElementType } from './tensors';
import { GraphWriter } from './writer';

export interface ProbeModel {
  readonly model: OnnxModel;
  /** Tensor name → name of the int64 output that holds its dimensions. */
  readonly shapes: ReadonlyMap<string, string>;
}

/**
 * A copy of `model` in which every tensor that the targets depend on, and that is not an initialiser, is a graph output (so
 * that the runtime tells its element type) and has a `Shape` output (so that a run tells its dimensions).
 */
export function probeModel(model: OnnxModel, targets: readonly string[]): ProbeModel {
  const copy = cloneModel(model);
  const graph = new Graph(copy);
  const before = new Set(targets.flatMap((target) => [...graph.ancestors(target)]));
  const tensors = new Set(graph.inputs.map((i) => i.name ?? ''));
  for (const node of copy.proto.graph.node) {
    if (node.output.some((name) => before.has(name))) node.output.forEach((name) => name && tensors.add(name));
  }
  const w = new GraphWriter(graph, 'smearlens_probe');
  const inputs = new Set(graph.inputs.map((i) => i.name));
  const shapes = new Map<string, string>();
  copy.proto.graph.output = [];
  for (const tensor of tensors) {
    const shape = w.shape(tensor);
    shapes.set(tensor, shape);
    w.output(shape, ElementType.INT64, [`rank of ${tensor}`]);
    // Without a type: the runtime infers it. An input may not be an output too; its type is declared.
    if (!inputs.has(tensor)) copy.proto.graph.output.push(create(ValueInfoProtoSchema, { name: tensor }));
  }
  return { model: copy, shapes };
}
