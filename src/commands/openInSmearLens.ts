import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import { viewTypeFor } from '../editor/contributions';

/** Opens the image that the menu was invoked on or, from the command palette, the one in the active tab. */
export async function openInSmearLens(target: unknown): Promise<void> {
  const uri = target instanceof vscode.Uri ? target : activeTabUri();
  if (!uri) {
    throw new SmearLensError('image-not-found', 'No image is open.', 'Select one in the Explorer, or open it, and run the command again.');
  }
  const viewType = viewTypeFor(uri.path);
  if (!viewType) {
    throw new SmearLensError('image-unsupported', `${uri.path} is not an image that SmearLens reads.`, 'Open a JPEG, PNG, BMP, WebP or TIFF file.');
  }
  await vscode.commands.executeCommand('vscode.openWith', uri, viewType);
}

function activeTabUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom || input instanceof vscode.TabInputText ? input.uri : undefined;
}
