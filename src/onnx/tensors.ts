/** Small things about ONNX tensors: element types, external-data entries, constants made and read. */
import { create } from '@bufbuild/protobuf';
import { TensorProto_DataLocation, TensorProtoSchema, type TensorProto } from './onnx_pb';

/** Codes of TensorProto.DataType (ONNX IR specification). */
export const ElementType = { FLOAT: 1, UINT8: 2, INT32: 6, INT64: 7, BOOL: 9, FLOAT16: 10, DOUBLE: 11, BFLOAT16: 16 } as const;

/** Where a tensor's bytes lie: `location` is relative to the model's folder; `offset` and `length` are bytes. */
export interface ExternalSpan {
  readonly location: string;
  readonly offset: number;
  /** Absent: to the end of the file. */
  readonly length: number | undefined;
}

/** The span of a tensor with external data; undefined for one whose data is in the message. */
export function externalSpan(tensor: TensorProto): ExternalSpan | undefined {
  if (tensor.dataLocation !== TensorProto_DataLocation.EXTERNAL) return undefined;
  const entry = (key: string): string | undefined => tensor.externalData.find((e) => e.key === key)?.value;
  const length = entry('length');
  return { location: entry('location') ?? '', offset: Number(entry('offset') ?? 0), length: length === undefined ? undefined : Number(length) };
}

/** Makes `tensor` point at bytes in a file; whatever data it held is dropped. */
export function setExternalSpan(tensor: TensorProto, span: ExternalSpan): void {
  tensor.rawData = undefined;
  tensor.floatData = [];
  tensor.doubleData = [];
  tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
  const entries = { location: span.location, offset: String(span.offset), ...(span.length === undefined ? {} : { length: String(span.length) }) };
  tensor.externalData = Object.entries(entries).map(([key, value]) => ({ $typeName: 'onnx.StringStringEntryProto', key, value }));
}

/** A float32 tensor, row-major. */
export function floatTensor(name: string, dims: readonly number[], values: ArrayLike<number>): TensorProto {
  const data = Float32Array.from(values);
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: ElementType.FLOAT, rawData: new Uint8Array(data.buffer) });
}

/** An int64 tensor, row-major. */
export function intTensor(name: string, dims: readonly number[], values: readonly number[]): TensorProto {
  const data = BigInt64Array.from(values.map(BigInt));
  return create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: ElementType.INT64, rawData: new Uint8Array(data.buffer) });
}

/** The values of a small inline int32, int64 or float32 tensor; undefined for other types and for external data. */
export function inlineValues(tensor: TensorProto): number[] | undefined {
  if (tensor.dataLocation === TensorProto_DataLocation.EXTERNAL) return undefined;
  // A copy: raw bytes may start at any address, typed arrays may not.
  const raw = tensor.rawData === undefined || tensor.rawData.length === 0 ? undefined : Uint8Array.from(tensor.rawData).buffer;
  switch (tensor.dataType) {
    case ElementType.INT64:
      return raw ? Array.from(new BigInt64Array(raw), Number) : tensor.int64Data.map(Number);
    case ElementType.INT32:
      return raw ? Array.from(new Int32Array(raw)) : [...tensor.int32Data];
    case ElementType.FLOAT:
      return raw ? Array.from(new Float32Array(raw)) : [...tensor.floatData];
    default:
      return undefined;
  }
}

/** Number of elements of a tensor of these dimensions. */
export function sizeOf(dims: readonly (number | bigint)[]): number {
  return dims.reduce<number>((product, d) => product * Number(d), 1);
}
