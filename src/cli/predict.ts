/** `smearlens predict`: class probabilities of images and folders. */
import { SmearLensError } from '../errors';
import { ExplainEngine } from '../explain/engine';
import { decodeFile } from '../images/decode';
import { toTensor } from '../images/tensor';
import { resolveModel } from '../models/resolve';
import type { Analysis, ProviderChoice } from '../protocol/analysis';
import { formatPercent, OUTSIDE_DOMAIN, RESEARCH_USE } from '../protocol/format';
import { nameAssumptions } from './assumptions';
import { imagesOf, oneAhead } from './inputs';
import type { Output } from './output';

export interface PredictOptions {
  readonly model: string;
  readonly provider: ProviderChoice;
}

/** For people: so many classes a line. */
const SHOWN_CLASSES = 5;
/** Longer paths are not aligned. */
const MAX_PATH_COLUMN = 64;

export async function predict(paths: readonly string[], options: PredictOptions, output: Output, signal: AbortSignal): Promise<void> {
  const resolved = await resolveModel(options.model);
  const files = await imagesOf(paths, (path, error) => output.failure(path, error));
  if (files.length === 0) return;
  const engine = new ExplainEngine({ log: (_, text) => output.log(text) });
  const decode = async (file: string): Promise<{ tensor: Float32Array; sha256: string }> => {
    const image = await decodeFile(file, { background: resolved.input.background, window: resolved.input.window });
    return { tensor: await toTensor(image, resolved.input), sha256: image.sha256 };
  };
  const pathColumn = Math.min(MAX_PATH_COLUMN, Math.max(...files.map((f) => f.length)));
  let done = 0;
  try {
    // A model that cannot run is reported once, not with every image.
    await engine.prepare(resolved);
    nameAssumptions(resolved, output);
    for await (const { item: file, outcome } of oneAhead(files, decode)) {
      if (signal.aborted) break;
      try {
        if ('error' in outcome) throw outcome.error;
        const { tensor, sha256 } = outcome.value;
        const analysis = await engine.analyse(tensor, { path: options.model, provider: options.provider, layer: 'auto' }, false);
        output.result(predictionOf(file, sha256, analysis), () => line(file.padEnd(pathColumn), analysis));
        done++;
      } catch (error) {
        if (error instanceof SmearLensError && error.code === 'provider-unavailable') throw error;
        output.failure(file, error);
      }
    }
  } finally {
    await engine.dispose();
  }
  if (done > 0) output.remark(`${done} of ${files.length} ${files.length === 1 ? 'image' : 'images'} read. ${RESEARCH_USE}`);
}

/** The contract's record of one prediction (docs/ARCHITECTURE.md, 'Command line'). */
function predictionOf(path: string, sha256: string, analysis: Omit<Analysis, 'image'>): object {
  const { model, predicted, provider, milliseconds, domain } = analysis;
  const byClass = (values: readonly number[]): Record<string, number> => Object.fromEntries(model.classes.map((c, i) => [c.id, values[i]]));
  return {
    path,
    sha256,
    probabilities: byClass(analysis.probabilities),
    logits: byClass(analysis.logits),
    predicted: model.classes[predicted].id,
    model: model.id,
    provider,
    milliseconds,
    ...(domain ? { inDomain: domain.inDomain, domainScore: domain.score, domainThreshold: domain.threshold } : {}),
  };
}

/** The verdict first, then the next classes, the likeliest first. Outside the domain no class is offered, so none is named. */
function line(path: string, { model, probabilities, domain }: Omit<Analysis, 'image'>): string {
  if (domain?.inDomain === false) return `${path}  ${OUTSIDE_DOMAIN}`;
  const [first, ...others] = model.classes
    .map((c, i) => ({ name: c.name, p: probabilities[i] }))
    .sort((a, b) => b.p - a.p)
    .slice(0, SHOWN_CLASSES);
  const nameColumn = Math.max(...model.classes.map((c) => c.name.length));
  return `${path}  ${first.name.padEnd(nameColumn)} ${formatPercent(first.p).padStart(8)}   ${others.map((c) => `${c.name} ${formatPercent(c.p)}`).join(', ')}`;
}
