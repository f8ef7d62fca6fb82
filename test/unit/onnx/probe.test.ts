import { describe, expect, it } from 'vitest';
import { Graph } from '../../../src/onnx/graph';
import { readModel } from '../../../src/onnx/model';
import { probeModel } from '../../../src/onnx/probe';
import { fixture } from './fixtures';

describe('the probe', () => {
  const model = readModel(fixture('densenet'));
  const [{ name: logits = '' }] = model.proto.graph.output;
  const { model: probing, reports } = probeModel(model, [logits]);

  it('reports on the input and on every tensor that the logits depend on', () => {
    const tensors = new Graph(model).nodesBetween('input', logits).flatMap((n) => n.output);
    expect([...reports.keys()].sort()).toEqual(expect.arrayContaining(['input', ...tensors].sort()));
    const outputs = new Set(probing.proto.graph.output.map((o) => o.name));
    for (const { shape, empty } of reports.values()) expect([outputs.has(shape), outputs.has(empty)]).toEqual([true, true]);
  });

  it('keeps no tensor longer than the network itself does: none is an output, and the first is looked at by the last node', () => {
    const { node, output } = probing.proto.graph;
    expect(output.filter((o) => reports.has(o.name ?? ''))).toEqual([]);
    const place = (name: string): number => node.findIndex((n) => n.output.includes(name));
    const order = model.proto.graph.node.flatMap((n) => n.output.flatMap((name) => reports.get(name) ?? [])).map((r) => place(r.shape));
    expect(order).toEqual([...order].sort((a, b) => b - a));
  });
});
