import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import type { QueueReason } from '../curation/queue';
import type { RankedImage, Ranking } from '../curation/ranking';
import type { FolderQueue } from '../editor/folderQueue';
import type { ModelChoices } from '../editor/modelChoices';
import { runWithProgress, type CommandLine } from './commandLineProgress';
import { chooseModels, chooseTruth } from './evaluationChoices';

export interface RankOptions extends CommandLine {
  readonly models: ModelChoices;
  /** Path of the model that comes with SmearLens. */
  readonly defaultModel: string;
}

interface RankingItem extends vscode.QuickPickItem {
  readonly by: Ranking;
  /** What it is reckoned from. */
  readonly needs: 'labels' | 'model' | 'models';
  /** What the ranked group is called. */
  readonly words: string;
}

const TITLE = 'SmearLens: rank review queue';

const ITEMS: readonly RankingItem[] = [
  { by: 'label', needs: 'labels', label: 'Label to check', words: 'Labels to check first', detail: 'Heads trained on other images, on a network that saw no smear, give another class than the label. The label may well be right.' },
  { by: 'margin', needs: 'model', label: 'Uncertain: margin', words: 'Smallest margin first', detail: "The model's two likeliest classes are nearly alike." },
  { by: 'entropy', needs: 'model', label: 'Uncertain: entropy', words: 'Largest entropy first', detail: "The model's probabilities are spread over the classes." },
  { by: 'disagreement', needs: 'models', label: 'Disagreement between models', words: 'Disagreement of models first', detail: 'Two or more models say different things (Jensen-Shannon divergence).' },
  { by: 'duplicates', needs: 'labels', label: 'Near-duplicate of an image with another label', words: 'Near-duplicates with another label first', detail: 'The same field twice, labelled differently: one of the labels is wrong.' },
  { by: 'background', needs: 'model', label: 'Map on background', words: 'Maps on background first', detail: "Most of the energy of the model's Grad-CAM lies outside cells." },
];
const TRAIN: vscode.QuickPickItem & { readonly by: 'new head' } = { by: 'new head', label: 'Train a head on my labels and rank by it', detail: 'Active learning: of the images that the new head has not seen, those it is least sure of come first.' };
/** More than these nobody goes through in one sitting. */
const MOST = 500;

/** Asks by what the images of the queue are to be ranked, has the command line do it, and puts those to look at first first. */
export async function rankQueue(queue: FolderQueue, options: RankOptions): Promise<void> {
  const item = await vscode.window.showQuickPick([...ITEMS, TRAIN], { title: TITLE, placeHolder: 'Which images are to be looked at first?', matchOnDetail: true });
  if (!item) return;
  if (item.by === 'new head') return void vscode.commands.executeCommand('smearlens.trainHead', queue.folder, true);
  const source = await sourceOf(item, queue.folder, options);
  if (!source) return;
  const reasons = await reasonsFor(['curate', 'label-issues', queue.folder.fsPath, '--by', item.by, '--top', String(MOST), ...source], options);
  if (!reasons) return;
  if (reasons.size === 0) return void vscode.window.showInformationMessage(`No image was found for '${item.label}'.`);
  queue.rank(item.words, reasons);
  await vscode.commands.executeCommand('smearlens.queue.focus');
}

/**
 * Ranks by a head that was trained on labels of this folder: images that it has not seen, those it is least sure of first. Where it has seen all of them,
 * its scores would be remembered ones; then labels to check come first, by heads on the same network that did not see the image.
 * @param model folder of the trained head
 * @param truth where the labels come from, as arguments of the command line
 */
export async function rankWithHead(queue: FolderQueue, model: string, truth: readonly string[], options: RankOptions): Promise<void> {
  const rank = (...args: string[]): ReturnType<typeof reasonsFor> => reasonsFor(['curate', 'label-issues', queue.folder.fsPath, '--top', String(MOST), ...args], options);
  const unsure = await rank('--by', 'margin', '--model', model, '--provider', options.models.for(queue.folder).provider);
  if (!unsure) return;
  const reasons = unsure.size > 0 ? unsure : await rank('--by', 'label', '--backbone', model, ...truth);
  if (!reasons) return;
  queue.rank(unsure.size > 0 ? 'Unseen by the new head, least sure first' : 'Labels to check first (the head has seen all images)', reasons);
  await vscode.commands.executeCommand('smearlens.queue.focus');
}

/** Further arguments of the command line; undefined where nothing was chosen. */
async function sourceOf({ needs }: RankingItem, folder: vscode.Uri, { models, defaultModel }: RankOptions): Promise<string[] | undefined> {
  if (needs === 'labels') return chooseTruth({ title: TITLE, placeHolder: 'Where do the labels come from?' });
  const { path, provider } = models.for(folder);
  if (needs === 'model') return ['--model', path, '--provider', provider];
  const chosen = await chooseModels(folder, models, defaultModel, { title: TITLE, placeHolder: 'Which models? At least two' });
  if (!chosen) return undefined;
  if (chosen.length < 2) throw new SmearLensError('input-invalid', 'One model cannot disagree with itself.', 'Tick at least two models of the same classes.');
  return [...chosen.flatMap((model) => ['--model', model]), '--provider', provider];
}

/** By path, the first first; undefined where it was cancelled. @throws SmearLensError where nothing could be ranked */
async function reasonsFor(args: readonly string[], { entry, log }: RankOptions): Promise<Map<string, QueueReason> | undefined> {
  const reasons = new Map<string, QueueReason>();
  const { cancelled, failure } = await runWithProgress(args, 'SmearLens ranks the review queue', { entry, log }, (value) => {
    const { path, score, reason, verdicts } = value as RankedImage;
    reasons.set(path, { score, text: reason.text, verdicts });
  });
  if (cancelled) return undefined;
  // Images that cannot be read stop nothing.
  if (failure && reasons.size === 0) throw failure;
  if (failure) log.warn(`Not all images could be ranked: ${failure.message}`);
  return reasons;
}
