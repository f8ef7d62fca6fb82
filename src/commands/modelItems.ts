import * as path from 'node:path';
import * as vscode from 'vscode';
import { trustedFolder } from '../editor/settings';

/** More than a quick pick can show at a glance; whoever has more models browses. */
const MAX_FOUND = 100;

/** A model of the workspace: a model.json or a bare .onnx file. */
export interface WorkspaceModel {
  readonly file: vscode.Uri;
  readonly label: string;
  /** Relative to the workspace. */
  readonly description: string;
}

/** Those that may be run: an untrusted workspace's models are not, since reading a model is running what its author wrote. */
export async function workspaceModels(resource: vscode.Uri | undefined): Promise<WorkspaceModel[]> {
  if (!trustedFolder(resource)) return [];
  const files = await vscode.workspace.findFiles('**/{model.json,*.onnx}', '**/node_modules/**', MAX_FOUND);
  return files
    .map((file) => ({ file, label: path.basename(path.dirname(file.fsPath)), description: vscode.workspace.asRelativePath(file) }))
    .sort((a, b) => a.description.localeCompare(b.description));
}

/** What the setting becomes for a model's file: relative inside the resource's folder, so that it still holds where the workspace is checked out elsewhere. */
export function settingOf(file: vscode.Uri, resource: vscode.Uri | undefined): string {
  const folder = trustedFolder(resource);
  return folder && vscode.workspace.getWorkspaceFolder(file) === folder ? path.relative(folder.uri.fsPath, file.fsPath).split(path.sep).join('/') : file.fsPath;
}

/** Any other model file; undefined where the dialogue was closed. */
export async function browseModel(): Promise<string | undefined> {
  const files = await vscode.window.showOpenDialog({ title: 'Choose a model', filters: { 'Models (model.json, .onnx)': ['json', 'onnx'] } });
  return files?.[0]?.fsPath;
}
