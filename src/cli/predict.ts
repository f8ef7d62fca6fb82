/** `smearlens predict`: class probabilities of images and folders. */
import { ExplainEngine } from '../explain/engine';
import { decodeFile } from '../images/decode';
import { toTensor } from '../images/tensor';
import { resolveModel } from '../models/resolve';
import type { Analysis, ProviderChoice } from '../protocol/analysis';
import { formatMilliseconds, formatPercent, formatProvider, OUTSIDE_DOMAIN } from '../protocol/format';
import { imagesOf, oneAhead } from './inputs';
import type { Output } from './output';

export interface PredictOptions {
  readonly model: string;
  readonly provider: ProviderChoice;
}

export async function predict(paths: readonly string[], options: PredictOptions, output: Output): Promise<void> {
  const { input } = await resolveModel(options.model);
  const files: string[] = [];
  for (const given of paths) {
    try {
      files.push(...(await imagesOf(given)));
    } catch (error) {
      output.failure(given, error);
    }
  }
  const engine = new ExplainEngine({ log: (_, text) => output.log(text) });
  const decode = async (file: string): Promise<{ tensor: Float32Array; sha256: string }> => {
    const image = await decodeFile(file, { background: input.background, window: input.window });
    return { tensor: await toTensor(image, input), sha256: image.sha256 };
  };
  try {
    for await (const { item: file, outcome } of oneAhead(files, decode)) {
      try {
        if ('error' in outcome) throw outcome.error;
        const { tensor, sha256 } = outcome.value;
        const analysis = await engine.analyse(tensor, { path: options.model, provider: options.provider, layer: 'auto' }, false);
        output.result(predictionOf(file, sha256, analysis), () => line(file, analysis));
      } catch (error) {
        output.failure(file, error);
      }
    }
  } finally {
    await engine.dispose();
  }
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

function line(path: string, { model, predicted, probabilities, domain, provider, milliseconds }: Omit<Analysis, 'image'>): string {
  const verdict = domain?.inDomain === false ? OUTSIDE_DOMAIN : `${model.classes[predicted].name} ${formatPercent(probabilities[predicted])}`;
  const all = model.classes.map((c, i) => `${c.name} ${formatPercent(probabilities[i])}`).slice(0, 10).join(', ');
  return `${path}: ${verdict}  (${all}; ${formatProvider(provider)}, ${formatMilliseconds(milliseconds)})`;
}
