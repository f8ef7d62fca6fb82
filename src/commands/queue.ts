import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import type { ActiveSmear } from '../editor/activeSmear';
import type { FolderQueue } from '../editor/folderQueue';
import type { GridPanel } from '../editor/gridPanel';
import type { ReviewPanels } from '../editor/reviewPanels';
import type { ReviewQueueFolder } from '../editor/reviewQueue';
import { folderOf } from './folderOf';
import { rankQueue, type RankOptions } from './rankQueue';
import type { CommandHandler } from './register';
import type { CommandId } from './table';

export interface QueueOptions extends RankOptions {
  readonly active: ActiveSmear;
  readonly queue: ReviewQueueFolder;
  readonly grid: GridPanel;
  readonly reviews: ReviewPanels;
}

type QueueCommandId = Extract<CommandId, `smearlens.${'queue' | 'rank' | 'grid' | 'openQueued' | 'labelSelected' | 'undoSelected' | 'redoSelected'}`>;

/** The commands of the review queue. */
export function queueCommands(options: QueueOptions): Record<QueueCommandId, CommandHandler> {
  const { queue, grid, reviews } = options;
  return {
    'smearlens.queue': async (target) => {
      if (!(await chosen(target, options))) return;
      await vscode.commands.executeCommand('smearlens.queue.focus');
    },
    'smearlens.rank': async () => {
      const found = queue.current ?? (await chosen(undefined, options));
      if (found) await rankQueue(found, options);
    },
    'smearlens.grid': async (target) => {
      const found = target === undefined ? (queue.current ?? (await chosen(target, options))) : await chosen(target, options);
      if (found) grid.show(found);
    },
    'smearlens.openQueued': (image, ranked) => openQueued(image, ranked === true, queue, reviews),
    'smearlens.labelSelected': (choice) => grid.labelSelected(typeof choice === 'number' ? choice : 'unsure'),
    'smearlens.undoSelected': () => grid.turn('undo'),
    'smearlens.redoSelected': () => grid.turn('redo'),
  };
}

async function chosen(target: unknown, { active, queue }: QueueOptions): Promise<FolderQueue | undefined> {
  const found = await folderOf(target, active, 'Which folder is to be reviewed?');
  return found && queue.choose(found.folder);
}

/** An image of the queue in the review session: of the folder or, from the ranking, of the ranked images with their reasons. */
async function openQueued(image: unknown, ranked: boolean, queue: ReviewQueueFolder, reviews: ReviewPanels): Promise<void> {
  const { current } = queue;
  if (!current || typeof image !== 'string') throw new SmearLensError('input-invalid', 'There is no review queue.', "Choose a folder with 'SmearLens: Show Review Queue'.");
  if (!ranked) return reviews.review(current.folder, vscode.Uri.joinPath(current.folder, image));
  const rows = current.rows.filter(({ reason }) => reason);
  reviews.reviewQueue(current.folder, { title: current.ranking ?? '', images: rows.map(({ path }) => path), notes: Object.fromEntries(rows.map(({ path, reason }) => [path, reason?.text ?? ''])) }, image);
}
