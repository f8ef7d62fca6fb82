/** What a model says to images under each preset: to look at before one is settled. */
import { SmearLensError, toErrorInfo } from '../errors';
import { openModel, runModel, type OpenModel } from '../explain/openModel';
import { activationOf, type Prepared } from '../explain/prepare';
import { oneVsRestProbabilities, probabilitiesOf } from '../explain/probabilities';
import { decodeFile } from '../images/decode';
import { resizeRgb, toTensor } from '../images/tensor';
import type { RgbImage } from '../images/types';
import { ClassMapping } from '../evaluation/mapping';
import { lossesOf, meanLosses } from '../evaluation/metrics/calibration';
import { likeliest } from '../evaluation/metrics/likeliest';
import { uniformNumbers } from '../evaluation/metrics/random';
import { forEachImage, type ImageEvents } from '../evaluation/run/forEachImage';
import { isLabelled, openTruth, type LabelledImage } from '../evaluation/truth';
import type { Prediction } from '../evaluation/types';
import type { ClassInfo } from '../protocol/analysis';
import type { ComparedRow, Comparison, DryRunRow, PresetId } from '../protocol/modelImport';
import { presetInput, PRESETS } from './presets';

/** Of one image under one preset; null where the model gave numbers that are none (half precision overflows above 65504). */
interface Scores {
  readonly preset: PresetId;
  readonly logits: readonly number[] | null;
}

/** A model that is open on the CPU, to be asked about images under every preset. */
export class Trial {
  private constructor(
    private readonly prepared: Prepared,
    private readonly open: OpenModel,
  ) {}

  static async open(prepared: Prepared): Promise<Trial> {
    return new Trial(prepared, await openModel(prepared, 'cpu', undefined));
  }

  close(): Promise<void> {
    return this.open.session.release();
  }

  /**
   * The probabilities of an image under each preset.
   * @throws SmearLensError `image-*`
   */
  async dryRun(file: string): Promise<{ rows: DryRunRow[]; warnings: string[] }> {
    const scores = await this.scoresOf(file);
    const activation = activationOf(this.prepared);
    const rows = scores.map(({ preset, logits }) => ({ preset, probabilities: logits && probabilitiesOf(logits, activation, 1) }));
    return { rows, warnings: warningsOf(this.prepared, scores) };
  }

  /**
   * Accuracy and mean log loss (clipped as scikit-learn does) of each preset over the images of a folder, whose sub-folders name their classes. Scores of sigmoids are
   * divided by their sum, as `evaluate` does.
   * @param count images drawn at random from the folder, at most
   * @throws SmearLensError `input-invalid` where no image has a class; `cancelled`
   */
  async compare(folder: string, classes: readonly ClassInfo[], count: number, events: ImageEvents & { readonly signal: AbortSignal }): Promise<Comparison> {
    const mapping = new ClassMapping(classes);
    const truth = await openTruth({ folder, labels: 'folders', groups: 'none' }, mapping);
    const images: LabelledImage[] = [];
    const seen: Record<string, string | null> = {};
    for await (const found of truth.images((path, _, error) => events.failed(path, error))) {
      if (isLabelled(found)) {
        images.push(found);
        seen[found.name] = classes[found.label].id;
      } else if (found.name !== undefined) seen[found.name] = null;
    }
    if (images.length === 0) {
      throw new SmearLensError('input-invalid', `${folder}: no sub-folder is named after a class of the model (${classes.map((c) => c.id).join(', ')}).`, 'Sort the images into a folder a class, or name the classes as the folders are named.');
    }
    const all = await forEachImage(shuffled(images).slice(0, count), { ...events, ahead: 2 }, async ({ file, label }) => ({ label, scores: await this.scoresOf(file) }));
    if (events.signal.aborted) throw new SmearLensError('cancelled', 'The comparison was cancelled; nothing was saved.', 'Start it again, with fewer images where it takes too long.');
    if (all.length === 0) throw new SmearLensError('input-invalid', `${folder}: none of its labelled images can be read.`, 'See the errors before this one.');
    const softened = activationOf(this.prepared) === 'sigmoid' ? (y: readonly number[]): number[] => oneVsRestProbabilities(y, 1) : (y: readonly number[]): number[] => probabilitiesOf(y, 'softmax', 1);
    const rows = PRESETS.map(({ id }, p) => figuresOf(id, classes, all.map(({ label, scores }) => ({ label, probabilities: scores[p].logits ? softened(scores[p].logits) : classes.map(() => NaN) }))));
    return { rows: rows.sort(better), images: all.length, labelled: images.length, mapping: seen, note: noteOn(rows) };
  }

  /** The scores of an image under each preset, in the order of {@link PRESETS}. */
  private async scoresOf(file: string): Promise<Scores[]> {
    const { input } = this.prepared.resolved;
    const image = await decodeFile(file, { background: input.background, window: input.window });
    // Presets differ in the numbers of a pixel only, so it is resized once.
    const small: RgbImage = { width: input.width, height: input.height, data: await resizeRgb(image, input) };
    const scores: Scores[] = [];
    for (const { id } of PRESETS) {
      const tensor = await toTensor(small, { ...input, ...presetInput(id) });
      scores.push({ preset: id, logits: await this.logitsOf(tensor) });
    }
    return scores;
  }

  private async logitsOf(tensor: Float32Array): Promise<number[] | null> {
    try {
      return Array.from((await runModel(this.open, tensor)).logits);
    } catch (error) {
      if (toErrorInfo(error).code === 'numeric') return null;
      throw error;
    }
  }
}

/** By accuracy, then by log loss; of equal ones the first of the table. */
function better(a: ComparedRow, b: ComparedRow): number {
  return b.accuracy - a.accuracy || (a.logLoss ?? Infinity) - (b.logLoss ?? Infinity) || 0;
}

function figuresOf(preset: PresetId, classes: readonly ClassInfo[], labelled: readonly { readonly label: number; readonly probabilities: readonly number[] }[]): ComparedRow {
  const rows = labelled.map(({ label, probabilities }, i): Prediction => ({ path: String(i), sha256: '', label, predicted: likeliest(probabilities), probabilities }));
  const { logLoss } = meanLosses(lossesOf({ classes, rows, groupSource: 'none' }));
  const right = rows.filter(({ label, predicted }) => predicted === label).length;
  return { preset, accuracy: right / rows.length, logLoss: Number.isNaN(logLoss) ? null : logLoss };
}

function noteOn(rows: readonly ComparedRow[]): string {
  const best = Math.max(...rows.map((r) => r.accuracy));
  const tied = rows.filter((r) => r.accuracy === best).length;
  const tie = tied > 1 ? ` ${tied} presets tie in accuracy: the log loss decides between them, which may mean little.` : '';
  return `The best of ${rows.length} on the same images is optimistic: its accuracy is no estimate for new ones.${tie}`;
}

/** In an order that is the same each time, and in which classes are mixed. */
function shuffled<T>(items: readonly T[]): T[] {
  const random = uniformNumbers(1);
  return items.map((item) => ({ item, at: random() })).sort((a, b) => a.at - b.at).map(({ item }) => item);
}

/** What in the scores themselves speaks for a mistake. */
function warningsOf(p: Prepared, scores: readonly Scores[]): string[] {
  const given = scores.flatMap(({ logits }) => (logits ? [logits] : []));
  const areProbabilities = p.logits.activation === 'none' && given.length > 0 && given.every((y) => y.every((v) => v >= 0 && v <= 1) && Math.abs(y.reduce((a, b) => a + b, 0) - 1) < 1e-3);
  const isConstant = given.length > 1 && given.every((y) => y.every((v, c) => v === given[0][c]));
  return [
    ...(areProbabilities ? ["The scores are already probabilities, though no softmax of a known form ends the graph: one more softmax makes them all alike. Export the model with its scores before the softmax as output."] : []),
    ...(isConstant ? ['The scores do not depend on the preprocessing at all.'] : []),
  ];
}
