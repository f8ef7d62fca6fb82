import { randomBytes } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Writer } from '../annotations/append';
import { findLogRoot } from '../annotations/folder';
import { SmearLensError, toErrorInfo } from '../errors';
import { LabelStore } from './labelStore';

const DEVICE = 'smearlens.device';

/** The annotation logs of this window, and who writes to them. */
export class LabelBook {
  private readonly changed = new vscode.EventEmitter<void>();
  /** A label, a note or a class list of some folder is another. */
  readonly onDidChange = this.changed.event;
  private readonly stores = new Map<string, Promise<LabelStore | undefined>>();
  private readonly opened = new Map<string, LabelStore>();

  /** @param storage of this machine: where the device's random id is kept */
  constructor(
    private readonly storage: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** The name under which labels are written; empty until the reviewer has been asked. */
  get reviewer(): string {
    return vscode.workspace.getConfiguration('smearlens').get<string>('reviewer', '').trim();
  }

  /**
   * Who appends, asked for the name where it is not known yet.
   * @throws SmearLensError `cancelled` where no name is given
   */
  async writer(): Promise<Writer> {
    const reviewer = this.reviewer || (await this.askReviewer());
    let device = this.storage.get<string>(DEVICE);
    if (!device) {
      device = randomBytes(4).toString('hex');
      await this.storage.update(DEVICE, device);
    }
    return { reviewer, device };
  }

  /** The log that an image's labels are in, if it has been opened; it is opened if not. */
  peek(image: vscode.Uri): LabelStore | undefined {
    if (image.scheme !== 'file') return undefined;
    const root = rootOf(image);
    const known = this.opened.get(root);
    if (!known) void this.open(root);
    return known;
  }

  /** @throws SmearLensError `input-invalid` where the log or project.json cannot be read */
  async of(image: vscode.Uri): Promise<LabelStore> {
    const root = rootOf(image);
    const store = await this.open(root);
    if (store) return store;
    // Tells why, and opens it if the cause is gone.
    this.stores.delete(root);
    return this.connect(root, await LabelStore.open(root, this.log));
  }

  dispose(): void {
    for (const store of this.opened.values()) store.dispose();
    this.changed.dispose();
  }

  private open(root: string): Promise<LabelStore | undefined> {
    const known = this.stores.get(root);
    if (known) return known;
    const opening = LabelStore.open(root, this.log).then(
      (store) => this.connect(root, store),
      (thrown: unknown) => {
        const { code, message, hint } = toErrorInfo(thrown);
        this.log.error(`[${code}] ${message} ${hint}`);
        void vscode.window.showWarningMessage(`${message} ${hint}`);
        return undefined;
      },
    );
    this.stores.set(root, opening);
    return opening;
  }

  private connect(root: string, store: LabelStore): LabelStore {
    this.opened.set(root, store);
    this.stores.set(root, Promise.resolve(store));
    store.onDidChange(() => this.changed.fire());
    this.changed.fire();
    return store;
  }

  private async askReviewer(): Promise<string> {
    const name = await vscode.window.showInputBox({
      title: 'SmearLens: who labels?',
      prompt: 'Your name stands with every label in the annotation log. Asked once; it is the setting smearlens.reviewer.',
      validateInput: (text) => (text.trim() ? undefined : 'A name is needed.'),
      ignoreFocusOut: true,
    });
    if (!name?.trim()) throw new SmearLensError('cancelled', 'No label was recorded: there is no reviewer.', 'Label again and give a name.');
    await vscode.workspace.getConfiguration('smearlens').update('reviewer', name.trim(), vscode.ConfigurationTarget.Global);
    return name.trim();
  }
}

/** The nearest folder above with a log; else the workspace folder; else the image's own. */
function rootOf(image: vscode.Uri): string {
  const folder = path.dirname(image.fsPath);
  return findLogRoot(folder) ?? vscode.workspace.getWorkspaceFolder(image)?.uri.fsPath ?? folder;
}
