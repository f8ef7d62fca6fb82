/** Makes a VSIX smaller that is over the limit: Zopfli's deflate, which every unzipper reads, takes minutes for some 5 %. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { deflateAsync } from '@gfx/zopfli';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js';
import { readEntries } from './vsix.mjs';

/** Bytes in the archive from which a file is worth the time. */
const LARGE = 50_000;
/** Of Zopfli: the first gives nearly all of what it gives, each further one takes as long again as the gain shrinks. */
const ITERATIONS = 5;
/** The method 'deflate', as the ZIP format numbers it. */
const DEFLATED = 8;

/**
 * Packs the large files of an archive anew, in place.
 * @param {string} file
 * @param {string} cache a folder for packed files, by the digest of what they hold; kept from one run to the next
 */
export async function squeeze(file, cache) {
  const packing = new ZipWriter(new Uint8ArrayWriter());
  for (const entry of await readEntries(file)) {
    const { filename, uncompressedSize, compressedSize, compressionMethod, signature, lastModDate } = entry;
    const isLarge = compressedSize >= LARGE;
    const packed = isLarge ? await pack(await entry.getData(new Uint8ArrayWriter()), cache) : await entry.getData(new Uint8ArrayWriter(), { passThrough: true });
    await packing.add(filename, new Uint8ArrayReader(packed), {
      passThrough: true,
      compressionMethod: isLarge ? DEFLATED : compressionMethod,
      uncompressedSize,
      signature,
      lastModDate,
      extendedTimestamp: false,
      dataDescriptor: false,
    });
  }
  fs.writeFileSync(file, await packing.close());
}

async function pack(content, cache) {
  const kept = path.join(cache, `${createHash('sha256').update(content).digest('hex')}.deflate`);
  if (!fs.existsSync(kept)) {
    fs.mkdirSync(cache, { recursive: true });
    fs.writeFileSync(`${kept}.partial`, await deflateAsync(content, { numiterations: ITERATIONS }));
    fs.renameSync(`${kept}.partial`, kept);
  }
  return fs.readFileSync(kept);
}
