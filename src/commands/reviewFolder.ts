import * as vscode from 'vscode';
import type { ActiveSmear } from '../editor/activeSmear';
import type { ReviewPanels } from '../editor/reviewPanels';
import { folderOf } from './folderOf';

/** Reviews a folder of smears, from the image on that led there. */
export async function reviewFolder(target: unknown, active: ActiveSmear, panels: ReviewPanels): Promise<void> {
  const chosen = await folderOf(target, active, 'Which folder is to be reviewed?');
  if (!chosen) return;
  const where = { location: vscode.ProgressLocation.Window, title: 'SmearLens looks for images' };
  await vscode.window.withProgress(where, () => panels.review(chosen.folder, chosen.image));
}
