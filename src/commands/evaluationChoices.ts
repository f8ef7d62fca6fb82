import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ModelChoices } from '../editor/modelChoices';
import { browseModel, workspaceModels } from './modelItems';

/** As `smearlens evaluate --plan --json` tells it. */
export interface EvaluationPlan {
  readonly classes: readonly { readonly id: string; readonly name: string }[];
  /** By name of the truth, the id of the class that it is taken for; null: none. */
  readonly mapping: Readonly<Record<string, string | null>>;
  /** By class id. */
  readonly images: Readonly<Record<string, number>>;
  /** Labelled images by split; empty where there are none. */
  readonly splits: Readonly<Record<string, number>>;
  readonly unlabelled: number;
  readonly leftOut: number;
}

interface ModelItem extends vscode.QuickPickItem {
  /** Absent: to be browsed for. */
  readonly model?: string;
}

/** How a choice is headed. */
export interface Heading {
  readonly title: string;
  readonly placeHolder: string;
}

const TITLE = 'SmearLens: evaluate';
const WHICH_MODELS: Heading = { title: TITLE, placeHolder: 'Which models? Several are shown side by side' };
const WHICH_TRUTH: Heading = { title: TITLE, placeHolder: 'Where do the true classes come from?' };

/** Paths of the models to evaluate, at least one; undefined where none was chosen. The model of the settings is ticked beforehand. */
export async function chooseModels(folder: vscode.Uri, models: ModelChoices, defaultModel: string, heading = WHICH_MODELS): Promise<string[] | undefined> {
  const current = models.for(folder).path;
  const own = { label: 'Default model', description: 'comes with SmearLens', model: defaultModel };
  const found = (await workspaceModels(folder)).map(({ file, label, description }) => ({ label, description, model: file.fsPath }));
  const other = [own, ...found].some(({ model }) => model === current) ? [] : [{ label: path.basename(path.dirname(current)), description: current, model: current }];
  const items: ModelItem[] = [...[own, ...other, ...found].map((item) => ({ ...item, picked: item.model === current })), { label: 'Browse…', description: 'another model.json or .onnx file' }];
  const picked = await vscode.window.showQuickPick(items, { ...heading, canPickMany: true, matchOnDescription: true });
  if (!picked || picked.length === 0) return undefined;
  const chosen: string[] = [];
  for (const { model } of picked) {
    const one = model ?? (await browseModel());
    if (one === undefined) return undefined;
    chosen.push(one);
  }
  return [...new Set(chosen)];
}

/** Where the true classes come from, as arguments of the command line; undefined where nothing was chosen. */
export async function chooseTruth(heading = WHICH_TRUTH): Promise<string[] | undefined> {
  const folders = { label: 'Folders', description: 'each image is in a folder named after its class' };
  const csv = { label: 'CSV file…', description: 'columns path and label; group (patient or slide) and split where known' };
  const log = { label: 'Annotation log', description: 'labels given in SmearLens' };
  const picked = await vscode.window.showQuickPick([folders, csv, log], heading);
  if (!picked) return undefined;
  if (picked === folders) return [];
  if (picked === log) return ['--labels', 'annotations'];
  const file = await browseCsv('Choose the labels');
  return file === undefined ? undefined : ['--labels', file];
}

async function browseCsv(title: string): Promise<string | undefined> {
  return (await vscode.window.showOpenDialog({ title, filters: { 'CSV files': ['csv'] } }))?.[0]?.fsPath;
}

/** What the reviewer does next with a plan. */
type Step = { readonly kind: 'begin' } | { readonly kind: 'correct'; readonly name: string } | { readonly kind: 'calibrate' };

interface StepItem extends vscode.QuickPickItem {
  /** Absent for what only separates. */
  readonly step?: Step;
}

/**
 * Shows what would be done, and which class each name of the truth is taken for, and has it changed until it is right.
 * @param plan what would be done with these arguments; undefined where that was cancelled
 * @returns arguments of the command line; undefined where it was left
 */
export async function choosePlan(plan: (args: readonly string[]) => Promise<EvaluationPlan | undefined>): Promise<string[] | undefined> {
  const corrected = new Map<string, string>();
  let validation: string | undefined;
  let splits: EvaluationPlan['splits'] | undefined;
  for (;;) {
    const args = [...[...corrected].flatMap(([name, id]) => ['--map', `${name}=${id}`]), ...(validation === undefined ? [] : ['--validation', validation])];
    const found = await plan(args);
    if (!found) return undefined;
    // Those of the first plan: the part that was named since is none of the rest.
    splits ??= found.splits;
    const step = await pickStep(found, validation);
    if (!step) return undefined;
    if (step.kind === 'begin') return args;
    if (step.kind === 'calibrate') validation = await pickValidation(splits);
    else {
      const id = await pickClass(step.name, found);
      if (id !== undefined) corrected.set(step.name, id);
    }
  }
}

async function pickStep({ classes, mapping, images, unlabelled, leftOut }: EvaluationPlan, validation: string | undefined): Promise<Step | undefined> {
  const nameOf = (id: string | null): string => (id === null ? 'no class, left out' : (classes.find((c) => c.id === id)?.name ?? id));
  const counts = classes.map(({ id, name }) => `${images[id] ?? 0} ${name}`).join(', ');
  const total = Object.values(images).reduce((a, b) => a + b, 0);
  const begin: StepItem = { label: `$(play) Evaluate ${total} images`, description: counts, detail: detailOf(unlabelled, leftOut), step: { kind: 'begin' } };
  const calibrate: StepItem = { label: '$(settings) Calibrate as well', description: validation === undefined ? 'fit a temperature for each model on a validation part' : `temperatures are fitted on ${validation}`, step: { kind: 'calibrate' } };
  const names = Object.entries(mapping).map(([name, id]): StepItem => ({ label: `$(arrow-right) ${name}`, description: `is taken for ${nameOf(id)}`, step: { kind: 'correct', name } }));
  const separator: StepItem = { label: 'Choose a name to correct its class', kind: vscode.QuickPickItemKind.Separator };
  const items = [...(total > 0 ? [begin, calibrate] : []), ...(names.length > 0 ? [separator, ...names] : [])];
  const placeHolder = total > 0 ? 'Is each name taken for the right class?' : 'No image has a class yet: choose a name and say what it stands for';
  return (await vscode.window.showQuickPick(items, { title: TITLE, placeHolder, matchOnDescription: true }))?.step;
}

/** Name of a split or path of a CSV; undefined: none. */
async function pickValidation(splits: EvaluationPlan['splits']): Promise<string | undefined> {
  const csv = { label: 'CSV file…', description: 'columns path and label', value: undefined };
  const own = Object.entries(splits).map(([name, count]) => ({ label: name, description: `${count} images`, value: name }));
  const none = { label: 'No calibration', description: '', value: undefined };
  const picked = await vscode.window.showQuickPick([...own, csv, none], { title: TITLE, placeHolder: 'Which part are the temperatures fitted on? The figures leave it out' });
  return picked === csv ? browseCsv('Choose the labels of the validation part') : picked?.value;
}

function detailOf(unlabelled: number, leftOut: number): string | undefined {
  const parts = [unlabelled > 0 ? `${unlabelled} have no class` : '', leftOut > 0 ? `${leftOut} are left out, as their reviewers differ or excluded them` : ''].filter(Boolean);
  return parts.length > 0 ? parts.join('; ') : undefined;
}

/** Id of the class; '' for none; undefined where the list was left. */
async function pickClass(name: string, { classes }: EvaluationPlan): Promise<string | undefined> {
  const items = [...classes.map((c) => ({ label: c.name, description: c.id, id: c.id })), { label: 'None of them', description: 'leave its images out', id: '' }];
  return (await vscode.window.showQuickPick(items, { title: TITLE, placeHolder: `What does '${name}' stand for?` }))?.id;
}
