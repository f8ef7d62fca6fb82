/** Questions about a model's graph: who makes a tensor, who reads it, what is constant, which opset. */
import type { OnnxModel } from './model';
import type { AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfoProto } from './onnx_pb';
import { ElementType, inlineValues } from './tensors';

/** `value`: changes with its values, be it in steps. `gradient`: changes with them smoothly. Shapes are neither. */
export type Dependence = 'value' | 'gradient';

/** A view of a graph as it was when the view was made; nodes appended later are not seen. */
export class Graph {
  private readonly nodes: readonly NodeProto[];
  private readonly reachable = new Map<string, ReadonlySet<string>>();
  private readonly producers = new Map<string, NodeProto>();
  private readonly readers = new Map<string, NodeProto[]>();
  private readonly initializers = new Map<string, TensorProto>();
  /** Version of the default operator set. */
  readonly opset: number;

  constructor(readonly model: OnnxModel) {
    const { graph, opsetImport } = model.proto;
    this.nodes = [...graph.node];
    for (const node of graph.node) {
      for (const name of node.output) if (name) this.producers.set(name, node);
      for (const name of new Set(readsOf(node))) {
        if (!name) continue;
        const list = this.readers.get(name);
        if (list) list.push(node);
        else this.readers.set(name, [node]);
      }
    }
    for (const tensor of graph.initializer) this.initializers.set(tensor.name ?? '', tensor);
    this.opset = Number(opsetImport.find((o) => isDefaultDomain(o.domain))?.version ?? 0);
  }

  /** The node that makes a tensor; undefined for inputs and initialisers. */
  producer(tensor: string): NodeProto | undefined {
    return this.producers.get(tensor);
  }

  /** The nodes that read a tensor. */
  consumers(tensor: string): readonly NodeProto[] {
    return this.readers.get(tensor) ?? [];
  }

  get inputs(): readonly ValueInfoProto[] {
    return this.model.proto.graph.input;
  }

  /** Does any node, input or initialiser make this tensor? */
  has(tensor: string): boolean {
    return this.producers.has(tensor) || this.initializers.has(tensor) || this.model.proto.graph.input.some((i) => i.name === tensor);
  }

  /** The initialiser or constant behind a name, looking through Identity (which exporters use to share weights). */
  constant(tensor: string): TensorProto | undefined {
    const initializer = this.initializers.get(tensor);
    if (initializer) return initializer;
    const node = this.producers.get(tensor);
    if (node?.opType === 'Identity') return this.constant(node.input[0]);
    if (node?.opType === 'Constant') return attribute(node, 'value')?.t ?? undefined;
    return undefined;
  }

  /** Values of a small constant, row-major; undefined where the tensor is computed from the image or its data is not inline. */
  constantValues(tensor: string): number[] | undefined {
    const node = this.producers.get(tensor);
    if (node?.opType === 'Constant') {
      const single = attribute(node, 'value_int') ?? attribute(node, 'value_float');
      if (single) return [single.i === undefined ? (single.f ?? 0) : Number(single.i)];
      const many = attribute(node, 'value_ints') ?? attribute(node, 'value_floats');
      if (many) return many.ints.length ? many.ints.map(Number) : [...many.floats];
    }
    const constant = this.constant(tensor);
    return constant && inlineValues(constant);
  }

  /** Every tensor that depends on `from` in the given way, itself included. */
  descendants(from: string, by: Dependence = 'gradient'): ReadonlySet<string> {
    return this.memo(`${by} after ${from}`, () => {
      const reached = new Set([from]);
      // Nodes are stored in topological order (ONNX IR specification), so one pass suffices.
      for (const node of this.nodes) {
        if (!blocks(node, by) && readsOf(node).some((name) => reached.has(name))) node.output.forEach((name) => name && reached.add(name));
      }
      return reached;
    });
  }

  /** Every tensor that `to` depends on, itself included. */
  ancestors(to: string): ReadonlySet<string> {
    return this.memo(`before ${to}`, () => {
      const reached = new Set([to]);
      for (let i = this.nodes.length - 1; i >= 0; i--) {
        if (this.nodes[i].output.some((name) => reached.has(name))) readsOf(this.nodes[i]).forEach((name) => name && reached.add(name));
      }
      return reached;
    });
  }

  private memo(key: string, compute: () => ReadonlySet<string>): ReadonlySet<string> {
    let known = this.reachable.get(key);
    if (!known) this.reachable.set(key, (known = compute()));
    return known;
  }

  /** The nodes on paths from tensor `from` to tensor `to`, in topological order. */
  nodesBetween(from: string, to: string, by: Dependence = 'gradient'): NodeProto[] {
    const after = this.descendants(from, by);
    const before = this.ancestors(to);
    return this.nodes.filter(
      (node) => node.output.some((name) => name !== from && after.has(name) && before.has(name)) && readsOf(node).some((name) => after.has(name)),
    );
  }
}

/** Drops the nodes and initialisers that no output needs: the runtime would compute and hold them. */
export function prune(model: OnnxModel): void {
  const view = new Graph(model);
  const { graph } = model.proto;
  const needed = new Set(graph.output.flatMap((o) => [...view.ancestors(o.name ?? '')]));
  graph.node = graph.node.filter((n) => n.output.some((name) => needed.has(name)));
  graph.initializer = graph.initializer.filter((t) => needed.has(t.name ?? ''));
}

/** '' and 'ai.onnx' name ONNX's own operator set. */
export function isDefaultDomain(domain: string | undefined): boolean {
  return domain === undefined || domain === '' || domain === 'ai.onnx';
}

/** Operators that read the shape of their input only. */
const SHAPE_READERS = new Set(['Shape', 'Size', 'EyeLike']);
/** Operators whose output varies with their input's values in steps, if at all, so that no gradient passes them. */
const STEPWISE = new Set([
  ...['ConstantOfShape', 'Range', 'NonZero', 'ArgMax', 'ArgMin', 'Sign', 'Floor', 'Ceil', 'Round'],
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'Not', 'And', 'Or', 'Xor', 'IsNaN', 'IsInf'],
]);
const FLOATING: readonly number[] = [ElementType.FLOAT, ElementType.FLOAT16, ElementType.DOUBLE, ElementType.BFLOAT16];

function blocks(node: NodeProto, by: Dependence): boolean {
  if (!isDefaultDomain(node.domain)) return false;
  if (SHAPE_READERS.has(node.opType ?? '')) return true;
  return by === 'gradient' && (STEPWISE.has(node.opType ?? '') || (node.opType === 'Cast' && !FLOATING.includes(intAttribute(node, 'to', 0))));
}

/** The tensors that a node reads: its inputs, and what the bodies of If, Loop and Scan take from the graph around them. */
function readsOf(node: NodeProto): readonly string[] {
  const bodies = node.attribute.flatMap((a) => (a.g ? [a.g] : []));
  return bodies.length === 0 ? node.input : [...node.input, ...bodies.flatMap(captured)];
}

function captured(body: GraphProto): string[] {
  const own = new Set([...body.input, ...body.initializer].map((v) => v.name ?? ''));
  for (const node of body.node) node.output.forEach((name) => own.add(name));
  // A body's output may be a tensor of the graph around it.
  return [...body.node.flatMap(readsOf), ...body.output.map((o) => o.name ?? '')].filter((name) => !own.has(name));
}

/** How messages name a node: its operator, and its name or its first output. */
export function describeNode(node: NodeProto): string {
  const domain = isDefaultDomain(node.domain) ? '' : `${node.domain}.`;
  return `${domain}${node.opType} '${node.name || node.output[0]}'`;
}

export function attribute(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((a) => a.name === name);
}

export function intAttribute(node: NodeProto, name: string, fallback: number): number {
  const value = attribute(node, name)?.i;
  return value === undefined ? fallback : Number(value);
}

export function floatAttribute(node: NodeProto, name: string, fallback: number): number {
  return attribute(node, name)?.f ?? fallback;
}

export function intsAttribute(node: NodeProto, name: string): number[] | undefined {
  return attribute(node, name)?.ints.map(Number);
}

export function floatsAttribute(node: NodeProto, name: string): number[] | undefined {
  return attribute(node, name)?.floats;
}

export function stringAttribute(node: NodeProto, name: string): string | undefined {
  const bytes = attribute(node, name)?.s;
  return bytes && Buffer.from(bytes).toString('utf8');
}
