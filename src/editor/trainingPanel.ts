import * as crypto from 'node:crypto';
import * as vscode from 'vscode';
import type { FromTraining, ToTraining, TrainingView } from '../protocol/training';
import { trainingPage } from './trainingHtml';

const VIEW_TYPE = 'smearlens.training';

/** What the page's buttons do. */
export type TrainingActions = Readonly<Record<Exclude<FromTraining['kind'], 'ready'>, () => void>>;

/** Shows a training while it runs, and what became of it; a page that is loaded anew shows the same. */
export class TrainingPanel {
  private readonly panel: vscode.WebviewPanel;
  readonly onDidDispose: vscode.Event<void>;
  private closed = false;

  constructor(
    private view: TrainingView,
    extensionUri: vscode.Uri,
    actions: TrainingActions,
  ) {
    const assets = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    const { webview } = (this.panel = vscode.window.createWebviewPanel(VIEW_TYPE, view.title, vscode.ViewColumn.Active, { enableScripts: true, localResourceRoots: [assets] }));
    const asset = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(assets, file)).toString();
    this.onDidDispose = this.panel.onDidDispose;
    this.panel.onDidDispose(() => (this.closed = true));
    this.panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.png');
    webview.onDidReceiveMessage(({ kind }: FromTraining) => (kind === 'ready' ? this.send() : actions[kind]()));
    webview.html = trainingPage({ cspSource: webview.cspSource, script: asset('training.js'), style: asset('training.css'), nonce: crypto.randomBytes(16).toString('base64url') });
  }

  get current(): TrainingView {
    return this.view;
  }

  /** Shows what has changed. */
  update(change: Partial<TrainingView>): void {
    this.view = { ...this.view, ...change };
    this.send();
  }

  private send(): void {
    if (!this.closed) void this.panel.webview.postMessage({ view: this.view } satisfies ToTraining);
  }
}
