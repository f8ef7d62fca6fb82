import * as vscode from 'vscode';
import { fromErrorInfo, SmearLensError } from '../errors';
import type { ActiveSmear } from '../editor/activeSmear';
import { showSheet } from '../editor/sheetPanel';
import type { SmearDocument } from '../editor/smearDocument';
import { isWhole } from '../protocol/inquiryState';

/** Shows the active smear under all methods and for all classes on one sheet. Score-CAM is computed first where it is not known. */
export async function contactSheet(active: ActiveSmear, extensionUri: vscode.Uri, log: vscode.LogOutputChannel): Promise<void> {
  const { surface, exportPicture } = active.page;
  const { current, fileName } = surface;
  if (current.state.kind !== 'done') throw new SmearLensError('input-invalid', `${fileName} has no result yet.`, 'Wait for its analysis, or see in the editor why it failed.');
  const { explanation } = current.state.analysis;
  if (explanation && 'error' in explanation) throw fromErrorInfo(explanation.error);
  if (!hasScoreCam(current)) await withProgress(current, fileName);
  // Left, stopped, or another file meanwhile: who did that does not wait for a sheet.
  if (surface.current !== current || !hasScoreCam(current)) return;
  const { svg = '', png, name } = await exportPicture('sheet');
  showSheet({ uri: current.uri, fileName, svg, png: new Uint8Array(png), name, title: 'Contact sheet' }, extensionUri, log);
}

function hasScoreCam({ inquiries }: SmearDocument): boolean {
  const answer = inquiries.states['score-cam']?.answer;
  return answer !== undefined && isWhole(answer);
}

/** @throws SmearLensError why it could not be computed */
async function withProgress(document: SmearDocument, fileName: string): Promise<void> {
  const where = { location: vscode.ProgressLocation.Notification, title: `SmearLens computes Score-CAM of ${fileName}`, cancellable: true };
  await vscode.window.withProgress(where, async (progress, token) => {
    token.onCancellationRequested(() => document.inquiries.stop('score-cam'));
    let told = 0;
    const following = document.onDidChange(() => {
      const { done = 0, total = 0 } = document.inquiries.states['score-cam']?.running ?? {};
      if (total === 0) return;
      const percent = (100 * done) / total;
      progress.report({ message: `${done} of ${total} channels`, increment: Math.max(0, percent - told) });
      told = Math.max(told, percent);
    });
    try {
      await document.inquire(document.inquiries.states['score-cam']?.asked ?? { kind: 'score-cam', mode: 'fast' });
    } finally {
      following.dispose();
    }
  });
  const { error } = document.inquiries.states['score-cam'] ?? {};
  if (error) throw fromErrorInfo(error);
}
