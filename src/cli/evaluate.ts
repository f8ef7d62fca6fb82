/** `smearlens evaluate`: one or several models over a folder. */
import * as path from 'node:path';
import { evaluateFolder, planEvaluation, type Evaluated, type EvaluateOptions } from '../evaluation/evaluate';
import type { JournalModel } from '../evaluation/run/journal';
import type { Plan } from '../evaluation/run/plan';
import type { Spawn } from '../evaluation/run/pool';
import { progressText, type Progress } from '../evaluation/run/progress';
import { resolveModel } from '../models/resolve';
import { nameAssumptions } from './assumptions';
import { tellResult } from './evaluationText';
import type { Output } from './output';

/** Milliseconds between two lines of progress for machines. */
const TELL_EVERY = 1000;

export async function evaluate(options: EvaluateOptions, spawn: Spawn, output: Output, signal: AbortSignal): Promise<void> {
  for (const model of options.models) nameAssumptions(await resolveModel(model), output);
  let told = -Infinity;
  const progress = (p: Progress): void => {
    output.progress(progressText(p));
    if (!output.json || (performance.now() - told < TELL_EVERY && p.done < p.total)) return;
    told = performance.now();
    output.result({ progress: p }, () => '');
  };
  const evaluated = await evaluateFolder(
    options,
    spawn,
    {
      planned: (plan, models, { classes }) => planLines(options, plan, models, classes.map((c) => c.id)).forEach((line) => output.log(line)),
      progress,
      drawing: (done, total) => output.progress(`${done} of ${total} pictures for the report`),
      figures: (images) => {
        output.progress('');
        output.log(`Figures and intervals of ${images} images.`);
      },
      failed: (file, error) => {
        output.progress('');
        output.failure(file, error);
      },
      log: (text) => output.log(text),
    },
    signal,
  );
  output.progress('');
  tellEnd(options, evaluated, output);
}

/** Says what names are taken for and how many images there are; runs no model. */
export async function planOnly(options: EvaluateOptions, spawn: Spawn, output: Output): Promise<void> {
  const { plan, models, classes } = await planEvaluation(options, spawn, { log: (text) => output.log(text) });
  const { mapping, perClass, splits, unlabelled, leftOut } = plan;
  const ids = classes.map((c) => c.id);
  output.result({ plan: { classes: classes.map(({ id, name }) => ({ id, name })), models: models.map(({ id, name, provider }) => ({ id, name, provider })), mapping, images: Object.fromEntries(ids.map((id, c) => [id, perClass[c]])), splits, unlabelled, leftOut: leftOut.length } }, () => planLines(options, plan, models, ids).join('\n'));
}

function tellEnd({ out, shard }: EvaluateOptions, { assembled, done, total, isWhole, files }: Evaluated, output: Output): void {
  const shown = files.map((file) => path.normalize(file));
  if (assembled) return tellResult(assembled.result, shown, output);
  if (!isWhole) {
    const what = `Stopped after ${done} of ${total} images. What was done is kept: the same command with --resume goes on.`;
    return output.result({ stopped: { done, total }, out }, () => what);
  }
  output.result({ shard, images: done, files: shown }, () => `Shard ${shard.index} of ${shard.count}: ${done} images. When all are done: smearlens merge <their out folders> --out DIR`);
}

/** What names were taken for, so that it can be corrected before the figures are believed. */
function planLines({ shard, labels }: EvaluateOptions, { mapping, perClass, count, unlabelled, leftOut }: Plan, models: readonly JournalModel[], classes: readonly string[]): string[] {
  const source = labels === 'folders' ? 'the sub-folders' : labels === 'annotations' ? 'the annotation log' : labels.csv;
  const column = Math.max(...Object.keys(mapping).map((name) => name.length));
  return [
    `Truth from ${source} (correct it with --map 'NAME=CLASS'; 'NAME=' leaves a name out):`,
    ...Object.entries(mapping).map(([name, id]) => `  ${name.padEnd(column)} → ${id ?? 'no class of the model, left out'}`),
    `Images: ${classes.map((id, c) => `${perClass[c]} ${id}`).join(', ')}.${unlabelled > 0 ? ` ${unlabelled} have no label and are left out.` : ''}${leftOut.length > 0 ? ` ${leftOut.length} are left out as their reviewers differ, cannot tell or excluded them.` : ''}`,
    ...models.map((m) => `Model: ${m.name} on ${m.provider}.${m.scores === 'one-vs-rest' ? ' It scores each class by itself (sigmoid); its scores are divided by their sum.' : ''}`),
    ...(shard.count > 1 ? [`Shard ${shard.index} of ${shard.count}: ${count} images.`] : []),
  ];
}
