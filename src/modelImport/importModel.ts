/** The import of an ONNX classifier, from the bare file to a manifest that all the rest of SmearLens reads. */
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { weightFiles } from '../onnx/model';
import type { ClassInfo } from '../protocol/analysis';
import { RESEARCH_USE } from '../protocol/format';
import type { Comparison, ImportReport, OpenFact } from '../protocol/modelImport';
import type { ImageEvents } from '../evaluation/run/forEachImage';
import { detect, manifestOf, openFacts, type Facts, type Wishes } from './detect';
import { PRESETS } from './presets';
import { idOf, refuseOverwriting, save, targetOf } from './save';
import { Trial } from './trial';

export interface ImportOptions extends Wishes {
  readonly name?: string | undefined;
  /** Folder that the manifest goes into with a copy of the model; beside the model where undefined. */
  readonly out?: string | undefined;
  /** An image whose probabilities are to be told under each preset. */
  readonly image?: string | undefined;
  /** A folder with a sub-folder a class, to compare the presets on. */
  readonly labelled?: string | undefined;
  /** How many of its images, at most. */
  readonly count: number;
  /** Nothing is written. */
  readonly dryRun: boolean;
  /** What is there may be overwritten. */
  readonly force: boolean;
}

export type ImportEvents = ImageEvents & { readonly signal: AbortSignal };

/** How to say each fact that is open. */
const HINTS: Readonly<Record<OpenFact, string>> = {
  size: '--size WxH (any size runs)',
  output: '--output NAME',
  classes: '--classes a,b,c or --classes-from FILE',
  preprocessing: `--preprocessing NAME (${PRESETS.map((p) => p.id).join(', ')}), or --labelled FOLDER to compare them`,
};

/**
 * Imports a model. With `dryRun` what is open stays so; else it is an error, and nothing is written.
 * @throws SmearLensError `model-*`, `input-invalid`, `output-unwritable`, `image-*`, `cancelled`
 */
export async function importModel(file: string, options: ImportOptions, events: ImportEvents): Promise<ImportReport> {
  const { prepared, facts: detected } = await detect(file, options);
  const { model, resolved, graph } = prepared;
  const target = targetOf(model.file, [...new Set([model.file, ...weightFiles(model)])], options.out);
  if (!options.dryRun && !options.force) await refuseOverwriting(target);
  const ids = manifestOf(detected, { id: 'model', name: 'model', file: 'model.onnx' }).classes;
  const tried = await tryOut(options, ids, events, () => Trial.open(prepared), detected);
  const facts = settled(detected, tried.comparison);
  const open = openFacts(facts);
  const name = options.name ?? path.basename(model.file, path.extname(model.file));
  const manifest = manifestOf(facts, { id: idOf(name), name, file: path.basename(model.file), sha256: resolved.sha256 });
  if (!options.dryRun) {
    if (open.length > 0) throw stillOpen(model.file, facts, open);
    if (events.signal.aborted) throw new SmearLensError('cancelled', 'The import was cancelled; nothing was saved.', 'Start it again.');
    await save(manifest, target);
  }
  return {
    model: model.file,
    sha256: resolved.sha256,
    opset: graph.opset,
    id: manifest.id,
    name,
    ...facts,
    presets: PRESETS.map(({ id, name: label, formula }) => ({ id, name: label, formula })),
    ...tried,
    open,
    saved: options.dryRun ? undefined : target.manifest,
    researchUse: RESEARCH_USE,
  };
}

type TriedOut = Pick<ImportReport, 'dryRun' | 'comparison' | 'warnings'>;

async function tryOut({ image, labelled, count }: ImportOptions, classes: readonly ClassInfo[], events: ImportEvents, open: () => Promise<Trial>, facts: Facts): Promise<TriedOut> {
  if (image === undefined && labelled === undefined) return { dryRun: undefined, comparison: undefined, warnings: [] };
  if (labelled !== undefined && facts.classes === undefined) {
    throw new SmearLensError('input-invalid', `${labelled}: cannot be compared on while the names of the classes are not known${facts.classesNote ? ` (${facts.classesNote})` : ''}.`, `Give them: ${HINTS.classes}.`);
  }
  const trial = await open();
  try {
    const run = image === undefined ? undefined : await trial.dryRun(image);
    const comparison = labelled === undefined ? undefined : await trial.compare(labelled, classes, count, events);
    return { dryRun: run && image !== undefined ? { image, rows: run.rows } : undefined, comparison, warnings: run?.warnings ?? [] };
  } finally {
    await trial.close();
  }
}

/** Labelled images outweigh what the start of the graph suggests; what the user says outweighs both. */
function settled(facts: Facts, comparison: Comparison | undefined): Facts {
  const best = comparison?.rows[0];
  return best && facts.preprocessingFrom !== 'given' ? { ...facts, preprocessing: best.preset, preprocessingFrom: 'labelled' } : facts;
}

function stillOpen(file: string, { classesNote, outputs }: Facts, open: readonly OpenFact[]): SmearLensError {
  const words: Readonly<Record<OpenFact, string>> = {
    size: 'the size of its input',
    output: `which of its outputs counts (${outputs.map((o) => o.name).join(', ')})`,
    classes: `the names of its ${outputs[0]?.classes ?? ''} classes${classesNote ? ` (${classesNote})` : ''}`,
    preprocessing: 'how pixels are scaled',
  };
  return new SmearLensError('input-invalid', `${file}: does not tell ${open.map((fact) => words[fact]).join('; ')}. Nothing was written.`, `Say it: ${open.map((fact) => HINTS[fact]).join('; ')}. With --dry-run --image FILE the probabilities under each preprocessing are shown.`);
}
