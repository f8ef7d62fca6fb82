import * as vscode from 'vscode';
import type { InferenceService } from '../editor/inferenceService';
import type { ModelChoice } from '../protocol/inference';
import { doctorMarkdown } from './doctorReport';

const SCHEME = 'smearlens-report';
const REPORT = vscode.Uri.parse(`${SCHEME}:/SmearLens Doctor.md`);

/** The `Doctor` command: tries every execution provider for real and shows the findings as a read-only document. */
export class Doctor implements vscode.TextDocumentContentProvider {
  private report = '';
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  constructor(
    private readonly inference: InferenceService,
    private readonly chooseModel: () => ModelChoice,
  ) {}

  async run(): Promise<void> {
    const model = this.chooseModel();
    const where = { location: vscode.ProgressLocation.Notification, title: 'SmearLens tries the execution providers', cancellable: true };
    const report = await vscode.window.withProgress(where, (_progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return this.inference.call('doctor', { model }, { priority: 'interactive', signal: abort.signal });
    });
    this.report = doctorMarkdown(model, report);
    this.changed.fire(REPORT);
    await vscode.window.showTextDocument(REPORT, { preview: true });
  }

  provideTextDocumentContent(): string {
    return this.report;
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
