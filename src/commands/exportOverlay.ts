import * as path from 'node:path';
import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import type { ActiveSmear } from '../editor/activeSmear';

/** Writes the picture as it is on show, with its overlay and a caption, to a file that the reviewer names. */
export async function exportOverlay(active: ActiveSmear): Promise<void> {
  const { surface, exportPicture } = active.page;
  const { uri } = surface.current;
  const { png, name } = await exportPicture();
  const defaultUri = vscode.Uri.joinPath(uri, '..', `${path.parse(uri.path).name} ${name}.png`);
  const target = await vscode.window.showSaveDialog({ title: 'Export overlay', defaultUri, filters: { 'PNG image': ['png'] } });
  if (!target) return;
  if (target.toString() === uri.toString()) {
    throw new SmearLensError('output-unwritable', `${target.fsPath} is the smear itself, which SmearLens never changes.`, 'Choose another name.');
  }
  try {
    await vscode.workspace.fs.writeFile(target, new Uint8Array(png));
  } catch (thrown) {
    throw new SmearLensError('output-unwritable', `${target.fsPath}: could not be written (${(thrown as Error).message}).`, 'Choose another folder.');
  }
  void offerToOpen(target);
}

async function offerToOpen(file: vscode.Uri): Promise<void> {
  const chosen = await vscode.window.showInformationMessage(`Exported to ${path.basename(file.path)}.`, 'Open');
  if (chosen) await vscode.commands.executeCommand('vscode.open', file);
}
