import * as vscode from 'vscode';
import { explorerOrder } from '../images/order';
import type { ViewState } from '../protocol/viewState';
import { viewTypeFor, VIEW_TYPES } from './contributions';
import { connectPanel, type PanelOptions } from './editorPanel';
import { SmearDocument, type SmearDocumentOptions } from './smearDocument';
import type { Surface } from './surface';
import type { ViewMemory } from './viewMemory';

export interface SmearEditorOptions extends SmearDocumentOptions, PanelOptions {}

/** The custom editor for smear images, under both of its view types. */
export function registerSmearEditor(options: SmearEditorOptions): vscode.Disposable {
  const provider = new SmearEditorProvider(options);
  const registrations = Object.keys(VIEW_TYPES).map((viewType) =>
    vscode.window.registerCustomEditorProvider(viewType, provider, { supportsMultipleEditorsPerDocument: true }),
  );
  return vscode.Disposable.from(...registrations);
}

class SmearEditorProvider implements vscode.CustomReadonlyEditorProvider<EditedSmear> {
  constructor(private readonly options: SmearEditorOptions) {}

  openCustomDocument(uri: vscode.Uri): EditedSmear {
    return new EditedSmear(new SmearDocument(uri, this.options), this.options.viewMemory);
  }

  resolveCustomEditor(smear: EditedSmear, panel: vscode.WebviewPanel): void {
    connectPanel(smear, panel, this.options);
  }
}

/** The document of the custom editor: one smear, shown by as many panels as the reviewer splits it into. */
class EditedSmear implements vscode.CustomDocument, Surface {
  view: ViewState | undefined;
  readonly neighbours = [];
  readonly onDidChange: vscode.Event<void>;
  readonly fileName: string;
  readonly root: vscode.Uri;

  constructor(
    readonly current: SmearDocument,
    private readonly viewMemory: ViewMemory,
  ) {
    this.onDidChange = current.onDidChange;
    this.fileName = current.uri.path.split('/').pop() ?? '';
    this.root = vscode.Uri.joinPath(current.uri, '..');
    current.refresh();
  }

  get uri(): vscode.Uri {
    return this.current.uri;
  }

  /** Opens the folder's next image in the preview tab, with the view of this one. */
  async go(step: 1 | -1): Promise<void> {
    const entries = await vscode.workspace.fs.readDirectory(this.root);
    const images = entries.filter(([name, type]) => !(type & vscode.FileType.Directory) && viewTypeFor(name)).map(([name]) => name);
    // With its own, which may have been deleted.
    const names = [...new Set([...images, this.fileName])].sort(explorerOrder);
    const next = names[names.indexOf(this.fileName) + step];
    const viewType = next && viewTypeFor(next);
    if (!viewType) return void vscode.window.setStatusBarMessage(step > 0 ? 'This is the last image of the folder.' : 'This is the first image of the folder.', 3000);
    const uri = vscode.Uri.joinPath(this.root, next);
    this.viewMemory.handOver(uri, this.view);
    await vscode.commands.executeCommand('vscode.openWith', uri, viewType, { preview: true });
  }

  dispose(): void {
    this.current.dispose();
  }
}
