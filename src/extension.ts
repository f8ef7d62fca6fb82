/** Composes the features; nothing else. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { chooseModel } from './commands/chooseModel';
import { chooseProvider } from './commands/chooseProvider';
import { Doctor } from './commands/doctor';
import { openInSmearLens } from './commands/openInSmearLens';
import { registerCommands } from './commands/register';
import { viewCommands } from './commands/viewCommands';
import { ActiveSmear } from './editor/activeSmear';
import { CanvasFocus } from './editor/canvasFocus';
import { PanelMemory } from './editor/panelMemory';
import { modelChoice } from './editor/settings';
import { registerSmearEditor, type AnalysisEvent } from './editor/smearEditor';
import { defaultModel } from './models/defaultModel';
import { InferenceClient } from './inference/client';
import type { ModelChoice } from './protocol/inference';
import { registerStatusBar } from './views/statusBar';

/** What other extensions, and the tests, may use. */
export interface SmearLensApi {
  /** Process id of the inference process; undefined while none runs. */
  inferencePid(): number | undefined;
  /** An open smear's analysis began, succeeded or failed, or its file was deleted. */
  readonly onDidChangeAnalysis: vscode.Event<AnalysisEvent>;
}

let inference: InferenceClient | undefined;

export function activate({ extensionPath, extensionUri, globalState, subscriptions }: vscode.ExtensionContext): SmearLensApi {
  const log = vscode.window.createOutputChannel('SmearLens', { log: true });
  const client = new InferenceClient({ entry: path.join(extensionPath, 'dist', 'inference.js'), log: (level, text) => log[level](text) });
  inference = client;
  const active = new ActiveSmear();
  const analyses = new vscode.EventEmitter<AnalysisEvent>();
  const modelFor = (uri?: vscode.Uri): ModelChoice => modelChoice(uri, () => defaultModel(extensionPath));
  const doctor = new Doctor(client, () => modelFor(active.current?.uri));

  subscriptions.push(
    log,
    active,
    analyses,
    doctor,
    registerSmearEditor({
      inference: client,
      log,
      active,
      analyses,
      extensionUri,
      chooseModel: modelFor,
      canvasFocus: new CanvasFocus(),
      panelMemory: new PanelMemory(globalState),
    }),
    registerStatusBar(active),
    registerCommands(
      {
        'smearlens.open': openInSmearLens,
        'smearlens.chooseModel': chooseModel,
        'smearlens.chooseProvider': chooseProvider,
        'smearlens.doctor': () => doctor.run(),
        'smearlens.showLog': () => log.show(),
        ...viewCommands(active),
      },
      log,
    ),
  );
  return { inferencePid: () => client.pid, onDidChangeAnalysis: analyses.event };
}

/** VS Code waits for the promise, so the inference process is gone when the window is. */
export async function deactivate(): Promise<void> {
  await inference?.dispose();
}
