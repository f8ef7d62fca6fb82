/** The user's settings as the inference process takes them. */
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ModelChoice } from '../protocol/inference';
import type { ProviderChoice } from '../protocol/analysis';
import type { Setting } from './contributions';

/** The model and provider to analyse a resource with. VS Code leaves out a model that an untrusted workspace sets. */
export function modelSetting(resource: vscode.Uri | undefined, defaultModel: string): Omit<ModelChoice, 'layer'> {
  const model = read<string>('smearlens.model', resource).trim();
  return { path: model ? resolveModel(model, resource) : defaultModel, provider: read<ProviderChoice>('smearlens.provider', resource) };
}

/**
 * Writes a setting where it will be read for this resource: in its workspace folder where that is to be trusted, else for
 * the user. `undefined`: the default counts again.
 */
export async function writeSetting(setting: Setting, value: string | undefined, resource: vscode.Uri | undefined): Promise<void> {
  const folder = trustedFolder(resource);
  const target = folder ? vscode.ConfigurationTarget.WorkspaceFolder : vscode.ConfigurationTarget.Global;
  const configuration = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration(undefined, folder?.uri);
  await configuration().update(setting, value, target);
  const found = configuration().inspect<string>(setting);
  const effective = configuration().get<string>(setting);
  // Removed here, and still set elsewhere: only the default by name outweighs that.
  if (value === undefined && effective !== found?.defaultValue) await configuration().update(setting, found?.defaultValue, target);
}

/** The workspace folder that a resource's settings are kept in: its own or, outside of all, the first; none in an untrusted workspace. */
export function trustedFolder(resource: vscode.Uri | undefined): vscode.WorkspaceFolder | undefined {
  return vscode.workspace.isTrusted ? folderOf(resource) : undefined;
}

function folderOf(resource: vscode.Uri | undefined): vscode.WorkspaceFolder | undefined {
  return (resource && vscode.workspace.getWorkspaceFolder(resource)) ?? vscode.workspace.workspaceFolders?.[0];
}

function read<T>(setting: Setting, resource: vscode.Uri | undefined): T {
  const value = vscode.workspace.getConfiguration(undefined, resource).get<T>(setting);
  if (value === undefined) throw new Error(`package.json contributes no default for ${setting}.`);
  return value;
}

/** Relative paths are of the image's workspace folder, so that a project can name its model portably. */
function resolveModel(model: string, resource: vscode.Uri | undefined): string {
  if (model.startsWith('~/')) return path.join(os.homedir(), model.slice(2));
  const folder = folderOf(resource);
  return folder ? path.resolve(folder.uri.fsPath, model) : path.resolve(model);
}
