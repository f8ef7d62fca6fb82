import * as vscode from 'vscode';
import { toErrorInfo } from '../errors';
import type { ActiveSmear } from '../editor/activeSmear';
import { ask } from '../editor/ask';
import type { InferenceService } from '../editor/inferenceService';
import type { ModelChoices } from '../editor/modelChoices';
import { imagesIn } from '../images/folder';
import type { ModelInfo } from '../protocol/analysis';
import type { ModelChoice } from '../protocol/inference';
import { CHECKED_IMAGES, modelChecks, RANDOMISED_IMAGES, spreadOver, type ModelChecks } from '../protocol/modelChecks';
import type { Counterfactuals, Randomisation } from '../protocol/trust';
import { folderOf } from './folderOf';
import { modelChecksMarkdown } from './modelChecksReport';
import type { Reports } from './reports';

interface Found {
  readonly model: ModelInfo;
  readonly checks: ModelChecks;
  readonly failures: readonly { readonly path: string; readonly message: string }[];
}

/** Has the model of a folder checked over images spread over it, and shows what was found; also when it is cancelled, of the images until then. */
export async function checkModel(target: unknown, active: ActiveSmear, models: ModelChoices, inference: InferenceService, reports: Reports): Promise<void> {
  const chosen = await folderOf(target, active, 'On which folder is the model to be checked?');
  if (!chosen) return;
  const { folder } = chosen;
  const model = models.for(chosen.image ?? folder);
  const files = spreadOver(await imagesIn(folder.fsPath), CHECKED_IMAGES);
  const where = { location: vscode.ProgressLocation.Notification, title: 'SmearLens checks the model', cancellable: true };
  const found = await vscode.window.withProgress(where, (progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    return checkOver(files, model, inference, abort.signal, (done) => progress.report({ message: `${done} of ${files.length} images`, increment: 100 / files.length }));
  });
  if (found) await reports.show('SmearLens Model Checks', modelChecksMarkdown(folder.fsPath, found.model, found.checks, found.failures));
}

/** Undefined where it was cancelled before anything was found. @throws SmearLensError where the model itself cannot run */
async function checkOver(files: readonly string[], choice: ModelChoice, inference: InferenceService, signal: AbortSignal, onDone: (count: number) => void): Promise<Found | undefined> {
  const answers: Counterfactuals[] = [];
  const failures: { path: string; message: string }[] = [];
  let random: Randomisation | undefined;
  const { model } = await inference.call('describe', { model: choice }, { priority: 'background', signal });
  for (const imagePath of files) {
    try {
      answers.push(await ask(inference, { imagePath, model: choice, inquiry: { kind: 'counterfactuals' } }, { signal }));
      if ((random?.images ?? 0) < RANDOMISED_IMAGES) random = await ask(inference, { imagePath, model: choice, inquiry: { kind: 'randomisation' } }, { signal });
    } catch (thrown) {
      if (signal.aborted) break;
      failures.push({ path: imagePath, message: toErrorInfo(thrown).message });
    }
    onDone(answers.length + failures.length);
  }
  return answers.length + failures.length > 0 ? { model, checks: modelChecks(answers, random), failures } : undefined;
}
