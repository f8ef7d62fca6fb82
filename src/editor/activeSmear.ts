import * as vscode from 'vscode';
import type { SmearDocument } from './smearDocument';

/** Which smear has the focus, for the status bar and the commands that act on 'this image'. */
export class ActiveSmear {
  private document: SmearDocument | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another smear, none, or a change of the active one. */
  readonly onDidChange = this.changed.event;

  get current(): SmearDocument | undefined {
    return this.document;
  }

  /** Follows one editor; what is returned stops that. */
  follow(document: SmearDocument, panel: vscode.WebviewPanel): vscode.Disposable {
    const leave = (): void => {
      // Each editor takes back only its own: the next one may have become active before this one hears of it.
      if (this.document === document) this.set(undefined);
    };
    const update = (): void => (panel.active ? this.set(document) : leave());
    const subscriptions = [panel.onDidChangeViewState(update), document.onDidChange(() => this.document === document && this.changed.fire())];
    update();
    return vscode.Disposable.from(...subscriptions, { dispose: leave });
  }

  dispose(): void {
    this.changed.dispose();
  }

  private set(document: SmearDocument | undefined): void {
    if (this.document === document) return;
    this.document = document;
    this.changed.fire();
  }
}
