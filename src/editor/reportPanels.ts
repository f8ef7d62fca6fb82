import * as crypto from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { toErrorInfo, SmearLensError } from '../errors';
import { reportPage } from '../evaluation/report/html';
import type { FromReport } from '../protocol/report';
import { REPORT_VIEW_TYPE } from './contributions';
import { readEvaluation, type StoredEvaluation } from './evaluationFolder';
import type { ReviewPanels } from './reviewPanels';

export interface ReportOptions {
  readonly extensionUri: vscode.Uri;
  readonly reviews: ReviewPanels;
  readonly log: vscode.LogOutputChannel;
}

/** The open reports of evaluations, one a folder of results. */
export class ReportPanels implements vscode.WebviewPanelSerializer {
  private readonly open = new Map<string, { readonly panel: vscode.WebviewPanel; evaluation: StoredEvaluation }>();
  private readonly registration = vscode.window.registerWebviewPanelSerializer(REPORT_VIEW_TYPE, this);

  constructor(private readonly options: ReportOptions) {}

  /**
   * Shows the report of an evaluation; one that is open is read anew.
   * @param folder of the results
   * @throws SmearLensError `input-invalid` where there is no report
   */
  async show(folder: vscode.Uri): Promise<void> {
    const evaluation = await readEvaluation(folder.fsPath);
    const known = this.open.get(folder.toString());
    known?.panel.reveal();
    this.fill(known?.panel ?? vscode.window.createWebviewPanel(REPORT_VIEW_TYPE, '', vscode.ViewColumn.Active), folder, evaluation);
  }

  /** VS Code restores the panels of a window that was reloaded. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    try {
      const resume = typeof state === 'object' && state !== null && 'resume' in state ? state.resume : undefined;
      if (typeof resume !== 'string') throw new SmearLensError('input-invalid', 'It has left no note of its folder.', 'Open its report.html anew.');
      const folder = vscode.Uri.parse(resume, true);
      this.fill(panel, folder, await readEvaluation(folder.fsPath));
    } catch (thrown) {
      const { message, hint } = toErrorInfo(thrown);
      panel.dispose();
      void vscode.window.showWarningMessage(`The report of an evaluation could not be opened again: ${message} ${hint}`);
    }
  }

  dispose(): void {
    this.registration.dispose();
    for (const { panel } of this.open.values()) panel.dispose();
  }

  private fill(panel: vscode.WebviewPanel, folder: vscode.Uri, evaluation: StoredEvaluation): void {
    const { webview } = panel;
    const { data } = evaluation;
    const assets = vscode.Uri.joinPath(this.options.extensionUri, 'dist', 'webview');
    const asset = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(assets, name)).toString();
    const key = folder.toString();
    const known = this.open.get(key);
    if (known?.panel === panel) known.evaluation = evaluation;
    else {
      const shown = { panel, evaluation };
      this.open.set(key, shown);
      panel.onDidDispose(() => this.open.delete(key));
      webview.onDidReceiveMessage((message: FromReport) => this.review(message, folder, shown.evaluation));
    }
    panel.title = `Evaluation of ${data.run.title}`;
    panel.iconPath = vscode.Uri.joinPath(this.options.extensionUri, 'media', 'icon.png');
    webview.options = { enableScripts: true, localResourceRoots: [assets] };
    webview.html = reportPage({ ...data, run: { ...data.run, resume: key } }, { cspSource: webview.cspSource, script: asset('report.js'), style: asset('report.css'), nonce: crypto.randomBytes(16).toString('base64url') });
  }

  /** Shows images of the report in a review session, read by the model that the reader was looking at. */
  private review({ paths, title, model, notes }: FromReport, folder: vscode.Uri, { folder: evaluated, modelPaths }: StoredEvaluation): void {
    try {
      if (evaluated === undefined) throw new SmearLensError('input-invalid', `${path.join(folder.fsPath, 'run.json')}: does not tell which folder was evaluated.`, 'Keep run.json beside the report, or evaluate again.');
      // An ensemble or a calibrated model has no file of its own: its overlay is that of its model, or the first one's.
      const own = modelPaths.get(model) ?? [...modelPaths].find(([id]) => model.startsWith(id))?.[1] ?? [...modelPaths.values()][0];
      this.options.reviews.reviewQueue(vscode.Uri.file(evaluated), { title, images: paths, notes, model: own });
    } catch (thrown) {
      const { code, message, hint } = toErrorInfo(thrown);
      this.options.log.error(`${folder.fsPath}: [${code}] ${message} ${hint}`);
      void vscode.window.showErrorMessage(`${message} ${hint}`);
    }
  }
}
