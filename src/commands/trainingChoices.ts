import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ModelChoices } from '../editor/modelChoices';
import { chooseTruth } from './evaluationChoices';
import { browseModel, workspaceModels } from './modelItems';

const TITLE = 'SmearLens: train a head';

/** What a training begins with. */
export interface TrainingChoice {
  /** Of the command line, without the folder and --out. */
  readonly args: readonly string[];
  /** Where the labels come from, as arguments of the command line. */
  readonly truth: readonly string[];
}

interface Setting {
  readonly name: string;
  readonly placeHolder: string;
  /** The first is the default. */
  readonly values: readonly { readonly label: string; readonly detail: string; readonly args: readonly string[] }[];
}

const SETTINGS: readonly Setting[] = [
  {
    name: 'Optimiser',
    placeHolder: 'How is the head trained?',
    values: [
      { label: 'Adam', detail: 'Learning rate 0.001.', args: [] },
      { label: 'SGD', detail: 'Learning rate 0.01.', args: ['--optimiser', 'sgd'] },
      { label: 'RMSprop', detail: 'Learning rate 0.001.', args: ['--optimiser', 'rmsprop'] },
      { label: 'Adadelta', detail: 'Learning rate 1.', args: ['--optimiser', 'adadelta'] },
    ],
  },
  {
    name: 'Split',
    placeHolder: 'Which images are kept for the figures?',
    values: [
      { label: 'Whole groups', detail: 'Patients or slides where the labels name them, else runs of file numbers: how it does on smears that it has not seen.', args: [] },
      { label: 'Random images', detail: 'Images of one smear lie on both sides: figures come out too good for unseen patients.', args: ['--split', 'random'] },
    ],
  },
  {
    name: 'Views',
    placeHolder: 'Are changed copies of the training images trained on as well?',
    values: [
      { label: 'None', detail: 'The images as they are.', args: [] },
      { label: '2 an image', detail: 'Turned, sheared, enlarged, moved and mirrored. Takes three times as long to prepare.', args: ['--views', '2'] },
      { label: '5 an image', detail: 'Takes six times as long to prepare.', args: ['--views', '5'] },
    ],
  },
  {
    name: 'Classes',
    placeHolder: 'How much do classes weigh?',
    values: [
      { label: 'As frequent as they are', detail: 'Each image weighs the same.', args: [] },
      { label: 'All the same', detail: 'Images of rare classes weigh more.', args: ['--class-weights', 'balanced'] },
    ],
  },
];

/** Asks for the backbone, the labels and the settings, defaults first; undefined where it was left. */
export async function chooseTraining(folder: vscode.Uri, models: ModelChoices): Promise<TrainingChoice | undefined> {
  const backbone = await chooseBackbone(folder, models);
  if (!backbone) return undefined;
  const truth = await chooseTruth({ title: TITLE, placeHolder: 'Where do the labels come from?' });
  if (!truth) return undefined;
  const settings = await chooseSettings();
  return settings && { args: [...backbone, ...settings], truth };
}

async function chooseBackbone(folder: vscode.Uri, models: ModelChoices): Promise<string[] | undefined> {
  const current = models.for(folder).path;
  const bundled = { label: 'MobileNetV2 of ImageNet', description: 'comes with SmearLens, never saw a smear', args: [] as string[] };
  const own = { label: path.basename(path.extname(current) ? path.dirname(current) : current), description: 'the model in use', args: ['--model', current] };
  const found = (await workspaceModels(folder)).filter(({ file }) => file.fsPath !== current).map(({ file, label, description }) => ({ label, description, args: ['--model', file.fsPath] }));
  const browse = { label: 'Browse…', description: 'another model.json or .onnx file', args: undefined };
  const picked = await vscode.window.showQuickPick([bundled, own, ...found, browse], { title: TITLE, placeHolder: 'Which network is the new head put on? It stays as it is', matchOnDescription: true });
  if (!picked) return undefined;
  if (picked.args) return picked.args;
  const file = await browseModel();
  return file === undefined ? undefined : ['--model', file];
}

async function chooseSettings(): Promise<string[] | undefined> {
  const chosen = new Map(SETTINGS.map((setting) => [setting, setting.values[0]]));
  for (;;) {
    const begin = { label: '$(play) Train', description: [...chosen.values()].map(({ label }) => label).join(', '), setting: undefined };
    const items = [...chosen].map(([setting, { label }]) => ({ label: `$(settings) ${setting.name}`, description: label, setting }));
    const picked = await vscode.window.showQuickPick([begin, ...items], { title: TITLE, placeHolder: 'Train, or choose a setting to change it' });
    if (!picked) return undefined;
    if (!picked.setting) return [...chosen.values()].flatMap(({ args }) => args);
    const value = await vscode.window.showQuickPick(picked.setting.values, { title: TITLE, placeHolder: picked.setting.placeHolder });
    if (value) chosen.set(picked.setting, value);
  }
}

/** A folder for the new model in the workspace, where Choose Model finds it; never one that is there. */
export function headFolder(folder: vscode.Uri): string {
  const root = vscode.workspace.getWorkspaceFolder(folder)?.uri.fsPath ?? path.dirname(folder.fsPath);
  const wished = path.join(root, 'models', `${path.basename(folder.fsPath)} head`);
  for (let n = 1; ; n++) {
    const out = n === 1 ? wished : `${wished} ${n}`;
    if (!fs.existsSync(out)) return out;
  }
}
