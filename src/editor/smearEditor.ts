import * as vscode from 'vscode';
import type { ActiveSmear } from './activeSmear';
import { VIEW_TYPES } from './contributions';
import { connectPanel, type PanelOptions } from './editorPanel';
import type { AnalysisState } from '../protocol/editor';
import { SmearDocument, type SmearDocumentOptions } from './smearDocument';

export interface SmearEditorOptions extends SmearDocumentOptions, PanelOptions {
  readonly active: ActiveSmear;
  /** Told of every change of every open document. */
  readonly analyses: vscode.EventEmitter<AnalysisEvent>;
}

export interface AnalysisEvent {
  readonly uri: vscode.Uri;
  readonly state: AnalysisState;
}

/** The custom editor for smear images, under both of its view types. */
export function registerSmearEditor(options: SmearEditorOptions): vscode.Disposable {
  const provider = new SmearEditorProvider(options);
  const registrations = Object.keys(VIEW_TYPES).map((viewType) =>
    vscode.window.registerCustomEditorProvider(viewType, provider, { supportsMultipleEditorsPerDocument: true }),
  );
  return vscode.Disposable.from(...registrations);
}

class SmearEditorProvider implements vscode.CustomReadonlyEditorProvider<SmearDocument> {
  constructor(private readonly options: SmearEditorOptions) {}

  openCustomDocument(uri: vscode.Uri): SmearDocument {
    const document = new SmearDocument(uri, this.options);
    let last: AnalysisState | undefined;
    // Ends with the document, which disposes of its event.
    document.onDidChange(() => {
      if (document.state !== last) this.options.analyses.fire({ uri, state: document.state });
      last = document.state;
    });
    document.refresh();
    return document;
  }

  resolveCustomEditor(document: SmearDocument, panel: vscode.WebviewPanel): void {
    const subscriptions = vscode.Disposable.from(
      connectPanel(document, panel, this.options),
      this.options.canvasFocus.follow(panel),
      this.options.active.follow(document, panel),
    );
    panel.onDidDispose(() => void subscriptions.dispose());
  }
}
