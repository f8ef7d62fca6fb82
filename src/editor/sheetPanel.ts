import * as crypto from 'node:crypto';
import * as vscode from 'vscode';
import { toErrorInfo } from '../errors';
import type { FromSheet, ToSheet } from '../protocol/sheet';
import { savePicture } from './saveFile';
import { sheetPage } from './sheetHtml';

const VIEW_TYPE = 'smearlens.contactSheet';

/** A sheet of pictures of one smear that was drawn. */
export interface Sheet {
  /** The smear. */
  readonly uri: vscode.Uri;
  readonly fileName: string;
  readonly svg: string;
  /** Absent where it can be saved as a drawing alone. */
  readonly png?: Uint8Array | undefined;
  /** What it is called when it is saved. */
  readonly name: string;
  /** e.g. 'Contact sheet'. */
  readonly title: string;
}

/** Shows a sheet in a tab of its own. It stays as it was drawn, whatever becomes of the smear. */
export function showSheet({ uri, fileName, svg, png, name, title: heading }: Sheet, extensionUri: vscode.Uri, log: vscode.LogOutputChannel): vscode.WebviewPanel {
  const assets = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const title = `${uri.path.split('/').pop() ?? ''}: ${heading.toLowerCase()}`;
  const panel = vscode.window.createWebviewPanel(VIEW_TYPE, title, vscode.ViewColumn.Active, { enableScripts: true, localResourceRoots: [assets] });
  const { webview } = panel;
  const asset = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(assets, file)).toString();
  panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
  webview.onDidReceiveMessage((message: FromSheet) => {
    // The page is loaded anew each time the tab is shown.
    if (message.kind === 'ready') return void webview.postMessage({ title: `${heading} of ${fileName}`, svg } satisfies ToSheet);
    const bytes = message.format === 'png' && png ? png : new TextEncoder().encode(svg);
    savePicture(`Save ${heading.toLowerCase()}`, uri, name, message.format, bytes).catch((thrown: unknown) => {
      const error = toErrorInfo(thrown);
      log.error(`${uri.fsPath}: [${error.code}] ${error.message} ${error.hint}`);
      void vscode.window.showErrorMessage(`${error.message} ${error.hint}`);
    });
  });
  webview.html = sheetPage({ heading, hasPng: png !== undefined, cspSource: webview.cspSource, script: asset('sheet.js'), style: asset('sheet-style.css'), nonce: crypto.randomBytes(16).toString('base64url') });
  return panel;
}
