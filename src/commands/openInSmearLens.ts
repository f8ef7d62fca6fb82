import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import { viewTypeFor } from '../editor/contributions';
import { activeTabUri } from './activeTab';

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
  // In the preview tab, as a click in the Explorer does it, so that the arrow keys then stay in one tab.
  await vscode.commands.executeCommand('vscode.openWith', uri, viewType, { preview: true });
}
