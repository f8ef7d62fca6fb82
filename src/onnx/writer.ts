/**
 * Appends nodes to a graph in the operator forms of the model's own opset, so that a file of opset 7 stays one of opset 7.
 * Every name it makes carries a prefix that no tensor or node of the model has.
 */
import { create } from '@bufbuild/protobuf';
import { AttributeProto_AttributeType, AttributeProtoSchema, NodeProtoSchema, ValueInfoProtoSchema, type AttributeProto, type NodeProto, type TensorProto } from './onnx_pb';
import type { Graph } from './graph';
import { ElementType, floatTensor, intTensor } from './tensors';

/** An attribute's value: integers and floats are told apart by these wrappers, since JavaScript has one number type. */
export type AttributeValue = { int: number } | { ints: readonly number[] } | { float: number } | { floats: readonly number[] } | { string: string };

export class GraphWriter {
  private counter = 0;
  private readonly prefix: string;
  private readonly memo = new Map<string, string>();
  readonly opset: number;

  /** Writes into `graph.model`; `base` is the wished prefix, made longer where the model already uses it. */
  constructor(
    private readonly graph: Graph,
    base: string,
  ) {
    this.opset = graph.opset;
    const { node, initializer, input } = graph.model.proto.graph;
    const taken = [...node.flatMap((n) => [...n.output, n.name ?? '']), ...initializer.map((t) => t.name ?? ''), ...input.map((i) => i.name ?? '')];
    let prefix = `${base}_`;
    for (let i = 2; taken.some((name) => name.startsWith(prefix)); i++) prefix = `${base}${i}_`;
    this.prefix = prefix;
  }

  /** A new name under the prefix. */
  name(hint: string): string {
    return `${this.prefix}${hint}`;
  }

  /** Appends a node and returns the name of its (first) output. */
  node(opType: string, inputs: readonly string[], attributes: Record<string, AttributeValue> = {}, output?: string): string {
    const own = this.name(`${opType}_${++this.counter}`);
    const made = output ?? own;
    // A tensor of the model may be made anew, and the node that made it may have its name: nodes' names are unique among themselves.
    const name = made.startsWith(this.prefix) ? made : own;
    this.graph.model.proto.graph.node.push(
      create(NodeProtoSchema, { opType, input: [...inputs], output: [made], name, attribute: Object.entries(attributes).map(([k, v]) => makeAttribute(k, v)) }),
    );
    return made;
  }

  /** Appends a copy of a node that reads other inputs; `attributes` replace its own, or drop them where undefined. */
  nodeLike(original: NodeProto, inputs: readonly string[], attributes: Record<string, AttributeValue | undefined> = {}): string {
    const name = this.name(`${original.opType}_${++this.counter}`);
    const kept = original.attribute.filter((a) => !Object.hasOwn(attributes, a.name ?? ''));
    const replaced = Object.entries(attributes).flatMap(([k, v]) => (v ? [makeAttribute(k, v)] : []));
    this.graph.model.proto.graph.node.push(create(NodeProtoSchema, { opType: original.opType, input: [...inputs], output: [name], name, attribute: [...kept, ...replaced] }));
    return name;
  }

  /** A float32 constant. */
  floats(dims: readonly number[], values: ArrayLike<number>): string {
    return this.constant(`f:${dims.join()}:${Array.prototype.join.call(values)}`, (name) => floatTensor(name, dims, values));
  }

  /** A float32 scalar (no dimensions). */
  scalar(value: number): string {
    return this.floats([], [value]);
  }

  /** A one-dimensional int64 constant. */
  ints(values: readonly number[]): string {
    return this.constant(`i:${values.join()}`, (name) => intTensor(name, [values.length], values));
  }

  private constant(key: string, make: (name: string) => TensorProto): string {
    return this.once(key, () => {
      const name = this.name(`constant_${++this.counter}`);
      this.graph.model.proto.graph.initializer.push(make(name));
      return name;
    });
  }

  /** The result of `make`, made once for each `key`. */
  once(key: string, make: () => string): string {
    const known = this.memo.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.memo.set(key, made);
    return made;
  }

  cast(x: string, to: number): string {
    return this.node('Cast', [x], { to: { int: to } });
  }

  /** 1 where the boolean tensor holds, else 0, float32. */
  indicator(condition: string): string {
    return this.cast(condition, ElementType.FLOAT);
  }

  add(a: string, b: string): string {
    return this.node('Add', [a, b]);
  }

  sub(a: string, b: string): string {
    return this.node('Sub', [a, b]);
  }

  mul(a: string, b: string): string {
    return this.node('Mul', [a, b]);
  }

  div(a: string, b: string): string {
    return this.node('Div', [a, b]);
  }

  /** int64 vector of the tensor's dimensions. */
  shape(x: string): string {
    return this.once(`shape:${x}`, () => this.node('Shape', [x]));
  }

  concat(inputs: readonly string[], axis: number): string {
    return inputs.length === 1 ? inputs[0] : this.node('Concat', inputs, { axis: { int: axis } });
  }

  reshape(x: string, shape: string): string {
    return this.node('Reshape', [x, shape]);
  }

  transpose(x: string, permutation: readonly number[]): string {
    return permutation.every((p, i) => p === i) ? x : this.node('Transpose', [x], { perm: { ints: permutation } });
  }

  /** Repeats `x` along each axis. Tile, since opset 7 has no Expand. */
  tile(x: string, repeats: readonly number[]): string {
    return repeats.every((r) => r === 1) ? x : this.node('Tile', [x, this.ints(repeats)]);
  }

  unsqueeze(x: string, axes: readonly number[]): string {
    return this.withAxes('Unsqueeze', x, axes, {}, 13);
  }

  squeeze(x: string, axes: readonly number[]): string {
    return this.withAxes('Squeeze', x, axes, {}, 13);
  }

  reduceSum(x: string, axes: readonly number[], keepDimensions: boolean): string {
    return axes.length === 0 ? x : this.withAxes('ReduceSum', x, axes, { keepdims: { int: keepDimensions ? 1 : 0 } }, 13);
  }

  reduceMean(x: string, axes: readonly number[], keepDimensions: boolean): string {
    return this.withAxes('ReduceMean', x, axes, { keepdims: { int: keepDimensions ? 1 : 0 } }, 18);
  }

  reduceMax(x: string, axes: readonly number[], keepDimensions: boolean): string {
    return this.withAxes('ReduceMax', x, axes, { keepdims: { int: keepDimensions ? 1 : 0 } }, 18);
  }

  reduceMin(x: string, axes: readonly number[], keepDimensions: boolean): string {
    return this.withAxes('ReduceMin', x, axes, { keepdims: { int: keepDimensions ? 1 : 0 } }, 18);
  }

  /** The axes of these operators became an input in opset `since`. */
  private withAxes(opType: string, x: string, axes: readonly number[], attributes: Record<string, AttributeValue>, since: number): string {
    return this.opset >= since ? this.node(opType, [x, this.ints(axes)], attributes) : this.node(opType, [x], { axes: { ints: axes }, ...attributes });
  }

  /** Elements `start` to `end` (exclusive) along each axis. */
  slice(x: string, axes: readonly number[], starts: readonly number[], ends: readonly number[]): string {
    if (this.opset >= 10) return this.node('Slice', [x, this.ints(starts), this.ints(ends), this.ints(axes)]);
    return this.node('Slice', [x], { axes: { ints: axes }, starts: { ints: starts }, ends: { ints: ends } });
  }

  /** Zeros around `x`: `before` and `after` count per axis. */
  padZeros(x: string, before: readonly number[], after: readonly number[]): string {
    const pads = [...before, ...after];
    return this.opset >= 11 ? this.node('Pad', [x, this.ints(pads)]) : this.node('Pad', [x], { pads: { ints: pads } });
  }

  /** 0/1 mask, of x's shape, of the first maximum along an axis: ties go to the first, as in PyTorch's max pooling. */
  firstMaximum(x: string, axis: number, rank: number, length: number): string {
    const winner = this.node('ArgMax', [x], { axis: { int: axis }, keepdims: { int: 1 } });
    const dims = Array.from({ length: rank }, (_, i) => (i === axis ? length : 1));
    const positions = this.reshape(this.ints(Array.from({ length }, (_, i) => i)), this.ints(dims));
    return this.indicator(this.node('Equal', [winner, positions]));
  }

  /** Makes a tensor an output of the graph, with its element type and dimensions (a string names a symbolic one). */
  output(name: string, elementType: number, dims: readonly (number | string)[]): void {
    this.graph.model.proto.graph.output.push(valueInfo(name, elementType, dims));
  }

  /** Adds an input to the graph. */
  input(name: string, elementType: number, dims: readonly (number | string)[]): void {
    this.graph.model.proto.graph.input.push(valueInfo(name, elementType, dims));
  }
}

function valueInfo(name: string, elemType: number, dims: readonly (number | string)[]): ReturnType<typeof create<typeof ValueInfoProtoSchema>> {
  const dim = dims.map((d) =>
    typeof d === 'number' ? { value: { case: 'dimValue' as const, value: BigInt(d) } } : { value: { case: 'dimParam' as const, value: d } },
  );
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } });
}

function makeAttribute(name: string, value: AttributeValue): AttributeProto {
  if ('int' in value) return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value.int) });
  if ('ints' in value) return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints: value.ints.map(BigInt) });
  if ('float' in value) return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: value.float });
  if ('floats' in value) return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOATS, floats: [...value.floats] });
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.STRING, s: Buffer.from(value.string) });
}
