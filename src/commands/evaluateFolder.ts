import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ActiveSmear } from '../editor/activeSmear';
import { runCommandLine } from '../editor/commandLine';
import type { ModelChoices } from '../editor/modelChoices';
import type { ReportPanels } from '../editor/reportPanels';
import { progressText, type Progress } from '../evaluation/run/progress';
import { evaluationsFolder } from '../evaluation/stored';
import { chooseModels, choosePlan, chooseTruth, type EvaluationPlan } from './evaluationChoices';
import { folderOf } from './folderOf';

/** Kept in the workspace: the command of an evaluation that was stopped, by the folder that is evaluated. */
const STOPPED = 'stoppedEvaluations';

export interface EvaluationOptions {
  readonly active: ActiveSmear;
  readonly models: ModelChoices;
  readonly reports: ReportPanels;
  readonly storage: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
  /** Path of dist/cli.js. */
  readonly entry: string;
  /** Path of the model that comes with SmearLens. */
  readonly defaultModel: string;
}

/** A command line of `smearlens evaluate` without `--resume`, and the folder that it writes to. */
interface Evaluation {
  readonly args: readonly string[];
  readonly out: string;
}

/** Evaluates models on a folder whose classes are known: asks what is to be evaluated, shows what names are taken for, runs it, shows its report. */
export async function evaluateFolder(target: unknown, options: EvaluationOptions): Promise<void> {
  const chosen = await folderOf(target, options.active, 'Which folder is to be evaluated?');
  if (!chosen) return;
  const { folder } = chosen;
  const stopped = stoppedEvaluations(options.storage)[folder.toString()];
  if (stopped) {
    const goOn = { label: 'Go on with the evaluation that was stopped', description: path.basename(stopped.out) };
    const picked = await vscode.window.showQuickPick([goOn, { label: 'Begin a new evaluation', description: '' }], { title: 'SmearLens: evaluate' });
    if (!picked) return;
    if (picked === goOn) return perform(folder, stopped, true, options);
  }
  const models = await chooseModels(folder, options.models, options.defaultModel);
  if (!models) return;
  const truth = await chooseTruth();
  if (!truth) return;
  const { provider } = options.models.for(folder);
  const args = ['evaluate', folder.fsPath, ...models.flatMap((model) => ['--model', model]), '--provider', provider, ...truth, ...(models.length > 1 ? ['--ensemble'] : [])];
  const further = await choosePlan((more) => planOf([...args, ...more], options));
  if (!further) return;
  const out = outFolder(folder);
  return perform(folder, { args: [...args, ...further, '--out', out], out }, false, options);
}

async function perform(folder: vscode.Uri, evaluation: Evaluation, resume: boolean, options: EvaluationOptions): Promise<void> {
  const { entry, log, storage, reports } = options;
  let [whole, told] = [false, { done: 0, total: 0 }];
  await keepStopped(storage, folder, evaluation);
  const where = { location: vscode.ProgressLocation.Notification, title: `SmearLens evaluates ${path.basename(folder.fsPath)}`, cancellable: true };
  const ended = await vscode.window.withProgress(where, (progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    return runCommandLine([...evaluation.args, ...(resume ? ['--resume'] : [])], {
      entry,
      signal: abort.signal,
      log: (text) => log.info(text),
      onValue: (value) => {
        if ('files' in value) whole = true;
        if (!('progress' in value)) return;
        const now = value.progress as Progress;
        progress.report({ message: now.done === now.total ? `${now.total} images; making the report` : progressText(now), increment: (100 * (now.done - told.done)) / Math.max(1, now.total) });
        told = now;
      },
    });
  });
  if (whole) {
    await keepStopped(storage, folder, undefined);
    return reports.show(vscode.Uri.file(evaluation.out));
  }
  if (ended.failure) {
    // What cannot begin is not gone on with either.
    if (told.done === 0) await keepStopped(storage, folder, undefined);
    throw ended.failure;
  }
  void vscode.window.showInformationMessage(`The evaluation was stopped after ${told.done} of ${told.total} images. What was done is kept: 'Evaluate Folder' on the same folder goes on.`);
}

/** What would be done, without running it. */
async function planOf(args: readonly string[], { entry, log }: EvaluationOptions): Promise<EvaluationPlan | undefined> {
  let plan: EvaluationPlan | undefined;
  const where = { location: vscode.ProgressLocation.Notification, title: 'SmearLens looks at the folder', cancellable: true };
  const ended = await vscode.window.withProgress(where, (_progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    const onValue = (value: object): void => {
      if ('plan' in value) plan = value.plan as EvaluationPlan;
    };
    return runCommandLine([...args, '--plan'], { entry, signal: abort.signal, log: (text) => log.info(text), onValue });
  });
  if (ended.failure) throw ended.failure;
  return ended.cancelled ? undefined : plan;
}

/** A folder of its own for each evaluation, beside the annotations: hidden, so that no image in it is ever evaluated. */
function outFolder(folder: vscode.Uri): string {
  const root = vscode.workspace.getWorkspaceFolder(folder)?.uri.fsPath ?? path.dirname(folder.fsPath);
  const stamp = new Date().toISOString().slice(0, 19).replace('T', ' ').replaceAll(':', '.');
  return path.join(evaluationsFolder(root), `${path.basename(folder.fsPath)} ${stamp}`);
}

function stoppedEvaluations(storage: vscode.Memento): Readonly<Record<string, Evaluation>> {
  return storage.get<Readonly<Record<string, Evaluation>>>(STOPPED, {});
}

/** Kept from its beginning, so that one that dies with the window can be gone on with, too. */
async function keepStopped(storage: vscode.Memento, folder: vscode.Uri, evaluation: Evaluation | undefined): Promise<void> {
  const { [folder.toString()]: _before, ...others } = stoppedEvaluations(storage);
  await storage.update(STOPPED, evaluation ? { ...others, [folder.toString()]: evaluation } : others);
}
