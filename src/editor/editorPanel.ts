import * as crypto from 'node:crypto';
import * as vscode from 'vscode';
import type { CommandId } from '../commands/table';
import type { EditorAction, FromEditor, ImageSource, ToEditor } from '../protocol/editor';
import { restoreView } from '../protocol/viewState';
import { editorPage } from './html';
import type { CanvasFocus } from './canvasFocus';
import type { PanelMemory } from './panelMemory';
import type { SmearDocument } from './smearDocument';

const ACTIONS: Record<Exclude<EditorAction, 'retry'>, CommandId> = { 'show-log': 'smearlens.showLog', 'choose-model': 'smearlens.chooseModel' };

export interface PanelOptions {
  readonly extensionUri: vscode.Uri;
  readonly canvasFocus: CanvasFocus;
  readonly panelMemory: PanelMemory;
}

/**
 * Joins one webview to its document: a snapshot when the page is ready and at every change. VS Code discards the page of a
 * hidden tab and loads it again when shown, and then it says again that it is ready.
 */
export function connectPanel(document: SmearDocument, panel: vscode.WebviewPanel, { extensionUri, canvasFocus, panelMemory }: PanelOptions): vscode.Disposable {
  const { webview } = panel;
  const assets = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
  const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(assets, name)).toString();
  let ready = false;

  webview.options = { enableScripts: true, localResourceRoots: [assets, vscode.Uri.joinPath(document.uri, '..')] };

  const post = (): void => {
    if (!ready) return;
    const fileName = document.uri.path.split('/').pop() ?? '';
    const { state } = document;
    const message: ToEditor = { kind: 'snapshot', snapshot: { fileName, image: imageSource(document, webview), state, view: restoreView(document.view) } };
    void webview.postMessage(message);
  };

  const receive = (message: FromEditor): void => {
    switch (message.kind) {
      case 'ready':
        ready = true;
        // The host's own is newer, except after a reload of the window, which only the page's state outlives.
        document.view ??= message.view ? restoreView(message.view) : panelMemory.firstView();
        return post();
      case 'view':
        document.view = restoreView(message.view);
        return panelMemory.keep(document.view);
      case 'focus':
        return canvasFocus.set(panel, message.focused);
      case 'image-failed':
        return void document.renderPicture();
      case 'action':
        if (message.action === 'retry') return document.refresh();
        return void vscode.commands.executeCommand(ACTIONS[message.action]);
    }
  };

  const subscriptions = vscode.Disposable.from(webview.onDidReceiveMessage(receive), document.onDidChange(post));
  webview.html = editorPage({
    cspSource: webview.cspSource,
    script: asset('editor.js'),
    style: asset('style.css'),
    nonce: crypto.randomBytes(16).toString('base64url'),
  });
  return subscriptions;
}

function imageSource({ picture, uri }: SmearDocument, webview: vscode.Webview): ImageSource | undefined {
  if (picture?.kind !== 'file') return picture;
  // The version makes the browser read a file anew that has changed. Added last: asWebviewUri drops a query.
  return { kind: 'uri', uri: webview.asWebviewUri(uri).with({ query: `version=${picture.version}` }).toString() };
}
