import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import type { Export, ExportedPicture, ToEditor } from '../protocol/editor';
import { SMEAR_ACTIVE } from './contributions';
import type { SmearDocument } from './smearDocument';
import type { Surface } from './surface';

/** A surface and the page that shows it. */
export interface ActivePage {
  readonly surface: Surface;
  readonly panel: vscode.WebviewPanel;
  /** Asks the page for a picture of what is on show. @throws SmearLensError by rejection, with the page's own error */
  readonly exportPicture: (what: Export) => Promise<ExportedPicture>;
}

/** Which smear has the focus, for the status bar and the commands that act on 'this image'. */
export class ActiveSmear {
  private readonly pages = new Set<ActivePage>();
  private active: ActivePage | undefined;
  private readonly changed = new vscode.EventEmitter<void>();
  /** Another smear, none, or a change of the active one. */
  readonly onDidChange = this.changed.event;

  get current(): SmearDocument | undefined {
    return this.active?.surface.current;
  }

  /** All that are open, hidden ones included. */
  get open(): ReadonlySet<ActivePage> {
    return this.pages;
  }

  /** @throws SmearLensError where no smear is on show */
  get page(): ActivePage {
    if (this.active) return this.active;
    throw new SmearLensError('image-not-found', 'No smear has the focus.', "Open an image with 'SmearLens: Open in SmearLens', or click on one that is open, and run the command again.");
  }

  /** Follows one page; what is returned stops that. */
  follow(page: ActivePage): vscode.Disposable {
    const { panel, surface } = page;
    this.pages.add(page);
    const leave = (): void => {
      // Each page takes back only its own: the next one may have become active before this one hears of it.
      if (this.active === page) this.set(undefined);
    };
    const update = (): void => (panel.active ? this.set(page) : leave());
    const subscriptions = [panel.onDidChangeViewState(update), surface.onDidChange(() => this.active === page && this.changed.fire())];
    update();
    return vscode.Disposable.from(...subscriptions, { dispose: () => (this.pages.delete(page), leave()) });
  }

  /** Has the active page do what a key or a command asks for. */
  send(message: Extract<ToEditor, { readonly kind: 'command' | 'label-command' | 'region-command' }>): void {
    void this.page.panel.webview.postMessage(message);
  }

  dispose(): void {
    this.changed.dispose();
  }

  private set(page: ActivePage | undefined): void {
    if (this.active === page) return;
    this.active = page;
    void vscode.commands.executeCommand('setContext', SMEAR_ACTIVE, page !== undefined);
    this.changed.fire();
  }
}
