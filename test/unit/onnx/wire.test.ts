/** The wire walker, and what reading says of files that are damaged in every way. */
import * as fs from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { SmearLensError } from '../../../src/errors';
import { readModel } from '../../../src/onnx/model';
import { FileReader, WireError, fieldsOf, type WireField } from '../../../src/onnx/wire';
import { fixture, Scratch } from './fixtures';

const scratch = new Scratch();
afterAll(() => scratch.remove());

function walk(bytes: Uint8Array): WireField[] {
  const fd = fs.openSync(scratch.write('message', bytes), 'r');
  try {
    return [...fieldsOf(new FileReader(fd, bytes.length), 0, bytes.length)];
  } finally {
    fs.closeSync(fd);
  }
}

function walkError(bytes: readonly number[]): WireError {
  try {
    walk(Uint8Array.from(bytes));
  } catch (error) {
    if (error instanceof WireError) return error;
    throw error;
  }
  throw new Error('the bytes are well-formed');
}

describe('fieldsOf', () => {
  it('finds every wire type, with tags and lengths of several bytes', () => {
    const long = new Uint8Array(300).fill(7);
    const bytes = new BinaryWriter()
      .tag(1, WireType.Varint).uint64(2n ** 40n)
      .tag(2, WireType.Bit64).double(1.5)
      .tag(3, WireType.LengthDelimited).bytes(long)
      .tag(20_000, WireType.Bit32).float(2.5)
      .tag(5, WireType.LengthDelimited).bytes(new Uint8Array(0))
      .finish();
    expect(walk(bytes).map(({ number, wireType, contentStart, end }) => [number, wireType, end - contentStart])).toEqual([[1, 0, 6], [2, 1, 8], [3, 2, 300], [20_000, 5, 4], [5, 2, 0]]);
    expect(walk(bytes).at(-1)?.end).toBe(bytes.length);
  });

  it('finds nothing in nothing', () => {
    expect(walk(new Uint8Array(0))).toEqual([]);
  });

  it.each<[string, number[], boolean]>([
    ['a field number of zero', [0x02, 0x00], false],
    ['groups, which ONNX has none of', [0x0b], false],
    ['wire types that do not exist', [0x0f], false],
    ['numbers without an end', [0x08, ...Array.from({ length: 12 }, () => 0xff)], false],
    ['a number that ends with the file', [0x08, 0x80], true],
    ['a length behind the end of the file', [0x0a, 0x05, 1, 2], true],
    ['a length of 2^63', [0x0a, ...Array.from({ length: 8 }, () => 0xff), 0x7f], true],
    ['eight bytes of which there are four', [0x09, 1, 2, 3, 4], true],
  ])('refuses %s', (_, bytes, truncated) => {
    expect(walkError(bytes).truncated).toBe(truncated);
  });

  it('walks over more than its window holds', () => {
    const bytes = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(new Uint8Array(200_000)).tag(2, WireType.Varint).uint32(3).finish();
    expect(walk(bytes).map((f) => f.number)).toEqual([1, 2]);
  });
});

describe('readModel', () => {
  const whole = fs.readFileSync(fixture('gap-linear-opset13'));

  it('refuses a file that is cut off anywhere', () => {
    const file = scratch.write('cut.onnx', whole);
    const codes = new Set<string>();
    for (let length = whole.length - 1; length >= 0; length--) {
      fs.truncateSync(file, length);
      try {
        readModel(file);
        expect.fail(`${length} of ${whole.length} bytes were read as a model`);
      } catch (error) {
        if (!(error instanceof SmearLensError)) throw error;
        expect(error.message).toContain('cut.onnx');
        codes.add(error.code);
      }
    }
    expect([...codes].sort()).toEqual(['model-not-onnx', 'model-truncated']);
  });

  it('reads or refuses a file in which any bit is wrong', () => {
    let [read, refused] = [0, 0];
    // A prime, so that every bit of a byte has its turn.
    for (let bit = 0; bit < 8 * whole.length; bit += 53) {
      const bytes = Buffer.from(whole);
      bytes[bit >> 3] ^= 1 << (bit & 7);
      try {
        readModel(scratch.write('flipped.onnx', bytes));
        read++;
      } catch (error) {
        if (!(error instanceof SmearLensError)) throw new Error(`bit ${bit}`, { cause: error });
        refused++;
      }
    }
    expect(read).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });

  it.each([
    ['a folder', (): string => scratch.path, 'model-not-found', /is not a file/],
    ['a file that is not there', (): string => `${scratch.path}/absent.onnx`, 'model-not-found', /absent\.onnx/],
    ['an empty file', (): string => scratch.write('empty.onnx', new Uint8Array(0)), 'model-not-onnx', /empty\.onnx.*0 bytes/],
    ['a PNG', (): string => scratch.write('p.onnx', Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])), 'model-truncated', /p\.onnx.*no ONNX/],
  ])('refuses %s', (_, file, code, says) => {
    expect(() => readModel(file())).toThrow(expect.objectContaining({ code, message: expect.stringMatching(says) as unknown }) as Error);
  });
});
