import * as vscode from 'vscode';
import { consensusOf } from '../annotations/replay';
import type { AnnotationEvent } from '../annotations/types';
import { SmearLensError } from '../errors';
import type { ActiveSmear } from '../editor/activeSmear';
import type { LabelBook } from '../editor/labelBook';
import { labelState } from '../editor/labelling';
import type { ReviewPanels } from '../editor/reviewPanels';
import { labelName } from '../protocol/labels';
import { folderOf } from './folderOf';
import type { CommandHandler } from './register';
import type { CommandId } from './table';

export interface LabelOptions {
  readonly active: ActiveSmear;
  readonly labels: LabelBook;
  readonly reviews: ReviewPanels;
}

type LabelCommandId = Extract<CommandId, `smearlens.${'label' | 'agree' | 'unsure' | 'note' | 'exclude' | 'undoLabel' | 'redoLabel' | 'toggleBlind' | 'adjudicate'}`>;

/** The commands that label, and those about labels. */
export function labelCommands(options: LabelOptions): Record<LabelCommandId, CommandHandler> {
  const { active } = options;
  return {
    'smearlens.label': (choice) => label(choice, options),
    'smearlens.agree': () => active.send({ kind: 'label-command', command: 'agree' }),
    'smearlens.unsure': () => active.send({ kind: 'label-command', command: 'unsure' }),
    'smearlens.note': () => active.send({ kind: 'label-command', command: 'note' }),
    'smearlens.exclude': () => active.send({ kind: 'label-command', command: 'exclude' }),
    'smearlens.undoLabel': () => turn('undo', options),
    'smearlens.redoLabel': () => turn('redo', options),
    'smearlens.toggleBlind': () => toggleBlind(options),
    'smearlens.adjudicate': (target) => adjudicate(target, options),
  };
}

/** A key says which class of the list, from 1; from the palette one is picked. */
async function label(choice: unknown, { active, labels }: LabelOptions): Promise<void> {
  if (typeof choice === 'number') return active.send({ kind: 'label-command', command: choice });
  const { classes } = labelState(active.page.surface, labels);
  const picked = await vscode.window.showQuickPick(
    classes.map(({ id, name, description }, i) => ({ label: name, description: i < 9 ? `key ${i + 1}` : id, detail: description, choice: i + 1 })),
    { title: 'SmearLens: label the image', matchOnDescription: true },
  );
  if (picked) active.send({ kind: 'label-command', command: picked.choice });
}

/** Takes the latest label of this folder back, or gives it again, and shows its image. */
async function turn(way: 'undo' | 'redo', { active, labels, reviews }: LabelOptions): Promise<void> {
  const { surface } = active.page;
  const store = await labels.of(surface.current.uri);
  const events = await store[way](await labels.writer());
  const nothing = way === 'undo' ? 'There is no label to undo in this window.' : 'There is nothing to redo.';
  if (!events) return void vscode.window.setStatusBarMessage(`SmearLens: ${nothing}`, 3000);
  const [first] = events;
  if (first?.image) reviews.sessionOf(surface)?.goTo(vscode.Uri.joinPath(vscode.Uri.file(store.root), first.image.path));
  vscode.window.setStatusBarMessage(`SmearLens: ${way === 'undo' ? 'taken back' : 'given again'}: ${words(events, surface.blind === true)}.`, 3000);
}

function words(events: readonly AnnotationEvent[], blind: boolean): string {
  const [first] = events;
  if (events.length > 1 || !first) return `${events.length} labels`;
  const what = first.type === 'label' ? `label ${labelName(first.value, [])}` : first.type;
  return blind || !first.image ? what : `${what} of ${first.image.path.split('/').pop() ?? ''}`;
}

function toggleBlind({ active, reviews }: LabelOptions): void {
  const session = reviews.sessionOf(active.page.surface);
  if (!session) throw new SmearLensError('input-invalid', 'Only a review session can be blind.', "Review the folder with 'SmearLens: Review Folder' first.");
  session.blind = !session.blind;
  vscode.window.setStatusBarMessage(session.blind ? 'SmearLens: blind review. Names, verdicts and maps stay hidden until you have labelled.' : 'SmearLens: the review is no longer blind.', 5000);
}

/** Reviews the images of a folder about which the reviewers differ. */
async function adjudicate(target: unknown, { active, labels, reviews }: LabelOptions): Promise<void> {
  const chosen = await folderOf(target, active, 'Of which folder are disputes to be decided?');
  if (!chosen) return;
  const { folder } = chosen;
  const store = await labels.of(vscode.Uri.joinPath(folder, 'any'));
  const classes = store.project?.classes ?? [];
  const notes: Record<string, string> = {};
  for (const sha256 of store.images) {
    const state = store.state(sha256);
    if (!state) continue;
    const consensus = consensusOf(state);
    if (consensus.label !== undefined || consensus.reason !== 'disputed') continue;
    const uri = vscode.Uri.joinPath(vscode.Uri.file(store.root), state.image.path);
    const image = below(folder, uri);
    if (image === undefined || !(await exists(uri))) continue;
    notes[image] = `Disputed: ${state.opinions.flatMap(({ reviewer, label: given }) => (given ? [`${reviewer} says ${labelName(given.value, classes)}`] : [])).join(', ')}. Your key decides.`;
  }
  const images = Object.keys(notes).sort();
  if (images.length === 0) return void vscode.window.showInformationMessage('No image of this folder has labels that differ and are not decided.');
  reviews.reviewQueue(folder, { title: 'Disputes', images, notes, adjudicates: true });
}

function below(folder: vscode.Uri, uri: vscode.Uri): string | undefined {
  const base = folder.path.replace(/\/?$/, '/');
  return uri.path.startsWith(base) ? uri.path.slice(base.length) : undefined;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  return vscode.workspace.fs.stat(uri).then(() => true, () => false);
}
