import { SmearLensError } from '../errors';
import { loadSharp } from '../images/sharp';

/** Pixels for each unit of the drawing. */
const DENSITY = 2;
/** Of SVG, dots an inch at one pixel a unit. */
const SVG_DPI = 96;

/**
 * A drawing as PNG bytes, on twice its size in pixels.
 * @param file names it in an error
 * @throws SmearLensError `output-unwritable` where this machine has no fonts: its text would be empty boxes
 */
export async function rasterise(svg: string, file: string): Promise<Uint8Array> {
  const sharp = await loadSharp();
  if (!(await hasFonts())) {
    throw new SmearLensError('output-unwritable', `${file}: this machine has no fonts to write the sheet's text with.`, 'Write an SVG file, whose text the reader draws, or install a font (on Debian: fonts-dejavu-core).');
  }
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
