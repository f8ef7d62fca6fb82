import { mkdtemp, readFile, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ActiveSmear } from '../editor/activeSmear';
import { showSheet } from '../editor/sheetPanel';
import { runWithProgress, type CommandLine } from './commandLineProgress';
import { chooseTruth } from './evaluationChoices';
import { folderOf } from './folderOf';

export interface AugmentOptions extends CommandLine {
  readonly active: ActiveSmear;
  readonly extensionUri: vscode.Uri;
}

const TITLE = 'SmearLens: augment and balance';
const PRESETS = [
  { preset: 'balanced', label: 'Balanced', detail: 'Split first; then copies of training images alone bring all classes to the size of the largest.' },
  { preset: 'study-table-1', label: "The study's table 1", detail: 'Every class doubled; validation is cut afterwards. This leaks: copies of one image lie on both sides.' },
] as const;

/** Writes an augmented training set beside a folder, after a sheet has shown what its copies will look like. */
export async function augmentFolder(target: unknown, options: AugmentOptions): Promise<void> {
  const chosen = await folderOf(target, options.active, 'Which folder is to be augmented?');
  if (!chosen) return;
  const { folder } = chosen;
  const truth = await chooseTruth({ title: TITLE, placeHolder: 'Where do the true classes come from?' });
  if (!truth) return;
  const picked = await vscode.window.showQuickPick(PRESETS, { title: TITLE, placeHolder: 'How are copies made?' });
  if (!picked) return;
  const args = ['curate', 'augment', folder.fsPath, ...truth, '--preset', picked.preset];
  if (!(await preview(folder, args, options))) return;
  const out = await vscode.window.showInputBox({ title: TITLE, prompt: 'Where the set goes: an empty folder, or one that is not there yet, outside the folder that is augmented.', value: `${folder.fsPath} augmented`, ignoreFocusOut: true });
  if (!out) return;
  await write(folder, [...args, '--out', out], out, options);
}

/** @returns whether the reviewer goes on */
async function preview(folder: vscode.Uri, args: readonly string[], { extensionUri, log, entry }: AugmentOptions): Promise<boolean> {
  const temporary = await mkdtemp(path.join(os.tmpdir(), 'smearlens-preview-'));
  try {
    const file = path.join(temporary, 'preview.svg');
    let shown = '';
    const { cancelled, failure } = await runWithProgress([...args, '--preview', file], 'SmearLens draws a preview', { log, entry }, (value) => 'of' in value && (shown = String(value.of)));
    if (cancelled) return false;
    const svg = await readFile(file, 'utf8').catch(() => undefined);
    if (svg === undefined) throw failure ?? new Error('There is no preview.');
    const panel = showSheet({ uri: vscode.Uri.joinPath(folder, shown), fileName: shown, svg, name: 'augmentation', title: 'Augmentation preview' }, extensionUri, log);
    const goOn = await vscode.window.showInformationMessage('The sheet shows each operation from one end of its range to the other, and whole random copies. Write the set?', 'Write the Set', 'Cancel');
    if (goOn !== 'Write the Set') panel.dispose();
    return goOn === 'Write the Set';
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function write(folder: vscode.Uri, args: readonly string[], out: string, options: AugmentOptions): Promise<void> {
  let last: { readonly written?: number; readonly failed?: number; readonly warnings?: readonly string[] } = {};
  const title = `SmearLens augments ${path.basename(folder.fsPath)}`;
  const { cancelled, failure } = await runWithProgress(args, title, options, (value) => (last = value));
  if (last.written === undefined && !cancelled) throw failure ?? new Error('The command ended without a result.');
  const unread = last.failed ? ` ${last.failed} could not be read: see the log.` : '';
  const text = cancelled ? `Stopped. What was done is kept in ${out}; smearlens curate augment --resume goes on.` : `${last.written} images in ${out}.${unread} ${last.warnings?.join(' ') ?? ''}`.trim();
  const reveal = await vscode.window.showInformationMessage(text, 'Open augmented.csv');
  if (reveal && !cancelled) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path.join(out, 'augmented.csv')));
}
