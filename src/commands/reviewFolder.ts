import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import type { ActiveSmear } from '../editor/activeSmear';
import { viewTypeFor } from '../editor/contributions';
import type { ReviewPanels } from '../editor/reviewPanels';
import { activeTabUri } from './activeTab';

/** Reviews the folder that the menu was invoked on, the folder of the image that it was, or of the image in the active tab. */
export async function reviewFolder(target: unknown, active: ActiveSmear, panels: ReviewPanels): Promise<void> {
  const uri = target instanceof vscode.Uri ? target : (active.current?.uri ?? activeImage() ?? (await askForFolder()));
  if (!uri) return;
  if (uri.scheme !== 'file') {
    throw new SmearLensError('image-unsupported', `${uri.path} is not a folder on disk but comes from '${uri.scheme}'.`, 'Open a folder on disk.');
  }
  const isFolder = ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.Directory) !== 0;
  const folder = isFolder ? uri : vscode.Uri.joinPath(uri, '..');
  const where = { location: vscode.ProgressLocation.Window, title: 'SmearLens looks for images' };
  await vscode.window.withProgress(where, () => panels.review(folder, isFolder ? undefined : uri));
}

function activeImage(): vscode.Uri | undefined {
  const uri = activeTabUri();
  return uri && viewTypeFor(uri.path) ? uri : undefined;
}

/** The workspace's only folder, or one that is chosen. */
async function askForFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 1) return folders[0]?.uri;
  if (folders.length > 1) return (await vscode.window.showWorkspaceFolderPick({ placeHolder: 'Which folder is to be reviewed?' }))?.uri;
  const chosen = await vscode.window.showOpenDialog({ title: 'Review a folder of smears', canSelectFolders: true, canSelectFiles: false });
  return chosen?.[0];
}
