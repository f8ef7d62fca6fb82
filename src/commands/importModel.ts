import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ActiveSmear } from '../editor/activeSmear';
import { writeSetting } from '../editor/settings';
import { SmearLensError } from '../errors';
import type { ImportReport } from '../protocol/modelImport';
import { runWithProgress, type CommandLine } from './commandLineProgress';
import { chooseFacts, chooseImage, choosePreset, chooseTarget, type Answers } from './importChoices';
import { settingOf } from './modelItems';

export interface ImportModelOptions extends CommandLine {
  readonly active: ActiveSmear;
}

/** Imports an ONNX classifier: shows what its file tells, asks what it does not, tries it on an image, saves it. Until then nothing is written. */
export async function importModel(target: unknown, options: ImportModelOptions): Promise<void> {
  const file = await onnxFile(target);
  if (!file) return;
  if (!vscode.workspace.isTrusted && vscode.workspace.getWorkspaceFolder(file)) {
    throw new SmearLensError('model-unsupported', `${file.fsPath}: belongs to a workspace that is not trusted, and reading a model is running what its author wrote.`, "Trust the workspace first ('Workspaces: Manage Workspace Trust').");
  }
  const run = (answers: Answers, title: string, ...more: readonly string[]): Promise<ImportReport | undefined> => runImport([file.fsPath, ...argumentsOf(answers), ...more], title, options);
  const chosen = await chooseFacts((answers) => run(answers, `SmearLens looks at ${path.basename(file.fsPath)}`, '--dry-run'));
  if (!chosen) return;
  const { answers } = chosen;
  const image = await chooseImage(options.active.current?.uri);
  if (image === undefined) return;
  const tried = await run(answers, `SmearLens tries ${path.basename(file.fsPath)}`, '--dry-run', `--image=${image}`);
  if (!tried) return;
  for (const warning of tried.warnings) void vscode.window.showWarningMessage(warning);
  const preprocessing = await choosePreset(tried, (folder) => run(answers, 'SmearLens compares preprocessings', '--dry-run', `--image=${image}`, `--labelled=${folder}`));
  if (!preprocessing) return;
  const out = await chooseTarget(file.fsPath);
  if (out === undefined) return;
  const where = out === '' ? [] : [`--out=${out}`];
  const save = (...more: readonly string[]): Promise<ImportReport | undefined> => run({ ...answers, preprocessing }, 'SmearLens imports the model', ...where, ...more);
  const saved = await save().catch(async (error: unknown) => {
    if (!(error instanceof SmearLensError) || error.code !== 'output-unwritable' || !error.hint.includes('--force')) throw error;
    const overwrite = await vscode.window.showWarningMessage(error.message, { modal: true }, 'Overwrite');
    return overwrite && (await save('--force'));
  });
  if (saved?.saved !== undefined) void offerToUse(saved, vscode.Uri.file(saved.saved), options.active.current?.uri);
}

async function offerToUse({ name, researchUse }: ImportReport, manifest: vscode.Uri, resource: vscode.Uri | undefined): Promise<void> {
  const chosen = await vscode.window.showInformationMessage(`${name} is imported: ${vscode.workspace.asRelativePath(manifest)}. ${researchUse}`, 'Use in This Workspace', 'Open model.json');
  if (chosen === 'Use in This Workspace') await writeSetting('smearlens.model', settingOf(manifest, resource), resource);
  else if (chosen) await vscode.commands.executeCommand('vscode.open', manifest);
}

async function onnxFile(target: unknown): Promise<vscode.Uri | undefined> {
  if (target instanceof vscode.Uri) return target;
  return (await vscode.window.showOpenDialog({ title: 'Choose the model to import', filters: { 'ONNX models': ['onnx'] } }))?.[0];
}

/** Undefined where it was cancelled. @throws SmearLensError what the command line says */
async function runImport(args: readonly string[], title: string, options: CommandLine): Promise<ImportReport | undefined> {
  let report: ImportReport | undefined;
  const ended = await runWithProgress(['import', ...args], title, options, (value) => {
    if ('import' in value) report = value.import as ImportReport;
  });
  if (ended.cancelled) return undefined;
  // Images that could not be read are told; the comparison of the others counts.
  if (!report) throw ended.failure ?? new Error('The command ended without a result.');
  if (ended.failure) void vscode.window.showWarningMessage(ended.failure.message);
  return report;
}

function argumentsOf(answers: Answers): string[] {
  return Object.entries(answers).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]));
}
