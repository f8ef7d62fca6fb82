import * as vscode from 'vscode';
import type { InferenceService } from '../editor/inferenceService';
import type { ModelChoice } from '../protocol/inference';
import { doctorMarkdown } from './doctorReport';
import type { Reports } from './reports';

/** Tries every execution provider for real and shows the findings. */
export async function doctor(model: ModelChoice, inference: InferenceService, reports: Reports): Promise<void> {
  const where = { location: vscode.ProgressLocation.Notification, title: 'SmearLens tries the execution providers', cancellable: true };
  const report = await vscode.window.withProgress(where, (_progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    return inference.call('doctor', { model }, { priority: 'interactive', signal: abort.signal });
  });
  await reports.show('SmearLens Doctor', doctorMarkdown(model, report));
}
