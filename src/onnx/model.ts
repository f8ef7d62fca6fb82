/**
 * An ONNX file as a skeleton: graph, inputs, outputs and metadata are decoded and can be edited; weights stay in the file and
 * are pointed at as external data. The skeleton's bytes, given to ONNX Runtime together with the file's folder, run as the
 * file itself does, and no weight ever passes through JavaScript.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { clone, fromBinary, toBinary } from '@bufbuild/protobuf';
import { SmearLensError } from '../errors';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TensorProto,
} from './onnx_pb';
import { ElementType, externalSpan, setExternalSpan } from './tensors';
import { FileReader, WireError, fieldsOf, type WireField } from './wire';

/** A decoded skeleton and the file it came from. */
export interface OnnxModel {
  /** Absolute path of the file. */
  readonly file: string;
  /** Folder that the external-data locations are relative to. */
  readonly folder: string;
  readonly proto: ModelProto & { graph: GraphProto };
}

/** Tensors below this many bytes are decoded: shapes, axes and scalars, which the runtime needs inline for shape inference. */
const INLINE_LIMIT = 1024;

// Field numbers of onnx.proto that are walked rather than decoded.
const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const GRAPH_INITIALIZER = 5;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_TENSOR = 5;
const TENSOR_FLOAT_DATA = 4;
const TENSOR_RAW_DATA = 9;
const TENSOR_DOUBLE_DATA = 10;

/**
 * Reads the skeleton of an ONNX file.
 * @throws SmearLensError `model-not-found`, `model-truncated`, `model-not-onnx`, `model-external-data`
 */
export function readModel(file: string): OnnxModel {
  const absolute = path.resolve(file);
  const folder = path.dirname(absolute);
  let fd: number;
  try {
    fd = fs.openSync(absolute, 'r');
  } catch (error) {
    throw new SmearLensError('model-not-found', `${file}: cannot be read (${(error as Error).message}).`, 'Check the path and its permissions.');
  }
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) throw new SmearLensError('model-not-found', `${file}: is not a file.`, 'Give the .onnx file itself.');
    if (stat.size === 0) throw new SmearLensError('model-not-onnx', `${file}: is empty (0 bytes).`, 'Export or copy the model again.');
    const proto = decodeModel(new FileReader(fd, stat.size), path.basename(absolute), file);
    const model: OnnxModel = { file: absolute, folder, proto };
    checkExternalData(model);
    return model;
  } catch (error) {
    if (error instanceof SmearLensError) throw error;
    if (error instanceof WireError && error.truncated) {
      throw new SmearLensError('model-truncated', `${file}: is cut off or no ONNX file (${error.message}).`, 'Copy or download the file again and compare its size.');
    }
    throw new SmearLensError('model-not-onnx', `${file}: is no ONNX model (${(error as Error).message}).`, 'Give a .onnx file; other formats must be exported to ONNX first.');
  } finally {
    fs.closeSync(fd);
  }
}

/** A copy that can be edited without changing `model`. Costs the skeleton's size only. */
export function cloneModel(model: OnnxModel): OnnxModel {
  return { ...model, proto: clone(ModelProtoSchema, model.proto) as OnnxModel['proto'] };
}

/** The skeleton's bytes: a valid ONNX model whose weights are external data in {@link OnnxModel.folder}. */
export function skeletonBytes(model: OnnxModel): Uint8Array {
  return toBinary(ModelProtoSchema, model.proto);
}

/** Absolute paths of the files that hold the weights: mostly the model's own. */
export function weightFiles(model: OnnxModel): string[] {
  const spans = model.proto.graph.initializer.flatMap((tensor) => externalSpan(tensor) ?? []);
  return [...new Set(spans.map((span) => path.resolve(model.folder, span.location)))];
}

function decodeModel(reader: FileReader, location: string, file: string): OnnxModel['proto'] {
  const rest: WireField[] = [];
  let graph: GraphProto | undefined;
  for (const field of fieldsOf(reader, 0, reader.size)) {
    if (field.number === MODEL_GRAPH && field.wireType === 2) graph = decodeGraph(reader, field, location);
    else rest.push(field);
  }
  const proto = fromBinary(ModelProtoSchema, gather(reader, rest));
  if (graph === undefined || graph.node.length === 0 || proto.opsetImport.length === 0) {
    throw new SmearLensError('model-not-onnx', `${file}: holds no ONNX graph.`, 'Give a .onnx file; other formats must be exported to ONNX first.');
  }
  proto.graph = graph;
  // Before IR version 4 every initialiser had to be listed as an input. Unlisted ones mean the same and can be folded.
  if ((proto.irVersion ?? 0n) < 4n) proto.irVersion = 4n;
  const initialised = new Set(graph.initializer.map((t) => t.name));
  graph.input = graph.input.filter((i) => !initialised.has(i.name));
  return proto as OnnxModel['proto'];
}

function decodeGraph(reader: FileReader, graphField: WireField, location: string): GraphProto {
  const rest: WireField[] = [];
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  for (const field of fieldsOf(reader, graphField.contentStart, graphField.end)) {
    if (field.number === GRAPH_INITIALIZER) initializers.push(decodeTensor(reader, field, location));
    else if (field.number === GRAPH_NODE) {
      const { node, weight } = decodeNode(reader, field, location);
      if (weight) initializers.push(weight);
      else nodes.push(node);
    } else rest.push(field);
  }
  const graph = fromBinary(GraphProtoSchema, gather(reader, rest));
  graph.node = nodes;
  graph.initializer = initializers;
  return graph;
}

/** Decodes a node. Some exporters keep weights in Constant nodes: a large one becomes an initialiser, which can stay in the file. */
function decodeNode(reader: FileReader, field: WireField, location: string): { node: NodeProto; weight?: TensorProto } {
  if (field.end - field.contentStart < INLINE_LIMIT) return { node: fromBinary(NodeProtoSchema, reader.bytes(field.contentStart, field.end)) };
  const rest: WireField[] = [];
  let weight: TensorProto | undefined;
  for (const inner of fieldsOf(reader, field.contentStart, field.end)) {
    const tensor = inner.number === NODE_ATTRIBUTE ? largeTensorOf(reader, inner, location) : undefined;
    if (tensor) weight = tensor;
    else rest.push(inner);
  }
  const node = fromBinary(NodeProtoSchema, gather(reader, rest));
  if (weight === undefined || node.opType !== 'Constant') return { node: fromBinary(NodeProtoSchema, reader.bytes(field.contentStart, field.end)) };
  weight.name = node.output[0];
  return { node, weight };
}

function largeTensorOf(reader: FileReader, attribute: WireField, location: string): TensorProto | undefined {
  for (const field of fieldsOf(reader, attribute.contentStart, attribute.end)) {
    if (field.number === ATTRIBUTE_TENSOR && field.wireType === 2) {
      const tensor = decodeTensor(reader, field, location);
      if (externalSpan(tensor)) return tensor;
    }
  }
  return undefined;
}

/** Decodes a tensor's header; data that lies as plain little-endian bytes in the file, and is not small, stays there. */
function decodeTensor(reader: FileReader, field: WireField, location: string): TensorProto {
  const rest: WireField[] = [];
  const data: WireField[] = [];
  for (const inner of fieldsOf(reader, field.contentStart, field.end)) {
    const plain = inner.number === TENSOR_RAW_DATA || inner.number === TENSOR_FLOAT_DATA || inner.number === TENSOR_DOUBLE_DATA;
    if (plain && inner.wireType === 2 && inner.end - inner.contentStart >= INLINE_LIMIT) data.push(inner);
    else rest.push(inner);
  }
  const tensor = fromBinary(TensorProtoSchema, gather(reader, rest));
  const [span] = data;
  if (span === undefined) return tensor;
  // Packed float_data and double_data have the bytes of raw_data; for other element types they hold something else.
  const asRaw =
    data.length === 1 &&
    (span.number === TENSOR_RAW_DATA ||
      (span.number === TENSOR_FLOAT_DATA && tensor.dataType === ElementType.FLOAT) ||
      (span.number === TENSOR_DOUBLE_DATA && tensor.dataType === ElementType.DOUBLE));
  if (!asRaw) return fromBinary(TensorProtoSchema, reader.bytes(field.contentStart, field.end));
  setExternalSpan(tensor, { location, offset: span.contentStart, length: span.end - span.contentStart });
  return tensor;
}

/** The bytes of these fields, tags included, one after the other: a message with only them. */
function gather(reader: FileReader, fields: readonly WireField[]): Uint8Array {
  return Buffer.concat(fields.map((f) => reader.bytes(f.start, f.end)));
}

/** Every external file must exist, lie in the model's folder and be long enough: else the runtime's message names none of it. */
function checkExternalData(model: OnnxModel): void {
  const sizes = new Map<string, number>();
  for (const tensor of model.proto.graph.initializer) {
    const span = externalSpan(tensor);
    if (!span) continue;
    const target = path.resolve(model.folder, span.location);
    const relative = path.relative(model.folder, target);
    if (span.location === '' || relative.startsWith('..') || path.isAbsolute(relative) || path.isAbsolute(span.location)) {
      throw new SmearLensError('model-external-data', `${model.file}: weight '${tensor.name}' points outside the model's folder ('${span.location}').`, 'Export the model again with its data file beside it.');
    }
    let size = sizes.get(target);
    if (size === undefined) {
      size = fs.statSync(target, { throwIfNoEntry: false })?.size;
      if (size === undefined) {
        throw new SmearLensError('model-external-data', `${model.file}: its weights are in '${span.location}', which is missing.`, `Put '${span.location}' beside the model.`);
      }
      sizes.set(target, size);
    }
    if (![span.offset, span.length ?? 0].every((n) => Number.isSafeInteger(n) && n >= 0)) {
      throw new SmearLensError('model-external-data', `${model.file}: weight '${tensor.name}' lies at an impossible place in '${span.location}'.`, 'Export the model again.');
    }
    if (span.offset + (span.length ?? 0) > size) {
      throw new SmearLensError('model-external-data', `${model.file}: '${span.location}' is too short for weight '${tensor.name}'.`, 'Copy the data file again and compare its size.');
    }
  }
}

