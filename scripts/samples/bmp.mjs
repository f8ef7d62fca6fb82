/**
 * An uncompressed 24-bit BMP (BITMAPINFOHEADER; rows from the bottom, blue first, each padded to 4 bytes), which sharp
 * cannot write.
 * @param {{data: Uint8Array, width: number, height: number}} picture 8-bit RGB
 */
export function bmp({ data, width, height }) {
  const stride = Math.ceil((3 * width) / 4) * 4;
  const file = Buffer.alloc(54 + stride * height);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  file.writeUInt32LE(stride * height, 34);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = 3 * (row * width + column);
      const to = 54 + stride * (height - 1 - row) + 3 * column;
      file.set([data[from + 2], data[from + 1], data[from]], to);
    }
  }
  return file;
}
