/** A model that reports the shapes and element types of its own tensors: no shape inference of ours to be wrong. */
import { create } from '@bufbuild/protobuf';
import { Graph } from './graph';
import { cloneModel, type OnnxModel } from './model';
import { ValueInfoProtoSchema } from './onnx_pb';
import { ElementType } from './tensors';
import { GraphWriter } from './writer';

export interface ProbeModel {
  readonly model: OnnxModel;
  /** By tensor name, the names of the outputs that tell of it. */
  readonly reports: ReadonlyMap<string, ProbeOutputs>;
}

export interface ProbeOutputs {
  /** int64: its dimensions. */
  readonly shape: string;
  /** Of its element type, with no elements. */
  readonly empty: string;
}

/**
 * A copy of `model` that outputs the shape of every tensor that the targets depend on and that is no initialiser, and an empty
 * tensor of its element type (which the runtime infers). The tensors themselves are no outputs, so that a run frees each
 * after its last use.
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
  const reports = new Map<string, ProbeOutputs>();
  copy.proto.graph.output = [];
  // From the last tensor to the first: ONNX Runtime orders nodes by a search that begins at the node without successors that was
  // added last. So each tensor is looked at right after it was computed; the other way round all of them wait for the last one.
  for (const tensor of [...tensors].reverse()) {
    const shape = w.shape(tensor);
    const empty = w.slice(w.reshape(tensor, w.ints([-1])), [0], [0], [0]);
    reports.set(tensor, { shape, empty });
    w.output(shape, ElementType.INT64, [`rank of ${tensor}`]);
    // Without a type: the runtime infers it.
    copy.proto.graph.output.push(create(ValueInfoProtoSchema, { name: empty }));
  }
  return { model: copy, reports };
}
