import * as path from 'node:path';
import * as vscode from 'vscode';
import { queueState } from '../curation/queue';
import type { LabelBook } from '../editor/labelBook';
import { imageKey } from '../images/folder';
import { isImagePath } from '../images/formats';
import { labelName } from '../protocol/labels';

/** The reviewer's label on the image's name in the Explorer: the key of its class, '?' unsure, '!' disputed, '–' excluded. */
export function registerLabelDecorations(book: LabelBook): vscode.Disposable {
  const changed = new vscode.EventEmitter<undefined>();
  const wanted = (): boolean => vscode.workspace.getConfiguration('smearlens').get<boolean>('decorations', true);
  const provider: vscode.FileDecorationProvider = {
    onDidChangeFileDecorations: changed.event,
    provideFileDecoration: (uri) => (uri.scheme === 'file' && isImagePath(path.basename(uri.fsPath)) && wanted() ? decorationOf(uri, book) : undefined),
  };
  return vscode.Disposable.from(
    changed,
    vscode.window.registerFileDecorationProvider(provider),
    book.onDidChange(() => changed.fire(undefined)),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('smearlens') && changed.fire(undefined)),
  );
}

function decorationOf(uri: vscode.Uri, book: LabelBook): vscode.FileDecoration | undefined {
  const store = book.peek(uri);
  const sha256 = store?.atPath(imageKey(store.root, uri.fsPath));
  const image = sha256 === undefined ? undefined : store?.state(sha256);
  if (!store || !image) return undefined;
  const { state, label } = queueState(image, book.reviewer);
  const classes = store.project?.classes ?? [];
  if (state === 'excluded') return new vscode.FileDecoration('–', 'Excluded', new vscode.ThemeColor('disabledForeground'));
  if (label === undefined) return undefined;
  if (state === 'disputed') return new vscode.FileDecoration('!', `Labelled ${labelName(label, classes)}; another reviewer differs`, new vscode.ThemeColor('charts.red'));
  if (label === null) return new vscode.FileDecoration('?', 'Labelled as unsure', new vscode.ThemeColor('charts.orange'));
  const key = classes.findIndex(({ id }) => id === label) + 1;
  return new vscode.FileDecoration(key > 0 && key < 10 ? String(key) : '•', `Labelled ${labelName(label, classes)}${state === 'corrected' ? ', not what the model says' : ''}`);
}
