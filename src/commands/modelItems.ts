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

/** Any other model file; undefined where the dialogue was closed. */
export async function browseModel(): Promise<string | undefined> {
  const files = await vscode.window.showOpenDialog({ title: 'Choose a model', filters: { 'Models (model.json, .onnx)': ['json', 'onnx'] } });
  return files?.[0]?.fsPath;
}
