import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ActiveSmear } from '../editor/activeSmear';
import { trustedFolder, writeSetting } from '../editor/settings';

/** More than a quick pick can show at a glance; whoever has more models browses. */
const MAX_FOUND = 100;

interface ModelItem extends vscode.QuickPickItem {
  /** What the setting becomes; undefined: the default model. */
  readonly choose: () => Promise<string | undefined> | string | undefined;
}

/** Offers the default model, the models of the workspace, and any other file, for the active smear's workspace folder. */
export async function chooseModel(active: ActiveSmear): Promise<void> {
  const resource = active.current?.uri;
  const items: ModelItem[] = [
    { label: 'Default model', description: 'comes with SmearLens', choose: () => undefined },
    ...(await workspaceModels(resource)),
    { label: 'Browse…', description: 'a model.json or an .onnx file', choose: browse },
  ];
  const item = await vscode.window.showQuickPick(items, { title: 'SmearLens: model', placeHolder: 'Which model reads the smears?', matchOnDescription: true });
  if (!item) return;
  const model = await item.choose();
  // An empty setting would be no removal; and a file dialogue that was closed changes nothing.
  if (model === undefined && item.choose === browse) return;
  await writeSetting('smearlens.model', model, resource);
}

async function workspaceModels(resource: vscode.Uri | undefined): Promise<ModelItem[]> {
  // An untrusted workspace's models are not run: reading a model is running what its author wrote.
  const folder = trustedFolder(resource);
  if (!folder) return [];
  const files = await vscode.workspace.findFiles('**/{model.json,*.onnx}', '**/node_modules/**', MAX_FOUND);
  return files
    .map((file) => ({ file, relative: vscode.workspace.asRelativePath(file) }))
    .sort((a, b) => a.relative.localeCompare(b.relative))
    .map(({ file, relative }) => ({
      label: path.basename(path.dirname(file.fsPath)),
      description: relative,
      // Relative, so that the setting still holds where the workspace is checked out elsewhere.
      choose: () => (vscode.workspace.getWorkspaceFolder(file) === folder ? path.relative(folder.uri.fsPath, file.fsPath).split(path.sep).join('/') : file.fsPath),
    }));
}

async function browse(): Promise<string | undefined> {
  const files = await vscode.window.showOpenDialog({ title: 'Choose a model', filters: { 'Models (model.json, .onnx)': ['json', 'onnx'] } });
  return files?.[0]?.fsPath;
}
