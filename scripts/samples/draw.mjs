/**
 * Draws sample smears into a folder, the same ones each time. Drawings, made of formulas alone: no patient's image is part
 * of this project.
 *
 * node scripts/samples/draw.mjs FOLDER [SEED]
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { bmp } from './bmp.mjs';
import { drawField } from './field.mjs';

/** Seed and looks of each field, by file name. */
const SAMPLES = {
  'drawn-benign-1.jpg': { seed: 11, kind: 'benign', blasts: 8, stain: 'lavender', stacks: 0.1 },
  'drawn-benign-2.jpg': { seed: 12, kind: 'benign', blasts: 6, stain: 'rose', stacks: 0.1 },
  'drawn-benign-3.bmp': { seed: 13, kind: 'benign', blasts: 5, stain: 'slate', stacks: 0.2 },
  'drawn-early-1.jpg': { seed: 21, kind: 'early', blasts: 6, stain: 'slate', stacks: 0.5, crenated: 0.4 },
  'drawn-early-2.jpg': { seed: 22, kind: 'early', blasts: 8, stain: 'lavender', stacks: 0.6 },
  'drawn-early-3.jpg': { seed: 23, kind: 'early', blasts: 5, stain: 'rose', stacks: 0.4, crenated: 0.3 },
  'drawn-pre-1.jpg': { seed: 31, kind: 'pre', blasts: 11, stain: 'lavender', stacks: 0.2 },
  'drawn-pre-2.jpg': { seed: 32, kind: 'pre', blasts: 3, stain: 'slate', stacks: 0.6 },
  'drawn-pre-3.tif': { seed: 33, kind: 'pre', blasts: 8, stain: 'rose', stacks: 0.2 },
  'drawn-pro-1.jpg': { seed: 41, kind: 'pro', blasts: 6, stain: 'lavender', stacks: 0.1 },
  'drawn-pro-2.jpg': { seed: 42, kind: 'pro', blasts: 8, stain: 'slate', stacks: 0.2 },
  'drawn-pro-3.jpg': { seed: 43, kind: 'pro', blasts: 5, stain: 'rose', stacks: 0.1 },
  'drawn-pre-wide.jpg': { seed: 51, kind: 'pre', blasts: 14, stain: 'lavender', stacks: 0.25, width: 640, height: 480, scale: 4 },
};

/** Says what the samples are, and how to look at them. */
export const README_NAME = 'README.txt';
const README = `Click a smear in the Explorer, such as drawn-pre-wide.jpg, and SmearLens shows
it: the model's verdict, the class probabilities, and an overlay of where the
model looked. In a VS Code that 'npm start' did not set up, right-click the
smear and choose 'Open in SmearLens'.

These smears are DRAWN by a script (scripts/samples). They are no patient
material and no photographs, and nothing about a disease can be learned from
them.

They imitate stained blood smears, with cells in the looks of the four classes
of the ALL smear set: benign (hematogones), early pre-B, pre-B and pro-B; a
file's name says which. They are here so that you can try SmearLens without
images of your own.

A model trained on real smears may well call them unlike its training images,
and should. Where it offers a class all the same, that class is often not the
one drawn: its classes and maps for a drawing mean nothing.

Research use only. Not for diagnosis.
`;

/** How each format is written. JPEG without chroma subsampling, which would smear the edges of cells this small. */
const ENCODE = {
  '.jpg': (picture) => image(picture).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toBuffer(),
  '.tif': (picture) => image(picture).tiff({ compression: 'lzw', predictor: 'horizontal' }).toBuffer(),
  '.bmp': async (picture) => bmp(picture),
};

/**
 * Writes all samples and a text that says what they are, replacing files of the same names.
 * @param {string} folder made where it is missing
 * @param {number} seed 0 draws the smears that everybody has
 * @returns {Promise<string[]>} the files' names, in order
 */
export async function drawSamples(folder, seed = 0) {
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, sample] of Object.entries(SAMPLES)) {
    const picture = drawField({ ...sample, seed: sample.seed + 1000 * seed });
    fs.writeFileSync(path.join(folder, name), await ENCODE[path.extname(name)](picture));
  }
  fs.writeFileSync(path.join(folder, README_NAME), README);
  return [...Object.keys(SAMPLES), README_NAME].sort();
}

function image({ data, width, height }) {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [folder, seed = '0'] = process.argv.slice(2);
  if (!folder || !/^\d+$/.test(seed)) {
    console.error('usage: node scripts/samples/draw.mjs FOLDER [SEED]');
    process.exitCode = 2;
  } else {
    for (const name of await drawSamples(folder, Number(seed))) console.log(path.join(folder, name));
  }
}
