/** The folders of smears that the editor is measured on. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';
import { drawField } from '../../../scripts/samples/field.mjs';
import { ROOT } from '../../vscode/harness/server';

const FOLDER = path.join(ROOT, 'out/bench/smears');
/** Outside the project, whose licence does not cover them. */
const REAL = path.join(ROOT, '../shared/data/all-smears');

export interface SmearSet {
  readonly name: string;
  readonly folder: string;
  /** File names, in the Explorer's order. */
  readonly files: readonly string[];
}

/** Drawn smears of 640 × 480 pixels and, where they are at hand, real ones; `count` of each. */
export async function smearSets(count: number): Promise<SmearSet[]> {
  const sets = [{ name: 'drawn smears, 640 × 480', folder: path.join(FOLDER, 'drawn'), write: draw }];
  if (fs.existsSync(REAL)) sets.push({ name: 'real smears, 224 × 224', folder: path.join(FOLDER, 'real'), write: copyReal });
  for (const { folder, write } of sets) {
    fs.mkdirSync(folder, { recursive: true });
    // Drawing takes a second each; they are kept.
    for (let i = 0; i < count; i++) if (!fs.existsSync(path.join(folder, fileName(i)))) await write(path.join(folder, fileName(i)), i);
  }
  return sets.map(({ name, folder }) => ({ name, folder, files: Array.from({ length: count }, (_, i) => fileName(i)) }));
}

function fileName(index: number): string {
  return `smear-${String(index + 1).padStart(2, '0')}.jpg`;
}

/** Of kinds that the default model takes for its own, so that there is an overlay. */
async function draw(file: string, index: number): Promise<void> {
  const kind = index % 2 === 0 ? 'pre' : 'pro';
  const { data, width, height } = drawField({ seed: 900 + index, kind, blasts: 11, stain: 'lavender', width: 640, height: 480, scale: 4 });
  await sharp(data, { raw: { width, height, channels: 3 } }).jpeg({ quality: 92, chromaSubsampling: '4:4:4' }).toFile(file);
}

async function copyReal(file: string, index: number): Promise<void> {
  const classes = fs.readdirSync(REAL).sort();
  const source = path.join(REAL, classes[index % classes.length] ?? '');
  const names = fs.readdirSync(source).sort();
  fs.copyFileSync(path.join(source, names[(7 * index) % names.length] ?? ''), file);
}
