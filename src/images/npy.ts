/** NumPy's .npy files (format 1.0 and 2.0; numpy.lib.format), float32 and uint8 in C order. */
import { SmearLensError } from '../errors';

export interface NpyArray<Data extends Float32Array | Uint8Array = Float32Array | Uint8Array> {
  /** Sizes of the axes, slowest first; empty for a scalar. */
  readonly shape: readonly number[];
  readonly data: Data;
}

const MAGIC = '\x93NUMPY';
const ALIGNMENT = 64;

/**
 * @param bytes the whole file
 * @param name for messages
 * @throws SmearLensError `input-invalid`: not .npy, another type or order of axes, cut short
 */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const { header, dataOffset } = readHeader(bytes, name);
  const type = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const shapeText = /'shape'\s*:\s*\(([^)]*)\)/.exec(header)?.[1];
  if (type === undefined || shapeText === undefined) throw invalid(name, 'its header gives no plain type and shape', SAVE_HINT);
  if (type !== '<f4' && type !== '|u1') throw invalid(name, `elements of type '${type}' are not read`, SAVE_HINT);
  const shape = shapeText.split(',').map((size) => size.trim()).filter((size) => size !== '').map(Number);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0)) throw invalid(name, `(${shapeText}) is no shape`, SAVE_HINT);
  if (shape.length > 1 && /'fortran_order'\s*:\s*True/.test(header)) {
    throw invalid(name, 'the array is stored in Fortran order', 'Save it with numpy.save(file, numpy.ascontiguousarray(array)).');
  }
  const count = shape.reduce((product, size) => product * size, 1);
  const wanted = count * (type === '<f4' ? 4 : 1);
  const found = bytes.length - dataOffset;
  if (found !== wanted) throw invalid(name, `shape (${shapeText}) takes ${wanted} bytes, the file has ${found}`, 'Save the array again.');
  const data = bytes.slice(dataOffset);
  return { shape, data: type === '<f4' ? new Float32Array(data.buffer, data.byteOffset, count) : data };
}

/**
 * The array as a .npy file, format 1.0, laid out as numpy.save does.
 * @param shape its product is the length of `data`
 */
export function writeNpy({ shape, data }: NpyArray): Uint8Array {
  const type = data instanceof Float32Array ? '<f4' : '|u1';
  const shapeText = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shapeText}), }`;
  const prefix = MAGIC.length + 4;
  const headerLength = Math.ceil((prefix + dict.length + 1) / ALIGNMENT) * ALIGNMENT - prefix;
  const out = new Uint8Array(prefix + headerLength + data.byteLength);
  const view = new DataView(out.buffer);
  const header = `${MAGIC}\x01\x00..${dict.padEnd(headerLength - 1)}\n`;
  for (let i = 0; i < header.length; i++) out[i] = header.charCodeAt(i);
  view.setUint16(MAGIC.length + 2, headerLength, true);
  out.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), prefix + headerLength);
  return out;
}

const SAVE_HINT = 'Save the array with numpy.save(file, array.astype(numpy.float32)).';

function invalid(name: string, what: string, hint: string): SmearLensError {
  return new SmearLensError('input-invalid', `${name}: not a .npy file we can read: ${what}.`, hint);
}

function readHeader(bytes: Uint8Array, name: string): { header: string; dataOffset: number } {
  const latin1 = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (latin1(0, MAGIC.length) !== MAGIC) throw invalid(name, 'it does not begin as one', SAVE_HINT);
  const major = bytes[MAGIC.length];
  if (major !== 1 && major !== 2) throw invalid(name, `format version ${major ?? '(missing)'}`, SAVE_HINT);
  const lengthBytes = major === 1 ? 2 : 4;
  const headerOffset = MAGIC.length + 2 + lengthBytes;
  if (bytes.length < headerOffset) throw invalid(name, 'it is cut short', 'Save the array again.');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = major === 1 ? view.getUint16(headerOffset - 2, true) : view.getUint32(headerOffset - 4, true);
  // A type and a shape take some 100 bytes; a header past 64 kB is a structured type or damage.
  if (length > 65_535) throw invalid(name, `a header of ${length} bytes`, SAVE_HINT);
  const dataOffset = headerOffset + length;
  if (bytes.length < dataOffset) throw invalid(name, 'it is cut short', 'Save the array again.');
  return { header: new TextDecoder('latin1').decode(bytes.subarray(headerOffset, dataOffset)), dataOffset };
}
