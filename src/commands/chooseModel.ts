import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ActiveSmear } from '../editor/activeSmear';
import { trustedFolder, writeSetting } from '../editor/settings';
import { browseModel, workspaceModels } from './modelItems';

interface ModelItem extends vscode.QuickPickItem {
  /** What the setting becomes; undefined: the default model. */
  readonly choose: () => Promise<string | undefined> | string | undefined;
}

/** Offers the default model, the models of the workspace, and any other file, for the active smear's workspace folder. */
export async function chooseModel(active: ActiveSmear): Promise<void> {
  const resource = active.current?.uri;
  const items: ModelItem[] = [
    { label: 'Default model', description: 'comes with SmearLens', choose: () => undefined },
    ...(await itemsOf(resource)),
    { label: 'Browse…', description: 'a model.json or an .onnx file', choose: browseModel },
  ];
  const item = await vscode.window.showQuickPick(items, { title: 'SmearLens: model', placeHolder: 'Which model reads the smears?', matchOnDescription: true });
  if (!item) return;
  const model = await item.choose();
  // An empty setting would be no removal; and a file dialogue that was closed changes nothing.
  if (model === undefined && item.choose === browseModel) return;
  await writeSetting('smearlens.model', model, resource);
}

async function itemsOf(resource: vscode.Uri | undefined): Promise<ModelItem[]> {
  return (await workspaceModels(resource)).map(({ file, label, description }) => ({
    label,
    description,
    choose: () => modelSettingFor(file, resource),
  }));
}

/** What the setting becomes for a model: relative within its workspace folder, so that it still holds where that is checked out elsewhere. */
export function modelSettingFor(file: vscode.Uri, resource: vscode.Uri | undefined): string {
  const folder = trustedFolder(resource);
  return folder && vscode.workspace.getWorkspaceFolder(file) === folder ? path.relative(folder.uri.fsPath, file.fsPath).split(path.sep).join('/') : file.fsPath;
}
