import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ActiveSmear } from '../editor/activeSmear';
import type { LabelBook } from '../editor/labelBook';
import { runWithProgress, type CommandLine } from './commandLineProgress';
import { folderOf } from './folderOf';
import type { CommandHandler } from './register';
import type { Reports } from './reports';
import type { CommandId } from './table';

export interface DatasetOptions extends CommandLine {
  readonly active: ActiveSmear;
  readonly labels: LabelBook;
  readonly reports: Reports;
}

/** `isFile`: what is written is one file, else a folder. */
const FORMATS = [
  { format: 'csv', label: 'CSV', detail: 'a row an image: label, reviewers, notes, group', isFile: true, extension: 'csv' },
  { format: 'jsonl', label: 'JSON Lines', detail: 'everything, regions included', isFile: true, extension: 'jsonl' },
  { format: 'imagefolder', label: 'ImageFolder', detail: 'a folder a class, images copied', isFile: false, extension: '' },
  { format: 'huggingface', label: 'Hugging Face', detail: 'images with metadata.jsonl', isFile: false, extension: '' },
  { format: 'coco', label: 'COCO', detail: 'regions as boxes and polygons', isFile: true, extension: 'json' },
  { format: 'fiftyone', label: 'FiftyOne', detail: 'a dataset to import', isFile: false, extension: '' },
  { format: 'label-studio', label: 'Label Studio', detail: 'tasks with annotations', isFile: true, extension: 'json' },
] as const;

type DatasetCommandId = Extract<CommandId, `smearlens.${'exportLabels' | 'importLabels' | 'agreement'}`>;

/** The commands about the labels of a whole folder; the work is the command line's. */
export function datasetCommands(options: DatasetOptions): Record<DatasetCommandId, CommandHandler> {
  return {
    'smearlens.exportLabels': (target) => exportLabels(target, options),
    'smearlens.importLabels': (target) => importLabels(target, options),
    'smearlens.agreement': (target) => agreement(target, options),
  };
}

async function exportLabels(target: unknown, options: DatasetOptions): Promise<void> {
  const chosen = await folderOf(target, options.active, 'Which folder is to be exported?');
  if (!chosen) return;
  const { folder } = chosen;
  const picked = await vscode.window.showQuickPick(FORMATS, { title: 'SmearLens: export labels', placeHolder: 'In which format?', matchOnDetail: true });
  if (!picked) return;
  const name = `${path.basename(folder.fsPath)} ${picked.format}`;
  const defaultUri = vscode.Uri.joinPath(folder, '..', picked.isFile ? `${name}.${picked.extension}` : name);
  const out = await vscode.window.showSaveDialog({ title: picked.isFile ? 'Export labels' : 'Export to a new folder', defaultUri });
  if (!out) return;
  let last: { images?: number; leftOut?: readonly string[] } = {};
  const { cancelled, failure } = await runWithProgress(['curate', 'export', folder.fsPath, '--format', picked.format, '--out', out.fsPath], `SmearLens exports ${path.basename(folder.fsPath)}`, options, (value) => (last = value));
  if (cancelled) return;
  if (last.images === undefined) throw failure ?? new Error('The command ended without a result.');
  const unsaid = failure ? ` ${failure.message}` : '';
  const open = await vscode.window.showInformationMessage(`${last.images} images exported to ${path.basename(out.fsPath)}.${(last.leftOut ?? []).map((what) => ` Left out: ${what}.`).join('')}${unsaid}`, ...(picked.isFile ? ['Open'] : []));
  if (open) await vscode.commands.executeCommand('vscode.open', out);
}

async function importLabels(target: unknown, options: DatasetOptions): Promise<void> {
  const chosen = await folderOf(target, options.active, 'Which folder are the labels for?');
  if (!chosen) return;
  const { folder } = chosen;
  const [source] = (await vscode.window.showOpenDialog({ title: 'Choose the labels to import', canSelectFiles: true, canSelectFolders: true, filters: { 'Labels': ['csv', 'jsonl', 'json'] } })) ?? [];
  if (!source) return;
  const { reviewer, device } = await options.labels.writer();
  let last: { matched?: number; events?: number; before?: number } = {};
  const { cancelled, failure } = await runWithProgress(['curate', 'import', source.fsPath, '--into', folder.fsPath, '--reviewer', reviewer, '--device', device], `SmearLens imports ${path.basename(source.fsPath)}`, options, (value) => (last = value));
  if (cancelled) return;
  if (last.matched === undefined) throw failure ?? new Error('The command ended without a result.');
  void vscode.window.showInformationMessage(`${last.matched} images matched: ${last.events} events written, ${last.before ?? 0} known already.${failure ? ` ${failure.message}` : ''}`);
}

async function agreement(target: unknown, options: DatasetOptions): Promise<void> {
  const chosen = await folderOf(target, options.active, 'Of which folder is the agreement to be computed?');
  if (!chosen) return;
  let markdown: string | undefined;
  const { cancelled, failure } = await runWithProgress(['curate', 'agreement', chosen.folder.fsPath], 'SmearLens compares the reviewers', options, (value) => 'markdown' in value && (markdown = String(value.markdown)));
  if (cancelled) return;
  if (markdown === undefined) throw failure ?? new Error('The command ended without a result.');
  await options.reports.show('SmearLens Reader Agreement', markdown);
}
