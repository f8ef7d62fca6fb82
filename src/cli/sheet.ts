/** `smearlens explain --sheet`: the contact sheet of one image, as an SVG drawing or a PNG picture. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { ExplainEngine } from '../explain/engine';
import { overlayPng } from '../explain/overlayPng';
import { rasterise, requireFonts } from '../explain/rasterise';
import { sheetPlan, sheetSvg, TILE_PIXELS, type SheetPictures, type SheetPlan, type SheetSource } from '../explain/sheet';
import { encodePng, shrink } from '../images/render';
import { resolveModel } from '../models/resolve';
import type { ProviderChoice } from '../protocol/analysis';
import { RESEARCH_USE } from '../protocol/format';
import type { ModelChoice } from '../protocol/inference';
import type { ScoreCam } from '../protocol/scoreCam';
import { nameAssumptions } from './assumptions';
import { explanationOf } from './maps';
import { networkInput, type NetworkInput } from './networkInput';
import type { Output } from './output';

/** By which the file's name ends. */
const FORMATS = ['.svg', '.png'] as const;

export interface SheetOptions {
  readonly model: string;
  readonly provider: ProviderChoice;
  /** A .npy file with the network's input, in place of an image. */
  readonly tensor?: string | undefined;
  readonly layer: string;
  /** The file to write. */
  readonly sheet: string;
}

const COLOURS = { colours: 'viridis', opacity: 0.5 } as const;

/**
 * Explains the image by Grad-CAM, Grad-CAM++ and exact Score-CAM and writes the sheet. A failure is reported under the image's name.
 */
export async function sheet(imagePath: string | undefined, options: SheetOptions, output: Output, signal: AbortSignal): Promise<void> {
  const subject = options.tensor ?? imagePath ?? '';
  const engine = new ExplainEngine({ log: (level, text) => level !== 'warn' && output.log(text) });
  try {
    const format = formatOf(options.sheet);
    if (format === '.png') await requireFonts(options.sheet);
    const resolved = await resolveModel(options.model);
    if (options.tensor === undefined) nameAssumptions(resolved, output);
    const input = await networkInput(imagePath, options.tensor, resolved.input);
    const choice = { path: options.model, provider: options.provider, layer: options.layer };
    const analysis = await engine.analyse(input.tensor, choice, true);
    const scoreCam = await exactScoreCam(engine, input.tensor, choice, output, signal);
    if (!scoreCam) return;
    const source: SheetSource = { fileName: path.basename(subject), analysis, explanation: explanationOf(analysis), scoreCam, ...COLOURS };
    const plan = sheetPlan(source);
    const svg = sheetSvg(source, plan, await picturesOf(input, plan));
    await write(options.sheet, format === '.svg' ? svg : await rasterise(svg));
    output.result({ path: subject, sheet: options.sheet, classes: plan.classes.length, passes: scoreCam.total }, () => `Contact sheet of ${subject} in ${options.sheet}. ${RESEARCH_USE}`);
  } catch (error) {
    output.failure(subject, error);
  } finally {
    await engine.dispose();
  }
}

function formatOf(file: string): (typeof FORMATS)[number] {
  const found = FORMATS.find((format) => file.toLowerCase().endsWith(format));
  if (found) return found;
  throw new SmearLensError('output-unwritable', `${file}: is neither an SVG nor a PNG file by its name.`, 'Let the name end in .svg or .png.');
}

/** Undefined where it was interrupted. */
async function exactScoreCam(engine: ExplainEngine, tensor: Float32Array, choice: ModelChoice, output: Output, signal: AbortSignal): Promise<ScoreCam | undefined> {
  const steps = engine.inquire(tensor, choice, { kind: 'score-cam', mode: 'exact' });
  for (let told = false; ; told = true) {
    const { done, value } = await steps.next();
    // An answer is of the kind that was asked for.
    if (value.kind !== 'score-cam') throw new Error(`An answer of the kind '${value.kind}' to 'score-cam'.`);
    if (done) return value;
    if (signal.aborted) return void (await steps.return(value));
    if (!told) output.log(`Score-CAM runs the model ${value.total} times.`);
  }
}

/** Made smaller first, as far as a tile is: an SVG holds a dozen of them. */
async function picturesOf({ picture, field }: NetworkInput, { rows }: SheetPlan): Promise<SheetPictures> {
  const scale = Math.min(1, TILE_PIXELS / Math.max(picture.width, picture.height));
  const small = await shrink(picture, TILE_PIXELS);
  const { width, height } = small;
  const on = field && { x: field.x * scale, y: field.y * scale, width: field.width * scale, height: field.height * scale };
  const overlays = await Promise.all(rows.map(({ maps, layer }) => Promise.all(maps.map(async (map) => dataUri(await overlayPng(small, map, layer, { field: on, ...COLOURS }))))));
  return { width, height, smear: dataUri(await encodePng(small.data, width, height)), overlays };
}

function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

async function write(file: string, content: string | Uint8Array): Promise<void> {
  try {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, content);
  } catch (error) {
    throw new SmearLensError('output-unwritable', `${file}: cannot be written (${(error as Error).message}).`, 'Choose another file with --sheet.');
  }
}
