import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import { VIEW_TYPES } from '../editor/contributions';

const ASSOCIATIONS = 'workbench.editorAssociations';

/** By file pattern: the editor that opens such files. */
const OURS = Object.fromEntries(Object.entries(VIEW_TYPES).flatMap(([viewType, { extensions }]) => extensions.map((extension) => [`*.${extension}`, viewType])));

/** Has the workspace's images open in SmearLens by a click, or, where they do so already, offers to leave that. */
export async function useForWorkspace(): Promise<void> {
  if (!vscode.workspace.workspaceFolders) throw new SmearLensError('input-invalid', 'No folder is open, and so there is no workspace to set this for.', 'Open a folder first.');
  const before = associations();
  const isSet = Object.entries(OURS).every(([pattern, viewType]) => before[pattern] === viewType);
  if (!isSet) await write({ ...before, ...OURS });
  const text = isSet ? 'Images in this workspace open in SmearLens already.' : 'Images in this workspace now open in SmearLens.';
  void offerToStop(text);
}

async function offerToStop(text: string): Promise<void> {
  const chosen = await vscode.window.showInformationMessage(text, 'Stop Using for Workspace');
  if (!chosen) return;
  const others = Object.entries(associations()).filter(([pattern, viewType]) => OURS[pattern] !== viewType);
  await write(others.length > 0 ? Object.fromEntries(others) : undefined);
}

/** The workspace's own, without the user's. */
function associations(): Record<string, string> {
  return vscode.workspace.getConfiguration().inspect<Record<string, string>>(ASSOCIATIONS)?.workspaceValue ?? {};
}

async function write(value: Record<string, string> | undefined): Promise<void> {
  await vscode.workspace.getConfiguration().update(ASSOCIATIONS, value, vscode.ConfigurationTarget.Workspace);
}
