/** Tells a file's format from its first bytes. Extensions lie. */

export type ImageFormat = 'JPEG' | 'PNG' | 'WebP' | 'TIFF' | 'BMP' | 'GIF' | 'AVIF';

interface Signature<Name> {
  readonly name: Name;
  /** Latin-1 text expected at `at`; '?' stands for any byte. */
  readonly magic: string;
  readonly at?: number;
}

const READ: readonly Signature<ImageFormat>[] = [
  { name: 'JPEG', magic: '\xff\xd8\xff' },
  { name: 'PNG', magic: '\x89PNG\r\n\x1a\n' },
  { name: 'WebP', magic: 'RIFF????WEBP' },
  { name: 'TIFF', magic: 'II*\0' },
  { name: 'TIFF', magic: 'MM\0*' },
  { name: 'TIFF', magic: 'II+\0' },
  { name: 'TIFF', magic: 'MM\0+' },
  { name: 'BMP', magic: 'BM' },
  { name: 'GIF', magic: 'GIF87a' },
  { name: 'GIF', magic: 'GIF89a' },
];

// What people do try to open: naming it helps more than 'not an image'.
const FOREIGN: readonly Signature<string>[] = [
  { name: 'a DICOM file', magic: 'DICM', at: 128 },
  { name: 'a PDF document', magic: '%PDF' },
  { name: 'a ZIP archive or office document', magic: 'PK\x03\x04' },
  { name: 'a JPEG 2000 image', magic: '\0\0\0\x0cjP  ' },
  { name: 'a JPEG 2000 image', magic: '\xff\x4f\xff\x51' },
  { name: 'a JPEG XL image', magic: '\xff\x0a' },
  { name: 'a JPEG XL image', magic: '\0\0\0\x0cJXL ' },
  { name: 'a Photoshop document', magic: '8BPS' },
  { name: 'a Zeiss CZI image', magic: 'ZISRAWFILE' },
  { name: 'a Nikon ND2 image', magic: '\xda\xce\xbe\x0a' },
  { name: 'a Leica LIF image', magic: '\x70\0\0\0' },
  { name: 'a Git LFS pointer (the image itself was never fetched)', magic: 'version https://git-lfs' },
  { name: 'an SVG or XML document', magic: '<svg' },
  { name: 'an SVG or XML document', magic: '<?xml' },
  { name: 'a web page', magic: '<!DOCTYPE html' },
  { name: 'a web page', magic: '<html' },
];

function matches(bytes: Uint8Array, { magic, at = 0 }: Signature<string>): boolean {
  if (bytes.length < at + magic.length) return false;
  for (let i = 0; i < magic.length; i++) {
    if (magic[i] !== '?' && bytes[at + i] !== magic.charCodeAt(i)) return false;
  }
  return true;
}

/** The four-letter brands of an ISO media file (AVIF, HEIC, ...): the major one and the compatible ones. */
function brands(bytes: Uint8Array): readonly string[] {
  if (!matches(bytes, { name: 'ISO media', magic: 'ftyp', at: 4 }) || bytes.length < 16) return [];
  const boxEnd = Math.min(new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0), bytes.length, 256);
  const found: string[] = [];
  for (let at = 8; at + 4 <= boxEnd; at += 4) {
    if (at !== 12) found.push(String.fromCharCode(...bytes.subarray(at, at + 4))); // 12: the minor version
  }
  return found;
}

/** The format of an image we read, or undefined. */
export function sniffFormat(bytes: Uint8Array): ImageFormat | undefined {
  if (brands(bytes).some((brand) => brand === 'avif' || brand === 'avis')) return 'AVIF';
  return READ.find((signature) => matches(bytes, signature))?.name;
}

/** What a file that is no image of ours is, for the message to the user; undefined where we cannot tell. */
export function sniffForeign(bytes: Uint8Array): string | undefined {
  if (brands(bytes).some((brand) => /^(hei|hev|mif1)/.test(brand))) return 'a HEIC image';
  return FOREIGN.find((signature) => matches(bytes, signature))?.name;
}
