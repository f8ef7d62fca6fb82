import * as path from 'node:path';
import * as vscode from 'vscode';
import { toErrorInfo } from '../errors';
import type { ActiveSmear } from '../editor/activeSmear';
import { runCommandLine } from '../editor/commandLine';
import type { ReviewQueueFolder } from '../editor/reviewQueue';
import { writeSetting } from '../editor/settings';
import { TrainingPanel } from '../editor/trainingPanel';
import type { Metrics } from '../evaluation/types';
import { endingSentence, type Ending, type Epoch, type TrainedFigures, type TrainingPlan, type TrainingView } from '../protocol/training';
import { settingOf } from './modelItems';
import { folderOf } from './folderOf';
import { rankWithHead, type RankOptions } from './rankQueue';
import { chooseTraining, headFolder } from './trainingChoices';

export interface TrainHeadOptions extends RankOptions {
  readonly active: ActiveSmear;
  readonly extensionUri: vscode.Uri;
  readonly queue: ReviewQueueFolder;
}

/** As `smearlens train-head --json` tells it, a kind a line. */
interface Told {
  readonly progress?: { readonly step: string; readonly done: number; readonly total: number };
  readonly plan?: TrainingPlan;
  readonly epoch?: Epoch;
  readonly trained?: { readonly out: string; readonly best: number; readonly epochs: number; readonly ending: Ending; readonly seconds: number; readonly metrics: Metrics };
}

/**
 * Trains a head on a folder's labels, in a process of its own, and shows its curves while it runs and what became of it.
 * @param thenRank ranks the review queue by it at once
 */
export async function trainHead(target: unknown, thenRank: boolean, options: TrainHeadOptions): Promise<void> {
  const chosen = await folderOf(target, options.active, 'Which folder holds the labelled images?');
  if (!chosen) return;
  const { folder } = chosen;
  const choice = await chooseTraining(folder, options.models);
  if (!choice) return;
  const out = headFolder(folder);
  const abort = new AbortController();
  const rank = async (): Promise<void> => rankWithHead(await options.queue.choose(folder), out, choice.truth, options);
  const guarded = (work: () => Promise<unknown>) => (): void => {
    work().catch((thrown: unknown) => {
      const { code, message, hint } = toErrorInfo(thrown);
      if (code === 'cancelled') return;
      options.log.error(`${out}: [${code}] ${message} ${hint}`);
      void vscode.window.showErrorMessage(`${message} ${hint}`);
    });
  };
  const panel = new TrainingPanel({ title: `Head on ${path.basename(folder.fsPath)}`, step: 'features', epochs: [] }, options.extensionUri, {
    stop: () => abort.abort(),
    use: guarded(() => useModel(out, folder)),
    rank: guarded(rank),
    open: guarded(async () => vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(path.join(out, 'model.json')))),
  });
  // A training that nobody looks at any more is of no use; the best head so far is kept all the same.
  panel.onDidDispose(() => abort.abort());
  await run(['train-head', folder.fsPath, ...choice.truth, ...choice.args, '--out', out], panel, abort.signal, options);
  if (thenRank && panel.current.step === 'done') await rank();
}

async function run(args: readonly string[], panel: TrainingPanel, signal: AbortSignal, { entry, log }: TrainHeadOptions): Promise<void> {
  signal.addEventListener('abort', () => panel.update({ step: 'finishing' }), { once: true });
  const { cancelled, failure } = await runCommandLine(args, { entry, signal, log: (text) => log.info(text), onValue: (value) => panel.update(changeOf(value, panel.current)) });
  if (panel.current.figures) {
    panel.update({ step: 'done', ...(failure ? { message: `Not all images could be used: ${failure.message}` } : {}) });
    return;
  }
  panel.update({ step: 'failed', message: cancelled ? 'Cancelled before there was a head. Features that were computed are kept for the next time.' : `${failure?.message ?? 'The command ended without a result.'} ${failure?.hint ?? ''}`.trim() });
  if (failure) throw failure;
}

function changeOf(value: Told, { epochs, step }: TrainingView): Partial<TrainingView> {
  const { progress, plan, epoch, trained } = value;
  if (progress) return { progress };
  if (plan) return { plan, progress: undefined };
  if (epoch) return { epochs: [...epochs, epoch], step: step === 'finishing' ? step : 'training' };
  return trained ? { figures: figuresOf(trained), step: 'finishing' } : {};
}

function figuresOf({ out, metrics, ...rest }: NonNullable<Told['trained']>): TrainedFigures {
  const { n, accuracy, balancedAccuracy, macro, perClass, confusionMatrix, classes, intervals } = metrics;
  const { low, high } = intervals['accuracy'] ?? { low: null, high: null };
  return {
    n,
    accuracy,
    interval: low === null || high === null ? undefined : [low, high],
    balancedAccuracy,
    macroF1: macro.f1,
    perClass: classes.map((id) => ({ id, support: perClass[id].support, precision: perClass[id].precision, sensitivity: perClass[id].sensitivity, f1: perClass[id].f1 })),
    confusionMatrix,
    ending: endingSentence(rest),
    out,
  };
}

async function useModel(out: string, folder: vscode.Uri): Promise<void> {
  await writeSetting('smearlens.model', settingOf(vscode.Uri.file(path.join(out, 'model.json')), folder), folder);
  void vscode.window.showInformationMessage(`Smears are now read by '${path.basename(out)}'.`);
}
