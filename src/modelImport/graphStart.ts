/** What a graph itself does to pixels before its first layer: rescaling that must not be done twice. */
import type { Graph } from '../onnx/graph';
import type { NodeProto } from '../onnx/onnx_pb';
import { ElementType, sizeOf } from '../onnx/tensors';
import type { PresetId } from '../protocol/modelImport';

/** A pixel x becomes factor · x + offset; one number, or one a channel. */
export interface Rescaling {
  readonly factor: readonly number[];
  readonly offset: readonly number[];
  /** The graph turns the order of the channels, too. */
  readonly turnsChannels: boolean;
}

/** Operators that move pixels or leave them. */
const MOVES = new Set(['Identity', 'Cast', 'Transpose', 'Pad', 'Dropout', 'Reshape', 'Squeeze', 'Unsqueeze', 'Resize']);

/**
 * Follows the image as long as one operator reads it, and joins the additions and multiplications by constants on the way.
 * @returns undefined where there are none: the pixels come into the first layer as they are fed
 */
export function rescalingInside(graph: Graph, image: string): Rescaling | undefined {
  let state: Rescaling = { factor: [1], offset: [0], turnsChannels: false };
  let seen = false;
  for (let tensor = image; ; ) {
    const [node, ...others] = graph.consumers(tensor);
    if (!node || others.length > 0) break;
    const op = node.opType ?? '';
    if (turnsChannels(graph, node)) state = { ...state, turnsChannels: !state.turnsChannels };
    else if (!MOVES.has(op)) {
      const next = joined(graph, node, tensor, state);
      if (!next) break;
      state = next;
      seen = true;
    }
    tensor = node.output[0];
  }
  return seen || state.turnsChannels ? state : undefined;
}

/**
 * The scale of the pixels that a graph with this rescaling was made for: it turns the values that it is fed into numbers near zero and one, so that a small
 * factor, or a zero point far above 1, means 0 to 255, and a zero point at −1 means −1 to 1.
 * @returns undefined where the graph scales nothing
 */
export function presetFor({ factor, offset }: Rescaling): PresetId | undefined {
  if (factor.every((f) => f === 1) && offset.every((o) => o === 0)) return undefined;
  // No deviation of pixels is so small that it would be divided by: something else is computed here.
  if (factor.some((f) => Math.abs(f) > 10)) return undefined;
  const zero = factor.map((f, c) => -at(offset, c) / f);
  if (factor.some((f, c) => Math.abs(f) < 0.1 || Math.abs(zero[c]) > 1.5)) return '0-255';
  return zero.every((z) => z < -0.75) ? 'keras-tf' : '0-1';
}

/** For people. */
export function describeRescaling({ factor, offset, turnsChannels: turns }: Rescaling): string {
  const list = (values: readonly number[]): string => (values.length === 1 ? number(values[0]) : `[${values.map(number).join(', ')}]`);
  const isNegative = offset.every((o) => o < 0);
  const shift = offset.every((o) => o === 0) ? '' : isNegative ? ` − ${list(offset.map((o) => -o))}` : ` + ${list(offset)}`;
  return `the graph computes value × ${list(factor)}${shift}${turns ? ' and turns the order of the channels' : ''} at its start`;
}

function joined(graph: Graph, node: NodeProto, tensor: string, { factor, offset, turnsChannels: turns }: Rescaling): Rescaling | undefined {
  const isFirst = node.input[0] === tensor;
  const constants = perChannel(valuesOf(graph, node.input[isFirst ? 1 : 0] ?? ''));
  if (!constants) return undefined;
  const each = (make: (channel: number) => readonly [number, number]): Rescaling => {
    const channels = Math.max(factor.length, offset.length, constants.length);
    const pairs = Array.from({ length: channels }, (_, c) => make(c));
    return { factor: pairs.map(([f]) => f), offset: pairs.map(([, o]) => o), turnsChannels: turns };
  };
  const [f, o, k] = [factor, offset, constants].map((values) => (c: number) => at(values, c));
  switch (node.opType) {
    case 'Mul':
      return each((c) => [f(c) * k(c), o(c) * k(c)]);
    case 'Div':
      return isFirst ? each((c) => [f(c) / k(c), o(c) / k(c)]) : undefined;
    case 'Add':
      return each((c) => [f(c), o(c) + k(c)]);
    case 'Sub':
      return isFirst ? each((c) => [f(c), o(c) - k(c)]) : each((c) => [-f(c), k(c) - o(c)]);
    default:
      return undefined;
  }
}

/** Of a small constant, half precision included. */
function valuesOf(graph: Graph, name: string): number[] | undefined {
  const constant = graph.constant(name);
  if (constant?.dataType !== ElementType.FLOAT16) return graph.constantValues(name);
  const raw = constant.rawData;
  const bits = raw && raw.length === 2 * sizeOf(constant.dims) ? Array.from(new Uint16Array(Uint8Array.from(raw).buffer)) : constant.int32Data;
  return bits.map(fromHalfBits);
}

/** The value of a half-precision number by its 16 bits. */
function fromHalfBits(bits: number): number {
  const [exponent, mantissa] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  const size = exponent === 0 ? mantissa * 2 ** -24 : exponent === 0x1f ? (mantissa ? NaN : Infinity) : (1 + mantissa / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

/** One number, or one of three: what else a constant holds is no rescaling of colours. */
function perChannel(values: readonly number[] | undefined): readonly number[] | undefined {
  if (!values || (values.length !== 1 && values.length !== 3)) return undefined;
  return values.every(Number.isFinite) ? values : undefined;
}

/** A Gather of the channels 2, 1, 0, or a Slice of step −1, as TensorFlow's `x[..., ::-1]` is written. */
function turnsChannels(graph: Graph, { opType, input }: NodeProto): boolean {
  if (opType === 'Gather') return graph.constantValues(input[1] ?? '')?.join() === '2,1,0';
  return opType === 'Slice' && (graph.constantValues(input[4] ?? '') ?? []).includes(-1);
}

function at(values: readonly number[], channel: number): number {
  return values[Math.min(channel, values.length - 1)];
}

function number(value: number): string {
  return String(Number(value.toPrecision(5)));
}
