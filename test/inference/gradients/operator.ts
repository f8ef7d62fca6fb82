/** Models of one operator, described in a line each, for tests of its gradient rule. */
import { create } from '@bufbuild/protobuf';
import { Graph } from '../../../src/onnx/graph';
import type { OnnxModel } from '../../../src/onnx/model';
import { GraphProtoSchema, ModelProtoSchema, OperatorSetIdProtoSchema, TensorProtoSchema, ValueInfoProtoSchema, type TensorProto } from '../../../src/onnx/onnx_pb';
import { ElementType, floatTensor, intTensor, sizeOf } from '../../../src/onnx/tensors';
import { GraphWriter, type AttributeValue } from '../../../src/onnx/writer';
import { randomValues, type ValueRange } from './random';

export type Attributes = Record<string, AttributeValue>;

/** What an operator reads: an input that the gradient is taken of, something computed from the first such, or a constant. */
export type Operand =
  | { readonly kind: 'active'; readonly dims: readonly (number | 'n')[]; readonly range: ValueRange }
  | { readonly kind: 'derived'; readonly op: string; readonly attributes: Attributes }
  | { readonly kind: 'constant'; readonly tensor: TensorProto }
  | { readonly kind: 'absent' };

/** One test case: an operator in one form. */
export interface Case {
  readonly op: string;
  readonly opset: number;
  readonly inputs: readonly Operand[];
  readonly attributes: Attributes;
  /** How many outputs the node has, and which of them the logits depend on (joined along the axis given). */
  readonly outputs: { readonly count: number; readonly used: readonly number[]; readonly axis: number };
}

/** An input that the gradient is taken of; `n` is the batch. */
export function active(dims: readonly (number | 'n')[], range: ValueRange = {}): Operand {
  return { kind: 'active', dims, range };
}

/** `op` of the first active input: two operands of one node that both depend on it. */
export function derived(op: string, attributes: Attributes = {}): Operand {
  return { kind: 'derived', op, attributes };
}

/** A constant of random values. */
export function weights(dims: readonly number[], range: ValueRange = {}): Operand {
  return floats(dims, randomValues(`weights ${dims.join()}`, sizeOf(dims), range));
}

export function floats(dims: readonly number[], values: ArrayLike<number>): Operand {
  return { kind: 'constant', tensor: floatTensor('', dims, values) };
}

/** A one-dimensional int64 constant; with `dims` [] a scalar. */
export function ints(values: readonly number[], dims: readonly number[] = [values.length]): Operand {
  return { kind: 'constant', tensor: intTensor('', dims, values) };
}

export function bools(dims: readonly number[], values: readonly boolean[]): Operand {
  return { kind: 'constant', tensor: create(TensorProtoSchema, { dims: dims.map(BigInt), dataType: ElementType.BOOL, rawData: Uint8Array.from(values, Number) }) };
}

export const absent: Operand = { kind: 'absent' };

export function operator(op: string, opset: number, inputs: readonly Operand[], attributes: Attributes = {}, outputs: Partial<Case['outputs']> = {}): Case {
  return { op, opset, inputs, attributes, outputs: { count: 1, used: [0], axis: 0, ...outputs } };
}

/** Output of {@link modelOf}. */
export const OUTPUT = 'y';

/** The names that {@link modelOf} gives the active inputs. */
export function activeInputs(test: Case): { name: string; dims: readonly (number | 'n')[]; range: ValueRange }[] {
  return test.inputs.flatMap((operand, i) => (operand.kind === 'active' ? [{ name: `x${i}`, dims: operand.dims, range: operand.range }] : []));
}

export function modelOf(test: Case): OnnxModel {
  const proto = create(ModelProtoSchema, {
    irVersion: test.opset > 20 ? 10n : 8n,
    opsetImport: [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(test.opset) })],
    graph: create(GraphProtoSchema, { name: 'test' }),
  }) as OnnxModel['proto'];
  const model: OnnxModel = { file: `${test.op}.onnx`, folder: __dirname, proto };
  const w = new GraphWriter(new Graph(model), 'test');
  const names = test.inputs.map((operand, i) => {
    const name = `x${i}`;
    switch (operand.kind) {
      case 'active':
        w.input(name, ElementType.FLOAT, operand.dims);
        return name;
      case 'derived':
        return w.node(operand.op, [activeInputs(test)[0].name], operand.attributes, name);
      case 'constant':
        proto.graph.initializer.push({ ...operand.tensor, name });
        return name;
      case 'absent':
        return '';
    }
  });
  const { count, used, axis } = test.outputs;
  const parts = Array.from({ length: count }, (_, i) => (count === 1 ? OUTPUT : `part${i}`));
  w.node(test.op, names, test.attributes, parts[0]);
  proto.graph.node[proto.graph.node.length - 1].output = parts;
  if (count > 1) w.node('Concat', used.map((i) => parts[i]), { axis: { int: axis } }, OUTPUT);
  proto.graph.output.push(create(ValueInfoProtoSchema, { name: OUTPUT }));
  return model;
}

/** How a case is called in the test report. */
export function title(test: Case): string {
  const show = (operand: Operand): string => {
    switch (operand.kind) {
      case 'active':
        return `x[${operand.dims.join()}]`;
      case 'derived':
        return `${operand.op}(x)`;
      case 'constant': {
        const values = operand.tensor.dataType === ElementType.INT64 ? `=${new BigInt64Array(Uint8Array.from(operand.tensor.rawData ?? []).buffer).join()}` : '';
        return `[${operand.tensor.dims.join()}]${values}`;
      }
      case 'absent':
        return '-';
    }
  };
  const attributes = Object.entries(test.attributes).map(([name, value]) => `${name}=${String(Object.values(value)[0])}`);
  const outputs = test.outputs.count > 1 ? [`outputs ${test.outputs.used.join()} of ${test.outputs.count}`] : [];
  return [`opset ${test.opset}: ${test.inputs.map(show).join(' ')}`, ...attributes, ...outputs].join(', ');
}
