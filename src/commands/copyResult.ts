import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import type { ActiveSmear } from '../editor/activeSmear';
import type { LabelBook } from '../editor/labelBook';
import { isHidden } from '../editor/labelling';
import { resultText } from '../protocol/resultText';

/** Puts what the model says about the active smear on the clipboard. */
export async function copyResult(active: ActiveSmear, labels: LabelBook): Promise<void> {
  const { surface } = active.page;
  const { fileName, current } = surface;
  if (isHidden(surface, labels)) throw new SmearLensError('input-invalid', 'The verdict is hidden until the smear has its label.', 'Label it first, or end the blind review.');
  if (current.state.kind !== 'done') throw new SmearLensError('input-invalid', `${fileName} has no result yet.`, 'Wait for its analysis, or see in the editor why it failed.');
  await vscode.env.clipboard.writeText(resultText(current.state.analysis));
  vscode.window.setStatusBarMessage(`SmearLens: result of ${fileName} copied.`, 3000);
}
