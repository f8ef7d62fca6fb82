/** `smearlens check-model`: what a model looks at, over a set of images. */
import { ExplainEngine } from '../explain/engine';
import { resolveModel } from '../models/resolve';
import type { ClassInfo, ProviderChoice } from '../protocol/analysis';
import { RESEARCH_USE } from '../protocol/format';
import { flipRows, modelChecks, RANDOMISED_IMAGES, spreadOver, type ModelChecks } from '../protocol/modelChecks';
import type { Counterfactuals, Randomisation } from '../protocol/trust';
import { randomisationVerdict } from '../protocol/trustText';
import { imagesOf, oneAhead } from './inputs';
import { networkInput } from './networkInput';
import { nameAssumptions } from './assumptions';
import type { Output } from './output';
import { wholeAnswer, type Asker } from './wholeAnswer';

export interface CheckModelOptions {
  readonly model: string;
  readonly provider: ProviderChoice;
  readonly layer: string;
  /** Images that are looked at, spread over those given. */
  readonly count: number;
}

/** What was done until it is interrupted is reported. A failure is reported under the image's name. */
export async function checkModel(paths: readonly string[], options: CheckModelOptions, output: Output, signal: AbortSignal): Promise<void> {
  const resolved = await resolveModel(options.model);
  const files = spreadOver(await imagesOf(paths, (path, error) => output.failure(path, error)), options.count);
  const engine = new ExplainEngine({ log: (level, text) => level !== 'warn' && output.log(text) });
  const choice = { path: options.model, provider: options.provider, layer: options.layer };
  try {
    const { model } = await engine.describe(choice);
    nameAssumptions(resolved, output);
    const answers: Counterfactuals[] = [];
    let random: Randomisation | undefined;
    for await (const { item: file, outcome } of oneAhead(files, (f) => networkInput(f, undefined, resolved.input))) {
      if (signal.aborted) break;
      try {
        if ('error' in outcome) throw outcome.error;
        const asker: Asker = { engine, tensor: outcome.value.tensor, choice, output, signal };
        const changes = await wholeAnswer(asker, { kind: 'counterfactuals' });
        if (!changes) break;
        answers.push(changes);
        if ((random?.images ?? 0) < RANDOMISED_IMAGES) random = (await wholeAnswer(asker, { kind: 'randomisation' })) ?? random;
        output.progress(`${answers.length} of ${files.length} images`);
      } catch (error) {
        output.progress('');
        output.failure(file, error);
      }
    }
    output.progress('');
    if (answers.length === 0) return;
    const checks = modelChecks(answers, random);
    const record = { model: model.id, modelSha256: model.sha256, images: checks.images, flips: checks.flips.map(({ towards, ...f }) => ({ ...f, towards: towards === undefined ? undefined : model.classes[towards].id, share: f.flips / f.images })), randomisation: random && { ...random, ...randomisationVerdict(random) }, note: RESEARCH_USE };
    output.result(record, () => text(model.name, model.classes, checks));
  } finally {
    await engine.dispose();
  }
}

function text(name: string, classes: readonly ClassInfo[], checks: ModelChecks): string {
  const rows = flipRows(checks, classes);
  const width = Math.max(...rows.map(([words]) => words.length));
  return [
    `${name}: verdicts that change, over ${checks.images} ${checks.images === 1 ? 'image' : 'images'}`,
    ...rows.map(([words, count, share]) => `  ${words.padEnd(width)}  ${count.padStart(10)}  ${share.padStart(7)}`),
    ...(checks.randomisationSentence === undefined ? [] : [checks.randomisationSentence]),
    RESEARCH_USE,
  ].join('\n');
}
