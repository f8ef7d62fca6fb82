/** The user's settings as the inference process takes them. */
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ModelChoice } from '../protocol/inference';
import type { ProviderChoice } from '../protocol/analysis';
import type { Setting } from './contributions';

/** Layers are chosen by the model's manifest, or by its graph, until an editor control offers others. */
const LAYER = 'auto';

/** The model, provider and layer to analyse a resource with. VS Code leaves out a model that an untrusted workspace sets. */
export function modelChoice(resource: vscode.Uri | undefined, defaultModel: () => string): ModelChoice {
  const model = read<string>('smearlens.model', resource).trim();
  return {
    path: model ? resolveModel(model, resource) : defaultModel(),
    provider: read<ProviderChoice>('smearlens.provider', resource),
    layer: LAYER,
  };
}

/** Did any of our settings change for this resource? */
export function affectsModel(change: vscode.ConfigurationChangeEvent, resource: vscode.Uri): boolean {
  return change.affectsConfiguration('smearlens', resource);
}

/**
 * Writes a setting where it will be read: in the workspace where there is one to trust, else for the user. `undefined`
 * removes it there, so that the default counts again.
 */
export async function writeSetting(setting: Setting, value: string | undefined): Promise<void> {
  const inWorkspace = vscode.workspace.isTrusted && vscode.workspace.workspaceFolders !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration().update(setting, value, target);
}

function read<T>(setting: Setting, resource: vscode.Uri | undefined): T {
  const value = vscode.workspace.getConfiguration(undefined, resource).get<T>(setting);
  if (value === undefined) throw new Error(`package.json contributes no default for ${setting}.`);
  return value;
}

/** Relative paths are of the image's workspace folder, so that a project can name its model portably. */
function resolveModel(model: string, resource: vscode.Uri | undefined): string {
  if (model.startsWith('~/')) return path.join(os.homedir(), model.slice(2));
  const folder = (resource && vscode.workspace.getWorkspaceFolder(resource)) ?? vscode.workspace.workspaceFolders?.[0];
  return folder ? path.resolve(folder.uri.fsPath, model) : path.resolve(model);
}
