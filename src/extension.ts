/** Composes the features; nothing else. */
import * as path from 'node:path';
import * as vscode from 'vscode';
import { augmentFolder } from './commands/augmentFolder';
import { checkModel } from './commands/checkModel';
import { chooseLayer } from './commands/chooseLayer';
import { chooseModel } from './commands/chooseModel';
import { chooseProvider } from './commands/chooseProvider';
import { contactSheet } from './commands/contactSheet';
import { copyResult } from './commands/copyResult';
import { datasetCommands } from './commands/dataset';
import { doctor } from './commands/doctor';
import { evaluateFolder } from './commands/evaluateFolder';
import { exportOverlay } from './commands/exportOverlay';
import { importModel } from './commands/importModel';
import { labelCommands } from './commands/labels';
import { openInSmearLens } from './commands/openInSmearLens';
import { openReport } from './commands/openReport';
import { queueCommands } from './commands/queue';
import { regionCommands } from './commands/regions';
import { registerCommands } from './commands/register';
import { Reports } from './commands/reports';
import { reviewFolder } from './commands/reviewFolder';
import { trainHead } from './commands/trainHead';
import { useForWorkspace } from './commands/useForWorkspace';
import { viewCommands } from './commands/viewCommands';
import { ActiveSmear, type ActivePage } from './editor/activeSmear';
import { registerAssistantTools } from './editor/assistantTools';
import { CanvasFocus } from './editor/canvasFocus';
import { GridPanel } from './editor/gridPanel';
import { LabelBook } from './editor/labelBook';
import { Labelling } from './editor/labelling';
import { ModelChoices } from './editor/modelChoices';
import { ReportPanels } from './editor/reportPanels';
import { ReviewPanels } from './editor/reviewPanels';
import { ReviewPlaces } from './editor/reviewPlaces';
import { ReviewQueueFolder } from './editor/reviewQueue';
import type { AnalysisEvent, SmearDocument } from './editor/smearDocument';
import { registerSmearEditor } from './editor/smearEditor';
import { ViewMemory } from './editor/viewMemory';
import { InferenceClient } from './inference/client';
import { defaultModel } from './models/defaultModel';
import { registerLabelDecorations } from './views/labelDecorations';
import { registerQueueView } from './views/queueView';
import { registerStatusBar } from './views/statusBar';

/** What other extensions, and the tests, may use. */
export interface SmearLensApi {
  /** Process id of the inference process; undefined while none runs. */
  inferencePid(): number | undefined;
  /** An open smear's analysis began, succeeded or failed, or its file was deleted. */
  readonly onDidChangeAnalysis: vscode.Event<AnalysisEvent>;
  /** The smears that are open: in editors, and in review sessions with those kept ready around the one on show. */
  readonly documents: ReadonlySet<SmearDocument>;
  /** The pages that show them; one of a hidden tab counts. */
  readonly pages: ReadonlySet<ActivePage>;
  /** Calls that the inference process has not answered yet. */
  pendingCalls(): number;
}

let inference: InferenceClient | undefined;

export function activate({ extensionPath, extensionUri, globalState, workspaceState, subscriptions }: vscode.ExtensionContext): SmearLensApi {
  const log = vscode.window.createOutputChannel('SmearLens', { log: true });
  const client = new InferenceClient({ entry: path.join(extensionPath, 'dist', 'inference.js'), log: (level, text) => log[level](text) });
  inference = client;
  const active = new ActiveSmear();
  const analyses = new vscode.EventEmitter<AnalysisEvent>();
  const documents = new Set<SmearDocument>();
  const models = new ModelChoices(workspaceState, defaultModel(extensionPath));
  const reports = new Reports();
  const labels = new LabelBook(globalState, log);
  const queue = new ReviewQueueFolder(workspaceState, labels);
  const options = { labels, labelling: new Labelling(labels, (uri) => queue.verdictsOn(uri), log), places: new ReviewPlaces(workspaceState), inference: client, log, active, analyses, documents, models, extensionUri, canvasFocus: new CanvasFocus(), viewMemory: new ViewMemory(globalState) };
  const reviews = new ReviewPanels(options);
  const entry = path.join(extensionPath, 'dist', 'cli.js');
  const grid = new GridPanel({ extensionUri, queue, labels, reviews, inference: client, log, entry });
  const evaluations = { active, models, reports: new ReportPanels({ extensionUri, reviews, log }), storage: workspaceState, log, entry, defaultModel: defaultModel(extensionPath) };

  subscriptions.push(
    log,
    active,
    analyses,
    models,
    labels,
    reports,
    queue,
    reviews,
    evaluations.reports,
    registerSmearEditor(options),
    registerStatusBar(active),
    registerQueueView(queue),
    registerLabelDecorations(labels),
    registerAssistantTools({ inference: client, models, labels, active, log }),
    registerCommands(
      {
        'smearlens.open': openInSmearLens,
        'smearlens.review': (target) => reviewFolder(target, active, reviews),
        'smearlens.next': () => active.page.surface.go(1),
        'smearlens.previous': () => active.page.surface.go(-1),
        'smearlens.chooseModel': () => chooseModel(active),
        'smearlens.importModel': (target) => importModel(target, { active, log, entry }),
        'smearlens.chooseProvider': () => chooseProvider(active),
        'smearlens.chooseLayer': () => chooseLayer(active, client, models),
        'smearlens.exportOverlay': () => exportOverlay(active),
        'smearlens.contactSheet': () => contactSheet(active, extensionUri, log),
        'smearlens.copyResult': () => copyResult(active, labels),
        'smearlens.useForWorkspace': useForWorkspace,
        'smearlens.doctor': () => doctor(models.for(active.current?.uri), client, reports),
        'smearlens.evaluate': (target) => evaluateFolder(target, evaluations),
        'smearlens.openReport': (target) => openReport(target, evaluations.reports),
        'smearlens.checkModel': (target) => checkModel(target, active, models, client, reports),
        'smearlens.augment': (target) => augmentFolder(target, { active, extensionUri, log, entry }),
        'smearlens.trainHead': (target, thenRank) => trainHead(target, thenRank === true, { active, extensionUri, queue, models, log, entry, defaultModel: defaultModel(extensionPath) }),
        'smearlens.showLog': () => log.show(),
        ...datasetCommands({ active, labels, reports, log, entry }),
        ...labelCommands({ active, labels, reviews }),
        ...queueCommands({ active, queue, grid, reviews, models, log, entry, defaultModel: defaultModel(extensionPath) }),
        ...regionCommands(active),
        ...viewCommands(active),
      },
      log,
    ),
  );
  return { inferencePid: () => client.pid, onDidChangeAnalysis: analyses.event, documents, pages: active.open, pendingCalls: () => client.pending };
}

/** VS Code waits for the promise, so the inference process is gone when the window is. */
export async function deactivate(): Promise<void> {
  await inference?.dispose();
}
