import * as path from 'node:path';
import * as vscode from 'vscode';
import { SmearLensError } from '../errors';

/**
 * Writes a picture of a smear to a file that the reviewer names, and offers to open it.
 * @param name of the picture; the smear's own comes before it
 * @throws SmearLensError `output-unwritable`
 */
export async function savePicture(title: string, smear: vscode.Uri, name: string, format: 'png' | 'svg', bytes: Uint8Array): Promise<void> {
  const defaultUri = vscode.Uri.joinPath(smear, '..', `${path.parse(smear.path).name} ${name}.${format}`);
  const target = await vscode.window.showSaveDialog({ title, defaultUri, filters: { [`${format.toUpperCase()} image`]: [format] } });
  if (!target) return;
  if (target.toString() === smear.toString()) {
    throw new SmearLensError('output-unwritable', `${target.fsPath} is the smear itself, which SmearLens never changes.`, 'Choose another name.');
  }
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (thrown) {
    throw new SmearLensError('output-unwritable', `${target.fsPath}: could not be written (${(thrown as Error).message}).`, 'Choose another folder.');
  }
  void offerToOpen(target);
}

async function offerToOpen(file: vscode.Uri): Promise<void> {
  const chosen = await vscode.window.showInformationMessage(`Exported to ${path.basename(file.path)}.`, 'Open');
  if (chosen) await vscode.commands.executeCommand('vscode.open', file);
}
