import * as vscode from 'vscode';
import type { ToEditor, ViewCommand } from '../protocol/editor';
import type { SmearDocument } from './smearDocument';

/** Which smear has the focus, for the status bar and the commands that act on 'this image'. */
export class ActiveSmear {
  private editor: { readonly document: SmearDocument; readonly panel: vscode.WebviewPanel } | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another smear, none, or a change of the active one. */
  readonly onDidChange = this.changed.event;

  get current(): SmearDocument | undefined {
    return this.editor?.document;
  }

  /** Follows one editor; what is returned stops that. */
  follow(document: SmearDocument, panel: vscode.WebviewPanel): vscode.Disposable {
    const editor = { document, panel };
    const leave = (): void => {
      // Each editor takes back only its own: the next one may have become active before this one hears of it.
      if (this.editor === editor) this.set(undefined);
    };
    const update = (): void => (panel.active ? this.set(editor) : leave());
    const subscriptions = [panel.onDidChangeViewState(update), document.onDidChange(() => this.editor === editor && this.changed.fire())];
    update();
    return vscode.Disposable.from(...subscriptions, { dispose: leave });
  }

  /** Has the active editor's page do what a key or a command asks for. */
  send(command: ViewCommand): void {
    const message: ToEditor = { kind: 'command', command };
    void this.editor?.panel.webview.postMessage(message);
  }

  dispose(): void {
    this.changed.dispose();
  }

  private set(editor: typeof this.editor): void {
    if (this.editor === editor) return;
    this.editor = editor;
    this.changed.fire();
  }
}
