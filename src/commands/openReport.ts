import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ReportPanels } from '../editor/reportPanels';

/** More than a list can show at a glance. */
const MAX_FOUND = 200;

/** Opens the report of an evaluation: the report.html that the menu was invoked on, or one of the workspace's. */
export async function openReport(target: unknown, reports: ReportPanels): Promise<void> {
  const file = target instanceof vscode.Uri ? target : await pickReport();
  if (file) await reports.show(vscode.Uri.joinPath(file, '..'));
}

async function pickReport(): Promise<vscode.Uri | undefined> {
  // A report.html without the metrics beside it is somebody else's.
  const files = await vscode.workspace.findFiles('**/metrics.json', '**/node_modules/**', MAX_FOUND);
  const items = files
    .map((file) => ({ label: path.basename(path.dirname(file.fsPath)), description: vscode.workspace.asRelativePath(vscode.Uri.joinPath(file, '..')), file }))
    .sort((a, b) => b.description.localeCompare(a.description));
  return (await vscode.window.showQuickPick(items, { title: 'SmearLens: open evaluation report', placeHolder: items.length > 0 ? 'Which evaluation?' : 'No evaluation was found in this workspace', matchOnDescription: true }))?.file;
}
