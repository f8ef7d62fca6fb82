import { describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../../src/images/npy';
import { fixture } from './fixtures';

/** A .npy file with a header of one's own, padded or not. */
function npy(header: string, data: number, version: 1 | 2 | 9 = 1): Uint8Array {
  const length = version === 1 ? [header.length & 255, header.length >> 8] : [header.length & 255, header.length >> 8, 0, 0];
  return new Uint8Array([...Buffer.from('\x93NUMPY', 'latin1'), version, 0, ...length, ...Buffer.from(header, 'latin1'), ...new Array<number>(data).fill(7)]);
}

function header(descr: string, shape: string, fortran = 'False'): string {
  return `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
}

describe('readNpy', () => {
  it('reads what numpy wrote', () => {
    const { shape, data } = readNpy(fixture('float32.npy'), 'float32.npy');
    expect(shape).toEqual([1, 2, 3, 4]);
    expect(data).toEqual(Float32Array.from({ length: 24 }, (_, i) => (i === 23 ? 1 : -1 + i * (2 / 23))));
  });

  it('reads version 2, scalars, vectors and uint8', () => {
    expect(readNpy(npy(header('|u1', '(3,)'), 3, 2), 'x')).toEqual({ shape: [3], data: new Uint8Array([7, 7, 7]) });
    expect(readNpy(npy(header('|u1', '()'), 1), 'x')).toEqual({ shape: [], data: new Uint8Array([7]) });
    expect(readNpy(npy(header('|u1', '(3,)', 'True'), 3), 'x').shape).toEqual([3]);
  });

  it.each([
    ['another kind of file', Uint8Array.from(Buffer.from('hello, this is text')), /begin/],
    ['nothing', new Uint8Array(0), /begin/],
    ['a cut header', fixture('float32.npy').subarray(0, 60), /cut short/],
    ['a header cut within its length', fixture('float32.npy').subarray(0, 9), /cut short/],
    ['too little data', fixture('float32.npy').subarray(0, 200), /takes 96 bytes, the file has 72/],
    ['too much data', npy(header('|u1', '(2,)'), 3), /takes 2 bytes, the file has 3/],
    ['float64', npy(header('<f8', '(1,)'), 8), /'<f8'/],
    ['big-endian', npy(header('>f4', '(1,)'), 4), /'>f4'/],
    ['pickled objects', npy(header('|O', '(1,)'), 4), /'\|O'/],
    ['Fortran order', npy(header('|u1', '(2, 2)', 'True'), 4), /Fortran/],
    ['a structured type', npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", 4), /plain type/],
    ['a negative shape', npy(header('|u1', '(-2,)'), 2), /no shape/],
    ['a later version', npy(header('|u1', '(2,)'), 2, 9), /version 9/],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => readNpy(bytes, 'x.npy')).toThrow(message);
    expect(() => readNpy(bytes, 'x.npy')).toThrow(expect.objectContaining({ code: 'input-invalid' }) as Error);
  });
});

describe('writeNpy', () => {
  it('writes the bytes that numpy.save writes', () => {
    const bytes = fixture('float32.npy');
    expect(writeNpy(readNpy(bytes, 'x'))).toEqual(bytes);
    const pixels = fixture('scene.npy');
    expect(writeNpy(readNpy(pixels, 'x'))).toEqual(pixels);
  });

  it('writes vectors and scalars that can be read back', () => {
    for (const array of [{ shape: [2], data: new Float32Array([1, Number.NaN]) }, { shape: [], data: new Uint8Array([9]) }]) {
      expect(readNpy(writeNpy(array), 'x')).toEqual(array);
    }
  });
});
