import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import type { ActiveSmear } from '../editor/activeSmear';
import { viewTypeFor } from '../editor/contributions';
import { activeTabUri } from './activeTab';

/** A folder on disk, and the image in it that led there. */
export interface ChosenFolder {
  readonly folder: vscode.Uri;
  readonly image?: vscode.Uri | undefined;
}

/**
 * The folder that a menu was invoked on, the folder of the image that it was, or of the image in the active tab; else one that is asked for.
 * @param question e.g. 'Which folder is to be reviewed?'
 * @returns undefined where none was chosen
 * @throws SmearLensError `image-unsupported` where it is not on disk
 */
export async function folderOf(target: unknown, active: ActiveSmear, question: string): Promise<ChosenFolder | undefined> {
  const uri = target instanceof vscode.Uri ? target : (active.current?.uri ?? activeImage() ?? (await askForFolder(question)));
  if (!uri) return undefined;
  if (uri.scheme !== 'file') {
    throw new SmearLensError('image-unsupported', `${uri.path} is not a folder on disk but comes from '${uri.scheme}'.`, 'Open a folder on disk.');
  }
  const isFolder = ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.Directory) !== 0;
  return isFolder ? { folder: uri } : { folder: vscode.Uri.joinPath(uri, '..'), image: uri };
}

function activeImage(): vscode.Uri | undefined {
  const uri = activeTabUri();
  return uri && viewTypeFor(uri.path) ? uri : undefined;
}

/** The workspace's only folder, or one that is chosen. */
async function askForFolder(question: string): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 1) return folders[0]?.uri;
  if (folders.length > 1) return (await vscode.window.showWorkspaceFolderPick({ placeHolder: question }))?.uri;
  const chosen = await vscode.window.showOpenDialog({ title: question, canSelectFolders: true, canSelectFiles: false });
  return chosen?.[0];
}
