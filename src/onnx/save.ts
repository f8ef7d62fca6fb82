/** Writes an edited model as one self-contained ONNX file, its weights streamed from where they lie. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { SmearLensError } from '../errors';
import { weightFiles, type OnnxModel } from './model';
import { GraphProtoSchema, ModelProtoSchema, TensorProto_DataLocation, TensorProtoSchema, type TensorProto } from './onnx_pb';
import { externalSpan } from './tensors';

/** A protobuf message, and so a model in one file, cannot be larger: beyond it the weights go into a file beside. */
const PROTOBUF_LIMIT = 2 ** 31 - 1;
/** Left for everything but the weights. */
const HEADROOM = 1 << 26;
const CHUNK = 1 << 22;

// Field numbers of onnx.proto.
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW_DATA = 9;

/** Bytes in memory, or a span of a file that is copied when its turn comes. */
type Piece = Uint8Array | Span;
interface Span {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Saves `model`. Files of that name are replaced only when the new ones are complete.
 * @param largest bytes of weights that go into the file itself; more of them go into `<file>.data` beside it
 * @throws SmearLensError `output-unwritable`
 */
export async function saveModel(model: OnnxModel, file: string, largest = PROTOBUF_LIMIT - HEADROOM): Promise<void> {
  const target = path.resolve(file);
  const spans = model.proto.graph.initializer.flatMap((tensor) => spanOf(model, tensor) ?? []);
  const beside = spans.reduce((sum, span) => sum + span.length, 0) > largest ? `${target}.data` : undefined;
  const sources = await Promise.all([model.file, ...weightFiles(model)].map(identify));
  for (const written of [target, ...(beside === undefined ? [] : [beside])]) {
    const existing = await identify(written);
    if (existing !== undefined && sources.includes(existing)) throw new SmearLensError('output-unwritable', `${written}: is the model itself, or holds its weights.`, 'Save under another name.');
  }
  const draft = `${target}.${process.pid}.part`;
  const dataDraft = `${draft}.data`;
  try {
    await fs.promises.mkdir(path.dirname(target), { recursive: true });
    if (beside === undefined) await write(draft, layOut(model, inlineTensor));
    else {
      await writeWithDataFile(model, draft, dataDraft, path.basename(beside));
      await fs.promises.rename(dataDraft, beside);
    }
    await fs.promises.rename(draft, target);
  } catch (error) {
    // What cannot be removed was not written; the first error is the one to tell.
    await Promise.allSettled([draft, dataDraft].map((part) => fs.promises.rm(part)));
    throw error instanceof SmearLensError ? error : new SmearLensError('output-unwritable', `${file}: cannot be written (${(error as Error).message}).`, 'Choose another place; check its free space and permissions.');
  }
}

/** What tells a file from others, whatever path leads to it; undefined where there is none. */
async function identify(file: string): Promise<string | undefined> {
  return fs.promises.realpath(file).catch(() => undefined);
}

/** Where a tensor's bytes lie; undefined where they are in the message. */
function spanOf(model: OnnxModel, tensor: TensorProto): Span | undefined {
  const span = externalSpan(tensor);
  if (!span) return undefined;
  const source = path.resolve(model.folder, span.location);
  return { file: source, offset: span.offset, length: span.length ?? fs.statSync(source).size - span.offset };
}

/** The pieces of the file: everything but the large weights from memory, those from their files. */
function layOut(model: OnnxModel, tensorPieces: (tensor: TensorProto, span: Span) => Piece[]): Piece[] {
  const { graph } = model.proto;
  const withoutGraph = toBinary(ModelProtoSchema, { ...model.proto, graph: undefined });
  const body = toBinary(GraphProtoSchema, { ...graph, initializer: [] });
  const weights = graph.initializer.map((tensor) => {
    const span = spanOf(model, tensor);
    return span ? tensorPieces(tensor, span) : [toBinary(TensorProtoSchema, tensor)];
  });
  const graphPieces: Piece[] = [body, ...weights.flatMap((pieces) => [header(GRAPH_INITIALIZER, lengthOf(pieces)), ...pieces])];
  return [withoutGraph, header(MODEL_GRAPH, lengthOf(graphPieces)), ...graphPieces];
}

function inlineTensor(tensor: TensorProto, span: Span): Piece[] {
  const head = toBinary(TensorProtoSchema, { ...tensor, externalData: [], dataLocation: TensorProto_DataLocation.DEFAULT });
  return [head, header(TENSOR_RAW_DATA, span.length), span];
}

/** Weights into `dataFile`, which will be called `location`, and a model that points there. */
async function writeWithDataFile(model: OnnxModel, draft: string, dataFile: string, location: string): Promise<void> {
  const spans: Piece[] = [];
  let offset = 0;
  const pieces = layOut(model, (tensor, span) => {
    const entries = { location, offset: String(offset), length: String(span.length) };
    spans.push(span);
    offset += span.length;
    return [toBinary(TensorProtoSchema, { ...tensor, externalData: Object.entries(entries).map(([key, value]) => ({ $typeName: 'onnx.StringStringEntryProto' as const, key, value })) })];
  });
  await write(dataFile, spans);
  await write(draft, pieces);
}

/** Tag and length of a field of wire type 2. */
function header(field: number, length: number): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(length).finish();
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

async function write(file: string, pieces: readonly Piece[]): Promise<void> {
  const target = await fs.promises.open(file, 'w');
  try {
    for (const piece of pieces) {
      if (piece instanceof Uint8Array) await target.writeFile(piece);
      else await copySpan(target, piece);
    }
    await target.sync();
  } finally {
    await target.close();
  }
}

async function copySpan(target: fs.promises.FileHandle, span: Span): Promise<void> {
  const source = await fs.promises.open(span.file, 'r');
  try {
    const buffer = Buffer.alloc(Math.min(CHUNK, span.length));
    for (let done = 0; done < span.length; ) {
      const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, span.length - done), span.offset + done);
      if (bytesRead === 0) throw new Error(`'${span.file}' became shorter while it was read`);
      await target.writeFile(buffer.subarray(0, bytesRead));
      done += bytesRead;
    }
  } finally {
    await source.close();
  }
}
