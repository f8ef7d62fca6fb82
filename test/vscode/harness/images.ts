/** Pictures for the tests, drawn here: no third party's image is part of the project. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';

/** Pixels a side. */
export const SIDE = 224;

/** Draws something like a stained smear: red cells on a pale ground and, in the middle, one cell with a large purple nucleus. */
export function smearSvg(seed: number): Buffer {
  const random = randomNumbers(seed);
  const cells = Array.from({ length: 28 }, () => {
    const [x, y, r] = [random() * SIDE, random() * SIDE, 12 + random() * 5];
    return `<circle cx="${x}" cy="${y}" r="${r}" fill="#d99a9c"/><circle cx="${x}" cy="${y}" r="${r / 3}" fill="#ecc7c4"/>`;
  });
  const blast = `<ellipse cx="112" cy="112" rx="34" ry="31" fill="#b9a3cf"/><ellipse cx="114" cy="110" rx="28" ry="26" fill="#5a2d82"/>`;
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}"><rect width="100%" height="100%" fill="#f2e4e1"/>${cells.join('')}${blast}</svg>`);
}

/** Fills a folder with one smear in each format, and with files that are no images though their names say so. */
export async function writeSmears(folder: string): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const file = (name: string): string => path.join(folder, name);
  await sharp(smearSvg(1)).jpeg().toFile(file('smear-1.jpg'));
  await sharp(smearSvg(2)).png().toFile(file('smear-2.png'));
  fs.writeFileSync(file('smear-3.bmp'), await bmp(smearSvg(3)));
  await sharp(smearSvg(4)).removeAlpha().tiff().toFile(file('smear-4.tif'));
  await sharp(smearSvg(5)).webp().toFile(file('smear-5.webp'));
  fs.writeFileSync(file('SMEAR-6.JPG'), await sharp(smearSvg(6)).jpeg().toBuffer());
  await sharp(smearSvg(7)).jpeg().toFile(file('smear [7] ü.jpg'));
  fs.writeFileSync(file('corrupt.jpg'), 'This is no JPEG.\n');
  fs.writeFileSync(file('empty.png'), '');
  fs.writeFileSync(file('notes.txt'), 'Not an image.\n');
}

/** An uncompressed 24-bit BMP (BITMAPINFOHEADER, rows from the bottom, BGR, each padded to 4 bytes), which sharp cannot write. */
async function bmp(svg: Buffer): Promise<Buffer> {
  const { data, info } = await sharp(svg).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const stride = Math.ceil((3 * info.width) / 4) * 4;
  const file = Buffer.alloc(54 + stride * info.height);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(54, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(info.width, 18);
  file.writeInt32LE(info.height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < info.height; y++) {
    for (let x = 0; x < info.width; x++) {
      const from = 3 * (y * info.width + x);
      const to = 54 + stride * (info.height - 1 - y) + 3 * x;
      file.set([data[from + 2] ?? 0, data[from + 1] ?? 0, data[from] ?? 0], to);
    }
  }
  return file;
}

/** A small linear congruential generator (Numerical Recipes' constants): the same smear for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
