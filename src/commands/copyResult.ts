import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import type { ActiveSmear } from '../editor/activeSmear';
import { resultText } from '../protocol/resultText';

/** Puts what the model says about the active smear on the clipboard. */
export async function copyResult(active: ActiveSmear): Promise<void> {
  const { fileName, current } = active.page.surface;
  if (current.state.kind !== 'done') throw new SmearLensError('input-invalid', `${fileName} has no result yet.`, 'Wait for its analysis, or see in the editor why it failed.');
  await vscode.env.clipboard.writeText(resultText(current.state.analysis));
  vscode.window.setStatusBarMessage(`SmearLens: result of ${fileName} copied.`, 3000);
}
