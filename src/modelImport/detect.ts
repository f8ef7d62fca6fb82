/** What a bare ONNX file is, as far as it tells: input, size, output, classes, rescaling, layer. What it does not tell stays open. */
import { SmearLensError, toErrorInfo } from '../errors';
import { describeLayers } from '../explain/layerChoices';
import { findLogits } from '../explain/logits';
import { layerOf, prepare, type Prepared } from '../explain/prepare';
import type { Manifest } from '../models/manifest';
import { DEFAULT_SIZE, inputsOf, type ImageInput } from '../models/network';
import { hashFile, resolveDraft } from '../models/resolve';
import { Graph } from '../onnx/graph';
import { readModel } from '../onnx/model';
import { ElementType } from '../onnx/tensors';
import type { ImportReport, OpenFact, OutputInfo, PresetId } from '../protocol/modelImport';
import { findClassNames } from './classNames';
import { describeRescaling, presetFor, rescalingInside } from './graphStart';
import { presetInput } from './presets';

/** What the user says; everything else is looked for. */
export interface Wishes {
  readonly output?: string | undefined;
  readonly layout?: 'NCHW' | 'NHWC' | undefined;
  readonly size?: { readonly width: number; readonly height: number } | undefined;
  readonly classes?: readonly string[] | undefined;
  readonly preprocessing?: PresetId | undefined;
  /** A tensor's name. */
  readonly layer?: string | undefined;
}

/** Whatever is known of a model before anything is tried on images. */
export type Facts = Pick<ImportReport, 'input' | 'fedZero' | 'outputs' | 'output' | 'classes' | 'classesFrom' | 'classesNote' | 'inside' | 'preprocessing' | 'preprocessingFrom' | 'layer' | 'layerFrom' | 'layers'>;

export interface Detected {
  readonly facts: Facts;
  /** The model at its size and output. */
  readonly prepared: Prepared;
}

/** Sides that networks are trained at; an input of open size is tried with them, and the first is what all of them accept is proposed as. */
const USUAL_SIDES = [DEFAULT_SIZE, 299, 256, 331, 128, 192, 240, 260, 300, 320, 384, 380, 448, 456, 512, 528, 600, 112, 96, 64, 48, 32];
/** Begins the names of outputs that self-explaining files have besides their own. */
const ADDED = 'smearlens_';
const ELEMENT_NAMES: Readonly<Record<number, ImportReport['input']['elementType']>> = { [ElementType.FLOAT]: 'float32', [ElementType.FLOAT16]: 'float16', [ElementType.DOUBLE]: 'float64' };

/**
 * Reads the file and runs it once or a few times on a blank image.
 * @throws SmearLensError `model-*` where it is no classifier of one image; `input-invalid` where a wish contradicts the file; `layer-unknown`
 */
export async function detect(file: string, wishes: Wishes): Promise<Detected> {
  const model = readModel(file);
  const graph = new Graph(model);
  const { image, scalars } = inputsOf(graph, wishes.layout);
  checkWishes(model.file, image, wishes);
  const sha256 = await hashFile(model.file);
  const asWished = async (output: string | undefined, layout: ImageInput['layout'], width: number, height: number): Promise<Prepared> =>
    prepare(resolveDraft(model.file, sha256, { input: { width, height, layout }, output: output === undefined ? {} : { name: output } }));

  const names = outputNames(graph, wishes.output);
  const tried = await trySizes(image, wishes, (layout, width, height) => firstOf(names, (name) => asWished(name, layout, width, height)));
  const { layout, width, height } = tried.at;
  const rows: { info: OutputInfo; prepared: Prepared }[] = [];
  for (const name of names) {
    const prepared = await asWished(name, layout, width, height).catch(unsupported);
    // One score, or the same scores once more, before and behind their softmax, is no further choice.
    if (!prepared || prepared.classes < 2 || rows.some((row) => row.prepared.logits.tensor === prepared.logits.tensor)) continue;
    rows.push({ info: { name, classes: prepared.classes, activation: prepared.logits.activation }, prepared });
  }
  const metadata = Object.fromEntries(model.proto.metadataProps.map(({ key = '', value = '' }) => [key, value]));
  const fitting = await outputsOfNames(rows, (count) => namesFor(file, metadata, count, wishes.classes));
  const [{ row: { info: output, prepared }, names: classNames }] = fitting;
  const rescaling = rescalingInside(graph, image.name);
  const proposed = rescaling && presetFor(rescaling);
  const layer = layerFor(prepared, wishes.layer);
  return {
    prepared,
    facts: {
      input: { name: image.name, elementType: ELEMENT_NAMES[image.elementType], layout, width, height, sizeFrom: tried.sizeFrom, layoutFrom: tried.layoutFrom },
      fedZero: scalars.map((s) => s.name),
      outputs: fitting.map(({ row }) => row.info),
      output,
      classes: classNames.names,
      classesFrom: classNames.from,
      classesNote: classNames.note,
      inside: rescaling && describeRescaling(rescaling),
      preprocessing: wishes.preprocessing ?? proposed,
      preprocessingFrom: wishes.preprocessing ? 'given' : proposed && 'graph',
      layer,
      layerFrom: wishes.layer === undefined ? 'automatic' : 'given',
      layers: describeLayers(prepared).map((l) => l.name),
    },
  };
}

/** What has to be said before the model can be saved. */
export function openFacts({ input, outputs, classes, preprocessing }: Facts): OpenFact[] {
  const open: readonly [OpenFact, boolean][] = [
    ['size', input.sizeFrom === 'open'],
    ['output', outputs.length > 1],
    ['classes', classes === undefined],
    ['preprocessing', preprocessing === undefined],
  ];
  return open.flatMap(([fact, isOpen]) => (isOpen ? [fact] : []));
}

/** The manifest of what is known; numbers stand for classes that have no names yet, and pixels of 0 to 1 for a preprocessing that is open. */
export function manifestOf({ input, output, classes, preprocessing, layer, layerFrom }: Facts, { id, name, file, sha256 }: Pick<Manifest, 'id' | 'name' | 'file' | 'sha256'>): Manifest {
  const { activation } = output;
  const ids = classes ?? Array.from({ length: output.classes }, (_, i) => String(i));
  return {
    schemaVersion: 1,
    id,
    name,
    file,
    sha256,
    classes: ids.map((one) => ({ id: one, name: one })),
    input: { tensorName: input.name, width: input.width, height: input.height, layout: input.layout, resize: 'stretch', interpolation: 'bilinear', antialias: true, ...presetInput(preprocessing ?? '0-1') },
    output: { name: output.name, kind: activation === 'none' ? 'logits' : 'probabilities', activation: activation === 'none' ? 'softmax' : activation },
    explain: { layer: layerFrom === 'given' && layer !== null ? layer : 'auto' },
  };
}

function checkWishes(file: string, image: ImageInput, { layout, size }: Wishes): void {
  if (layout !== undefined && layout !== image.layout) {
    throw new SmearLensError('input-invalid', `${file}: its input '${image.name}' is ${image.layout}; ${layout} contradicts the file.`, 'Leave the layout out: the file tells it.');
  }
  if (size && ((image.width ?? size.width) !== size.width || (image.height ?? size.height) !== size.height)) {
    throw new SmearLensError('input-invalid', `${file}: its input '${image.name}' takes ${image.width ?? '?'}×${image.height ?? '?'} pixels; ${size.width}×${size.height} contradicts the file.`, 'Leave the size out: the file tells it.');
  }
  if (image.batch !== undefined && image.batch !== 1) {
    throw new SmearLensError('model-unsupported', `${file}: takes batches of exactly ${image.batch} images.`, 'Export the model with batch size 1 or an open batch size.');
  }
}

/** The graph's outputs, or the one that is wished for. */
function outputNames(graph: Graph, wished: string | undefined): string[] {
  const all = graph.model.proto.graph.output.map((o) => o.name ?? '');
  if (wished === undefined) {
    // What `explain --save-model` added says how scores came about.
    const own = all.filter((name) => !name.startsWith(ADDED));
    return own.length > 0 ? own : all;
  }
  if (!all.includes(wished)) throw new SmearLensError('input-invalid', `${graph.model.file}: has no output '${wished}'.`, `Its outputs are ${all.join(', ')}.`);
  // Throws where it is none.
  findLogits(graph, wished);
  return [wished];
}

interface Tried {
  readonly at: { readonly layout: ImageInput['layout']; readonly width: number; readonly height: number };
  readonly sizeFrom: ImportReport['input']['sizeFrom'];
  readonly layoutFrom: ImportReport['input']['layoutFrom'];
}

/**
 * The layout and size that the model runs at. Where the size is open, the usual ones are tried until two run, which says that any does: a network with a dense layer
 * behind its pixels runs at one only.
 * @throws the first error where nothing runs
 */
async function trySizes(image: ImageInput, { layout: wished, size }: Wishes, run: (layout: ImageInput['layout'], width: number, height: number) => Promise<unknown>): Promise<Tried> {
  const layouts = image.isLayoutOpen && wished === undefined ? (['NCHW', 'NHWC'] as const) : [image.layout];
  const isOpen = !size && (image.width === undefined || image.height === undefined);
  const sides = isOpen ? USUAL_SIDES : [DEFAULT_SIZE];
  let first: { readonly error: unknown } | undefined;
  for (const layout of layouts) {
    const layoutFrom = layouts.length > 1 ? 'tried' : wished !== undefined ? 'given' : 'file';
    const ran: { width: number; height: number }[] = [];
    for (const side of sides) {
      const at = size ?? { width: image.width ?? side, height: image.height ?? side };
      try {
        await run(layout, at.width, at.height);
        ran.push(at);
      } catch (error) {
        if (!(error instanceof SmearLensError)) throw error;
        first ??= { error };
        // No other size makes a classifier of it, nor shrinks what the first one had no memory for.
        if (ran.length > 0) break;
      }
      if (ran.length > 1) break;
    }
    const [at] = ran;
    if (at) return { at: { layout, ...at }, sizeFrom: size ? 'given' : !isOpen ? 'file' : ran.length > 1 ? 'open' : 'tried', layoutFrom };
  }
  throw first?.error;
}

/** The first that succeeds. @throws the first error where none does */
async function firstOf<T, R>(items: readonly T[], make: (item: T) => Promise<R>): Promise<R> {
  let first: { readonly error: unknown } | undefined;
  for (const item of items) {
    try {
      return await make(item);
    } catch (error) {
      first ??= { error };
    }
  }
  throw first?.error;
}

/** An output that is no row of scores is none to choose; everything else is thrown. */
function unsupported(error: unknown): undefined {
  if (toErrorInfo(error).code !== 'model-unsupported') throw error;
  return undefined;
}

interface Names {
  readonly names: readonly string[] | undefined;
  readonly from: string | undefined;
  readonly note: string | undefined;
}

/** @throws SmearLensError `input-invalid` where another number of names is given than the model has scores */
async function namesFor(file: string, metadata: Readonly<Record<string, string>>, count: number, given: readonly string[] | undefined): Promise<Names> {
  if (given) return { names: given.length === count ? given : undefined, from: 'given', note: undefined };
  const looked = await findClassNames(file, metadata, count);
  return 'found' in looked ? { names: looked.found.names, from: looked.found.from, note: undefined } : { names: undefined, from: undefined, note: looked.why };
}

/** The outputs with the names of their classes; where names fit only some outputs, only these: a row of pooled features has no names. */
async function outputsOfNames<R extends { info: OutputInfo }>(rows: readonly R[], names: (count: number) => Promise<Names>): Promise<{ row: R; names: Names }[]> {
  const all: { row: R; names: Names }[] = [];
  for (const row of rows) all.push({ row, names: await names(row.info.classes) });
  const named = all.filter((one) => one.names.names !== undefined);
  const [first] = all;
  if (named.length === 0 && first?.names.from === 'given') {
    throw new SmearLensError('input-invalid', `The number of class names given is not the number of scores that the model gives (${all.map(({ row }) => row.info.classes).join(' or ')}).`, 'Name every class once, in the order of the scores.');
  }
  return named.length > 0 ? named : all;
}

/** @throws SmearLensError `layer-unknown` where the wished one is none */
function layerFor(p: Prepared, wished: string | undefined): string | null {
  try {
    return layerOf(p, wished ?? 'auto').tensor;
  } catch (error) {
    if (wished !== undefined || !(error instanceof SmearLensError)) throw error;
    return null;
  }
}
