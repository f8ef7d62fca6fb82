/** `smearlens explain`: class-activation maps of one image as numbers and pictures, and the self-explaining model itself. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { ExplainEngine } from '../explain/engine';
import { saveExplained } from '../explain/save';
import { overlayPng } from '../explain/overlayPng';
import { minMax } from '../explain/overlay';
import { decodeFile } from '../images/decode';
import { readNpy } from '../images/npy';
import { fromTensor, toTensor } from '../images/tensor';
import type { RgbImage } from '../images/types';
import { resolveModel, type ResolvedModel } from '../models/resolve';
import type { Analysis, CamMap, CamMethod, CamVariant, ClassInfo, Explanation, ProviderChoice } from '../protocol/analysis';
import { formatMethod, formatPercent, OUTSIDE_DOMAIN, RESEARCH_USE } from '../protocol/format';
import type { Output } from './output';

export interface ExplainOptions {
  readonly model: string;
  readonly provider: ProviderChoice;
  /** A .npy file with the network's input, in place of an image. */
  readonly tensor?: string | undefined;
  readonly methods: readonly CamMethod[];
  /** Of Grad-CAM++. */
  readonly variants: readonly CamVariant[];
  /** `all`, `top`, or a class's id, name or index. */
  readonly class: string;
  readonly layer: string;
  readonly out?: string | undefined;
  readonly saveModel?: string | undefined;
}

export async function explain(imagePath: string | undefined, options: ExplainOptions, output: Output): Promise<void> {
  const resolved = await resolveModel(options.model);
  if (options.saveModel !== undefined) {
    const explained = await saveExplained(resolved, options.layer, options.saveModel);
    output.result({ saved: options.saveModel, ...explained }, () => `Saved ${options.saveModel}, which explains the layer ${explained.layer}.`);
  }
  if (options.out === undefined) return;
  const subject = options.tensor ?? imagePath ?? '';
  try {
    const { tensor, image } = await networkInput(imagePath, options.tensor, resolved);
    await writeMaps(subject, tensor, image, options, output);
  } catch (error) {
    output.failure(subject, error);
  }
}

async function writeMaps(subject: string, tensor: Float32Array, image: RgbImage, options: ExplainOptions, output: Output): Promise<void> {
  const engine = new ExplainEngine({ log: (_, text) => output.log(text) });
  try {
    const choice = { path: options.model, provider: options.provider, layer: options.layer };
    const { classes } = (await engine.describe(choice)).model;
    const wished = options.class === 'top' || options.class === 'all' ? undefined : [classIndex(classes, options.class)];
    const everyClass = options.class === 'all' ? classes.map((_, i) => i) : undefined;
    const analysis = await engine.analyse(tensor, choice, true, { rows: wished ?? everyClass });
    const explanation = explanationOf(analysis);
    const rows = options.class === 'top' ? [analysis.predicted] : (wished ?? everyClass ?? []);
    const maps = explanation.maps.filter((m) => rows.includes(m.classIndex) && options.methods.includes(m.method) && (m.variant === 'none' || options.variants.includes(m.variant)));
    const out = options.out ?? '.';
    try {
      await fs.mkdir(out, { recursive: true });
      for (const map of maps) {
        const name = [map.method, ...(map.variant === 'none' ? [] : [map.variant]), fileSafe(classes[map.classIndex].id)].join('-');
        await fs.writeFile(path.join(out, `${name}.png`), await overlayPng(image, map, explanation));
      }
      await fs.writeFile(path.join(out, 'maps.json'), `${JSON.stringify(record(subject, analysis, explanation, maps))}\n`);
    } catch (error) {
      throw new SmearLensError('output-unwritable', `${out}: cannot be written (${(error as Error).message}).`, 'Choose another folder with --out.');
    }
    const [top, p] = [classes[analysis.predicted].name, formatPercent(analysis.probabilities[analysis.predicted])];
    const verdict = analysis.domain?.inDomain === false ? OUTSIDE_DOMAIN : `${top} ${p}`;
    const methods = [...new Set(maps.map((m) => formatMethod(m.method, m.variant)))].join(', ');
    output.result({ path: subject, out, maps: maps.length }, () => `${subject}: ${verdict}. ${methods} of layer ${explanation.layer} (${explanation.height}×${explanation.width}) in ${out}. ${RESEARCH_USE}`);
  } finally {
    await engine.dispose();
  }
}

/** The contract's maps.json (docs/ARCHITECTURE.md, 'Command line'). */
function record(subject: string, analysis: Omit<Analysis, 'image'>, explanation: Explanation, maps: readonly CamMap[]): object {
  const { model, logits, probabilities, domain } = analysis;
  return {
    path: subject,
    model: model.id,
    modelSha256: model.sha256,
    layer: explanation.layer,
    shape: [explanation.height, explanation.width],
    classes: model.classes.map((c) => c.id),
    logits,
    probabilities,
    predicted: model.classes[analysis.predicted].id,
    ...(domain ? { inDomain: domain.inDomain } : {}),
    provider: analysis.provider,
    uniformGradient: explanation.uniformGradient ?? false,
    maps: maps.map((m) => ({
      method: m.method,
      variant: m.variant,
      class: model.classes[m.classIndex].id,
      flat: m.flat,
      ...(m.singularChannels === undefined ? {} : { singularChannels: m.singularChannels, nearSingularChannels: m.nearSingularChannels }),
      raw: Array.from(m.raw),
      values: Array.from(minMax(m.raw).values),
    })),
    note: RESEARCH_USE,
  };
}

/** What goes into the network, and the picture that the overlays are drawn on. */
async function networkInput(imagePath: string | undefined, tensorPath: string | undefined, { input }: ResolvedModel): Promise<{ tensor: Float32Array; image: RgbImage }> {
  const decoded = imagePath === undefined ? undefined : await decodeFile(imagePath, { background: input.background, window: input.window });
  if (tensorPath === undefined) {
    if (!decoded) throw new SmearLensError('input-invalid', 'Neither an image nor a tensor was given.', 'Give an image, or --tensor FILE.npy.');
    return { tensor: await toTensor(decoded, input), image: decoded };
  }
  const bytes = await fs.readFile(tensorPath).catch((error: Error) => {
    throw new SmearLensError('input-invalid', `${tensorPath}: cannot be read (${error.message}).`, 'Check the path.');
  });
  const { shape, data } = readNpy(bytes, tensorPath);
  const wanted = input.layout === 'NCHW' ? [1, 3, input.height, input.width] : [1, input.height, input.width, 3];
  if (!(data instanceof Float32Array) || shape.join() !== wanted.join()) {
    throw new SmearLensError('input-invalid', `${tensorPath}: is ${data instanceof Float32Array ? 'float32' : 'uint8'} of shape ${shape.join('×')}; the network takes float32 of shape ${wanted.join('×')}.`, 'Save the exact network input, batch 1, in the network\'s own layout.');
  }
  return { tensor: data, image: decoded ?? fromTensor(data, input) };
}

/** By id, then by name, then by position. */
function classIndex(classes: readonly ClassInfo[], wished: string): number {
  const same = (a: string): boolean => a.toLowerCase() === wished.toLowerCase();
  const found = [classes.findIndex((c) => same(c.id)), classes.findIndex((c) => same(c.name))].find((i) => i >= 0) ?? (/^\d+$/.test(wished) ? Number(wished) : -1);
  if (found >= 0 && found < classes.length) return found;
  throw new SmearLensError('input-invalid', `The model has no class '${wished}'.`, `Its classes are ${classes.map((c) => c.id).slice(0, 20).join(', ')}.`);
}

function explanationOf(analysis: Omit<Analysis, 'image'>): Explanation {
  const { explanation } = analysis;
  if (explanation && 'maps' in explanation) return explanation;
  const info = explanation?.error;
  throw new SmearLensError(info?.code ?? 'internal', info?.message ?? 'No explanation was computed.', info?.hint ?? 'Please report this.');
}

function fileSafe(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]+/g, '_');
}
