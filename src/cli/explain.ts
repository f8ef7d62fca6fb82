/** `smearlens explain`: class-activation maps of one image as numbers and pictures, and the self-explaining model itself. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../errors';
import { ExplainEngine } from '../explain/engine';
import { saveExplained } from '../explain/save';
import { overlayPng } from '../explain/overlayPng';
import { minMax } from '../explain/overlay';
import { resolveModel } from '../models/resolve';
import type { CamMap, CamMethod, CamVariant, ClassInfo, ProviderChoice } from '../protocol/analysis';
import { formatMethod, formatMilliseconds, formatPercent, OUTSIDE_DOMAIN, RESEARCH_USE } from '../protocol/format';
import { evenWeightsNote, type ScoreCamMode } from '../protocol/scoreCam';
import { nameAssumptions } from './assumptions';
import { collectMaps, GRADIENT_METHODS, type ExplainedImage } from './maps';
import { networkInput, type NetworkInput } from './networkInput';
import type { Output } from './output';
import { trustReport } from './trust';

/** Characters of a class id in a file name; with four bytes each and the rest of the name below the 255 that file systems take. */
const MAX_NAME = 48;

export interface ExplainOptions {
  readonly model: string;
  readonly provider: ProviderChoice;
  /** A .npy file with the network's input, in place of an image. */
  readonly tensor?: string | undefined;
  readonly methods: readonly CamMethod[];
  /** Of the methods that have variants. */
  readonly variants: readonly CamVariant[];
  readonly scoreCam: ScoreCamMode;
  /** Red, green and blue of 0 to 255 that Score-CAM masks with; undefined: 0 in network space. */
  readonly fill?: readonly [number, number, number] | undefined;
  /** `all`, `top`, or a class's id, name or index. */
  readonly class: string;
  readonly layer: string;
  readonly out?: string | undefined;
  readonly saveModel?: string | undefined;
  /** Check the maps as well. */
  readonly trust?: boolean | undefined;
  /** And by ROAD, too. */
  readonly road?: boolean | undefined;
}

export async function explain(imagePath: string | undefined, options: ExplainOptions, output: Output, signal: AbortSignal): Promise<void> {
  const resolved = await resolveModel(options.model);
  if (options.saveModel !== undefined) {
    const explained = await saveExplained(resolved, options.layer, options.saveModel);
    output.result({ saved: options.saveModel, ...explained }, () => `Saved ${options.saveModel}, which explains the layer ${explained.layer}.`);
  }
  if (options.out === undefined || signal.aborted) return;
  const subject = options.tensor ?? imagePath ?? '';
  try {
    if (options.tensor === undefined) nameAssumptions(resolved, output);
    await writeMaps(subject, await networkInput(imagePath, options.tensor, resolved.input), options, options.out, output, signal);
  } catch (error) {
    output.failure(subject, error);
  }
}

async function writeMaps(subject: string, { tensor, picture, field }: NetworkInput, options: ExplainOptions, out: string, output: Output, signal: AbortSignal): Promise<void> {
  // Why a model cannot be explained is thrown below; as a warning it would be said twice.
  const engine = new ExplainEngine({ log: (level, text) => level !== 'warn' && output.log(text) });
  try {
    const choice = { path: options.model, provider: options.provider, layer: options.layer };
    const { classes } = (await engine.describe(choice)).model;
    const wished = options.class === 'top' || options.class === 'all' ? undefined : [classIndex(classes, options.class)];
    const everyClass = options.class === 'all' ? classes.map((_, i) => i) : undefined;
    const asker = { engine, tensor, choice, output, signal };
    const explained = await collectMaps(asker, { ...options, rows: wished ?? everyClass });
    if (!explained) return;
    const rows = options.class === 'top' ? [explained.analysis.predicted] : (wished ?? everyClass ?? []);
    const names = classFileNames(classes);
    const maps = explained.maps
      .filter((m) => rows.includes(m.classIndex))
      .map((map) => ({ map, overlay: `${[map.method, ...(map.variant === 'none' ? [] : [map.variant]), names[map.classIndex]].join('-')}.png` }));
    const trust = options.trust ? await trustReport(asker, explained, maps.map((m) => m.map), options.road ?? false) : undefined;
    if (signal.aborted) return;
    try {
      await fs.mkdir(out, { recursive: true });
      for (const { map, overlay } of maps) {
        if (signal.aborted) return;
        await fs.writeFile(path.join(out, overlay), await overlayPng(picture, map, explained, { field }));
      }
      await fs.writeFile(path.join(out, 'maps.json'), `${JSON.stringify({ ...record(subject, explained, maps), ...(trust && { trust: trust.record }) })}\n`);
    } catch (error) {
      throw new SmearLensError('output-unwritable', `${out}: cannot be written (${(error as Error).message}).`, 'Choose another folder with --out.');
    }
    output.result({ path: subject, out, maps: maps.length }, () => text(subject, explained, maps.map((m) => m.map), out, trust?.sentences ?? []));
  } finally {
    await engine.dispose();
  }
}

function text(subject: string, { analysis, layer, height, width, uniformGradient, scoreCam }: ExplainedImage, maps: readonly CamMap[], out: string, checks: readonly string[]): string {
  const { model, predicted, probabilities, domain } = analysis;
  const verdict = domain?.inDomain === false ? OUTSIDE_DOMAIN : `${model.classes[predicted].name} ${formatPercent(probabilities[predicted])}`;
  const methods = [...new Set(maps.map((m) => formatMethod(m.method, m.variant)))];
  const gradientMethods = new Set(maps.filter((m) => GRADIENT_METHODS.includes(m.method)).map((m) => formatMethod(m.method, m.variant))).size;
  return [
    `${subject}  ${verdict}`,
    `${maps.length} ${maps.length === 1 ? 'map' : 'maps'} of layer ${layer} (${height}×${width}) in ${out}: ${methods.join(', ')}`,
    ...(uniformGradient && gradientMethods > 1 ? ['On this kind of model (global average pooling, one linear layer) the gradient methods agree by arithmetic; that is no corroboration.'] : []),
    ...(scoreCam ? [`Score-CAM: ${scoreCam.mode}, ${scoreCam.total} passes in ${formatMilliseconds(scoreCam.milliseconds)}.`] : []),
    ...maps.flatMap((map) => {
      const note = evenWeightsNote(map);
      return note === undefined ? [] : [`${formatMethod(map.method, map.variant)} of ${model.classes[map.classIndex].name}: ${note}`];
    }),
    ...checks,
    RESEARCH_USE,
  ].join('\n');
}

/** The contract's maps.json (docs/ARCHITECTURE.md, 'Command line'). */
function record(subject: string, { analysis, layer, height, width, uniformGradient, scoreCam }: ExplainedImage, maps: readonly { readonly map: CamMap; readonly overlay: string }[]): object {
  const { model, logits, probabilities, domain } = analysis;
  return {
    path: subject,
    model: model.id,
    modelSha256: model.sha256,
    layer,
    shape: [height, width],
    classes: model.classes.map((c) => c.id),
    logits,
    probabilities,
    predicted: model.classes[analysis.predicted].id,
    ...(domain ? { inDomain: domain.inDomain } : {}),
    provider: analysis.provider,
    uniformGradient,
    ...(scoreCam ? { scoreCam: scoreCamRecord(scoreCam) } : {}),
    maps: maps.map(({ map: m, overlay }) => ({
      method: m.method,
      variant: m.variant,
      class: model.classes[m.classIndex].id,
      overlay,
      flat: m.flat,
      ...(m.weightVariation === undefined ? {} : { weightVariation: m.weightVariation }),
      ...(m.singularChannels === undefined ? {} : { singularChannels: m.singularChannels, nearSingularChannels: m.nearSingularChannels }),
      raw: Array.from(m.raw),
      values: Array.from(minMax(m.raw).values),
    })),
    note: RESEARCH_USE,
  };
}

/** How Score-CAM came about. */
function scoreCamRecord({ mode, total, channels, flatChannels, baseline }: NonNullable<ExplainedImage['scoreCam']>): object {
  return { mode, passes: total, channels, flatChannels, fill: baseline.fill, baselineProbabilities: baseline.probabilities };
}

/** By id, then by name, then both in any case, then by position. */
function classIndex(classes: readonly ClassInfo[], wished: string): number {
  const lower = wished.toLowerCase();
  const tests: ((c: ClassInfo, i: number) => boolean)[] = [(c) => c.id === wished, (c) => c.name === wished, (c) => c.id.toLowerCase() === lower, (c) => c.name.toLowerCase() === lower, (_, i) => String(i) === wished];
  const found = tests.map((test) => classes.findIndex(test)).find((i) => i >= 0);
  if (found !== undefined) return found;
  const ids = classes.map((c) => c.id);
  throw new SmearLensError('input-invalid', `The model has no class '${wished}'.`, `Its classes are ${ids.slice(0, 20).join(', ')}${ids.length > 20 ? `, ... ${ids[ids.length - 1]}` : ''}; 'all' and 'top' (the likeliest) work too.`);
}

/**
 * The classes' ids as parts of file names: letters, digits and `._-` stay. Where two ids would fall together, also on systems
 * that ignore case, all are led by their position.
 */
export function classFileNames(classes: readonly ClassInfo[]): string[] {
  const safe = classes.map((c) => [...c.id.normalize('NFC').replace(/[^\p{L}\p{N}._-]+/gu, '_')].slice(0, MAX_NAME).join(''));
  const distinct = new Set(safe.map((name) => name.toLowerCase())).size === safe.length;
  return distinct ? safe : safe.map((name, i) => `${i}-${name}`);
}
