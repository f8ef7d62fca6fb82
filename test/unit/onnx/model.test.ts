/** The skeleton: which bytes are decoded, which stay in the file, and what survives that we know nothing of. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { create, fromBinary, toBinary, type Message } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { readModel, skeletonBytes, weightFiles, type OnnxModel } from '../../../src/onnx/model';
import { AttributeProtoSchema, GraphProtoSchema, ModelProtoSchema, NodeProtoSchema, OperatorSetIdProtoSchema, TensorProtoSchema, ValueInfoProtoSchema, type ModelProto, type TensorProto } from '../../../src/onnx/onnx_pb';
import { saveModel } from '../../../src/onnx/save';
import { ElementType, externalSpan, floatTensor, inlineValues, intTensor } from '../../../src/onnx/tensors';
import { FileReader } from '../../../src/onnx/wire';
import { fixture, FIXTURES, Scratch } from './fixtures';

const scratch = new Scratch();
afterAll(() => scratch.remove());
afterEach(() => vi.restoreAllMocks());

const VALUES = Float32Array.from({ length: 4096 }, (_, i) => i / 8);

/** A model with these initialisers and a node that reads them. */
function modelWith(initializer: TensorProto[], nodes: Message<'onnx.NodeProto'>[] = []): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: 8n,
    opsetImport: [create(OperatorSetIdProtoSchema, { version: 13n })],
    graph: create(GraphProtoSchema, {
      node: [...(nodes as ReturnType<typeof constantNode>[]), create(NodeProtoSchema, { opType: 'Sum', input: ['x', ...initializer.map((t) => t.name ?? '')], output: ['y'] })],
      initializer,
      input: [create(ValueInfoProtoSchema, { name: 'x' })],
      output: [create(ValueInfoProtoSchema, { name: 'y' })],
    }),
  });
}

function constantNode(value: TensorProto): ReturnType<typeof create<typeof NodeProtoSchema>> {
  return create(NodeProtoSchema, { opType: 'Constant', output: ['w'], attribute: [create(AttributeProtoSchema, { name: 'value', type: 4, t: value })] });
}

function read(proto: ModelProto): OnnxModel {
  return readModel(scratch.write('model.onnx', toBinary(ModelProtoSchema, proto)));
}

/** The bytes that a weight's span points at. */
function spanBytes(model: OnnxModel, name: string): Buffer | undefined {
  const tensor = model.proto.graph.initializer.find((t) => t.name === name);
  const span = tensor && externalSpan(tensor);
  return span && fs.readFileSync(path.join(model.folder, span.location)).subarray(span.offset, span.offset + (span.length ?? 0));
}

const bytesOf = (values: Float32Array | Float64Array): Buffer => Buffer.from(values.buffer);

describe('weights', () => {
  it.each<[string, TensorProto, Buffer]>([
    ['raw_data', floatTensor('w', [4096], VALUES), bytesOf(VALUES)],
    ['float_data', create(TensorProtoSchema, { name: 'w', dims: [4096n], dataType: ElementType.FLOAT, floatData: [...VALUES] }), bytesOf(VALUES)],
    ['double_data', create(TensorProtoSchema, { name: 'w', dims: [4096n], dataType: ElementType.DOUBLE, doubleData: [...VALUES] }), bytesOf(Float64Array.from(VALUES))],
  ])('of %s stay in the file', (_, tensor, expected) => {
    const model = read(modelWith([tensor]));
    expect(spanBytes(model, 'w')?.equals(expected)).toBe(true);
    expect(skeletonBytes(model).length).toBeLessThan(1000);
    expect(weightFiles(model)).toEqual([model.file]);
  });

  it('in a Constant node become an initialiser that stays in the file', () => {
    const model = read(modelWith([], [constantNode(floatTensor('inner', [4096], VALUES))]));
    expect(spanBytes(model, 'w')?.equals(bytesOf(VALUES))).toBe(true);
    expect(model.proto.graph.node.map((n) => n.opType)).toEqual(['Sum']);
  });

  it('that are small, and shapes, are decoded', () => {
    const model = read(modelWith([floatTensor('w', [4], [1, 2, 3, 4]), intTensor('s', [2], [-1, 7])]));
    expect(model.proto.graph.initializer.map((t) => inlineValues(t))).toEqual([[1, 2, 3, 4], [-1, 7]]);
    expect(weightFiles(model)).toEqual([]);
  });

  it('whose bytes mean something else are decoded: float_data of complex numbers', () => {
    const model = read(modelWith([create(TensorProtoSchema, { name: 'w', dims: [2048n], dataType: 14, floatData: [...VALUES] })]));
    expect(spanBytes(model, 'w')).toBeUndefined();
    expect(model.proto.graph.initializer[0].floatData).toEqual([...VALUES]);
  });

  it('are not listed as inputs, as files before IR version 4 do', () => {
    const proto = modelWith([floatTensor('w', [4096], VALUES)]);
    proto.irVersion = 3n;
    proto.graph?.input.push(create(ValueInfoProtoSchema, { name: 'w' }));
    const model = read(proto);
    expect(model.proto.graph.input.map((i) => i.name)).toEqual(['x']);
    expect(model.proto.irVersion).toBe(4n);
  });

  it('are never read, in any fixture', () => {
    const bytes = vi.spyOn(FileReader.prototype, 'bytes');
    const names = fs.readdirSync(FIXTURES).filter((f) => f.endsWith('.onnx') && !f.startsWith('bad-'));
    let spans = 0;
    for (const name of names) {
      bytes.mockClear();
      const model = readModel(path.join(FIXTURES, name));
      const ranges = bytes.mock.calls;
      for (const tensor of model.proto.graph.initializer) {
        const span = externalSpan(tensor);
        if (!span || span.location !== name) continue;
        spans++;
        const end = span.offset + (span.length ?? 0);
        expect(ranges.filter(([from, to]) => from < end && to > span.offset), `${name}: ${tensor.name}`).toEqual([]);
      }
    }
    expect(spans).toBeGreaterThan(50);
  });
});

describe('external data', () => {
  it.each([
    ['bad-external-missing', /'bad-external-missing\.onnx\.data', which is missing/],
    ['bad-external-escaping', /outside the model's folder/],
  ])('%s is refused', (name, says) => {
    expect(() => readModel(fixture(name))).toThrow(expect.objectContaining({ code: 'model-external-data', message: expect.stringMatching(says) as unknown }) as Error);
  });

  it('that is too short is refused', () => {
    const data = fs.readFileSync(`${fixture('weights-external')}.data`);
    const file = scratch.write('weights-external.onnx', fs.readFileSync(fixture('weights-external')));
    scratch.write('weights-external.onnx.data', data.subarray(0, data.length - 1));
    expect(() => readModel(file)).toThrow(/weights-external\.onnx\.data' is too short for weight '/);
  });

  it.each([
    ['an offset that is no number', { offset: 'x' }],
    ['a negative offset', { offset: '-4' }],
    ['a negative length', { length: '-4' }],
  ])('with %s is refused', (_, wrong) => {
    scratch.write('w.data', Buffer.alloc(64));
    const entries = { location: 'w.data', offset: '0', length: '16', ...wrong };
    const tensor = create(TensorProtoSchema, { name: 'w', dims: [4n], dataType: 1, dataLocation: 1, externalData: Object.entries(entries).map(([key, value]) => ({ key, value })) });
    expect(() => read(modelWith([tensor]))).toThrow(expect.objectContaining({ code: 'model-external-data', message: expect.stringContaining("'w'") as unknown }) as Error);
  });
});

describe('fields that we know nothing of', () => {
  const note = (text: string): { no: number; wireType: WireType; data: Uint8Array } => ({ no: 77, wireType: WireType.LengthDelimited, data: new BinaryWriter().bytes(Buffer.from(text)).finish() });

  /** The message's own notes and those of all it holds, by where they are. */
  function notes(proto: ModelProto): Record<string, string> {
    const graph = proto.graph as NonNullable<ModelProto['graph']>;
    const tensor = graph.initializer.find((t) => t.name === 'w');
    const holders: Record<string, Message | undefined> = { model: proto, graph, node: graph.node.at(-1), attribute: graph.node.at(-1)?.attribute[0], tensor, input: graph.input[0], opset: proto.opsetImport[0] };
    return Object.fromEntries(Object.entries(holders).map(([at, message]) => [at, (message?.$unknown ?? []).map((f) => `${f.no}:${Buffer.from(f.data).subarray(1).toString()}`).join()]));
  }

  it('survive reading, the skeleton and saving', async () => {
    const proto = modelWith([floatTensor('w', [4096], VALUES)]);
    const graph = proto.graph as NonNullable<ModelProto['graph']>;
    graph.node[0].attribute.push(create(AttributeProtoSchema, { name: 'a', i: 1n }));
    const holders: Message[] = [proto, graph, graph.node[0], graph.node[0].attribute[0], graph.initializer[0], graph.input[0], proto.opsetImport[0]];
    holders.forEach((holder, i) => (holder.$unknown = [note(`note ${i}`)]));
    const expected = notes(proto);
    expect(Object.values(expected)).toEqual(holders.map((_, i) => `77:note ${i}`));
    const model = read(proto);
    expect(notes(fromBinary(ModelProtoSchema, skeletonBytes(model)))).toEqual(expected);
    const saved = path.join(scratch.path, 'saved.onnx');
    await saveModel(model, saved);
    expect(notes(fromBinary(ModelProtoSchema, fs.readFileSync(saved)))).toEqual(expected);
  });
});
