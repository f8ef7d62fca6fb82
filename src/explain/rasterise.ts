import { SmearLensError } from '../errors';
import { loadSharp } from '../images/sharp';

/** Pixels for each unit of the drawing. */
const DENSITY = 2;
/** Dots an inch at which sharp draws one pixel a unit. */
const SVG_DPI = 72;

/**
 * Sees to it that {@link rasterise} can write text.
 * @param file names it in the error
 * @throws SmearLensError `output-unwritable` where there are no fonts, as in a bare container: each letter would be an empty box
 */
export async function requireFonts(file: string): Promise<void> {
  if (await hasFonts()) return;
  throw new SmearLensError('output-unwritable', `${file}: there are no fonts here to write the sheet's text with.`, 'Write an SVG file, whose text the reader draws, or install a font (on Debian: fonts-dejavu-core).');
}

/** A drawing as PNG bytes, on white, of twice its size in pixels. */
export async function rasterise(svg: string): Promise<Uint8Array> {
  const sharp = await loadSharp();
  return sharp(Buffer.from(svg), { density: DENSITY * SVG_DPI, limitInputPixels: false }).flatten({ background: '#ffffff' }).png().toBuffer();
}

/** Without fonts every letter is the same empty box, or nothing. */
async function hasFonts(): Promise<boolean> {
  const [a, b] = await Promise.all(['A', 'W'].map(letter));
  return !a.equals(b);
}

async function letter(character: string): Promise<Buffer> {
  const sharp = await loadSharp();
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><text x="2" y="28" font-size="24" font-family="sans-serif">${character}</text></svg>`;
  return sharp(Buffer.from(svg)).raw().toBuffer();
}
