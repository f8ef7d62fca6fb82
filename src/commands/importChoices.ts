import * as path from 'node:path';
import * as vscode from 'vscode';
import { SmearLensError } from '../errors';
import { formatPercent } from '../protocol/format';
import type { ImportReport, PresetId } from '../protocol/modelImport';

/** What the user said of a model, as `smearlens import` takes it, by the option's name. */
export type Answers = Readonly<Partial<Record<'name' | 'size' | 'layout' | 'output' | 'classes' | 'classes-from' | 'layer' | 'preprocessing', string>>>;

const TITLE = 'SmearLens: import model';

/** A fact that can be changed. */
type Fact = 'name' | 'size' | 'output' | 'classes' | 'layer';

interface FactItem extends vscode.QuickPickItem {
  /** Absent for what the file settles, and for what only separates. */
  readonly step?: Fact | 'go-on';
}

/**
 * Shows what was found out, has it corrected, and asks for what is open.
 * @param look finds it out with these answers; undefined where that was cancelled
 * @returns the answers and what they led to, in which only the preprocessing may be open; undefined where it was left
 */
export async function chooseFacts(look: (answers: Answers) => Promise<ImportReport | undefined>): Promise<{ answers: Answers; report: ImportReport } | undefined> {
  let answers: Answers = {};
  let report = await look(answers);
  while (report) {
    const step = await pickFact(report);
    if (!step) return undefined;
    const asked = step.step === 'go-on' ? report.open.find((open) => open !== 'preprocessing') : step.step;
    if (asked === undefined && step.step === 'go-on') return { answers, report };
    const more = asked && (await ask(asked, report));
    // Left, or nothing to ask: back to the facts.
    if (!more) continue;
    const next = { ...answers, ...more };
    const found = await look(next).catch(tell);
    if (found) [answers, report] = [next, found];
  }
  return undefined;
}

/** An answer that contradicts the file is told, and the one before counts again. */
function tell(error: unknown): undefined {
  if (!(error instanceof SmearLensError)) throw error;
  void vscode.window.showErrorMessage(`${error.message} ${error.hint}`);
  return undefined;
}

async function pickFact({ model, name, input, outputs, output, classes, classesFrom, classesNote, inside, layer, layerFrom, open, fedZero }: ImportReport): Promise<FactItem | undefined> {
  const isAsked = (fact: string): boolean => open.some((one) => one === fact);
  const icon = (fact: string): string => (isAsked(fact) ? '$(question)' : '$(check)');
  const questions = open.filter((fact) => fact !== 'preprocessing');
  const goOn: FactItem = { label: `$(arrow-right) ${questions.length > 0 ? `Go on: ${questions.join(', ')} to be said` : 'Go on: try it on an image'}`, description: '', step: 'go-on' };
  const size = `${input.width} × ${input.height} pixels`;
  const froms: Readonly<Record<ImportReport['input']['sizeFrom'], string>> = { file: 'fixed by the file', given: 'as you said', tried: 'the one of the usual sizes that runs', open: 'proposed: any size runs' };
  const facts: FactItem[] = [
    { label: '$(tag) Name', description: name, step: 'name' },
    { label: `${icon('size')} Input`, description: `${input.name}: ${size}, ${froms[input.sizeFrom]}; ${input.layout}, ${input.elementType}`, ...(fedZero.length > 0 ? { detail: `Fed zero: ${fedZero.join(', ')}` } : {}), ...(input.sizeFrom === 'file' ? {} : { step: 'size' as const }) },
    { label: `${icon('output')} Output`, description: outputs.length > 1 ? `one of ${outputs.map((one) => one.name).join(', ')}` : `${output.name}: ${output.classes} classes, ${output.activation === 'none' ? 'logits' : `${output.activation} inside the model`}`, ...(outputs.length > 1 ? { step: 'output' as const } : {}) },
    { label: `${icon('classes')} Classes`, description: classes ? `${classes.join(', ')}${classesFrom === 'given' ? '' : ` (from ${classesFrom ?? ''})`}` : `not known yet${classesNote ? `: ${classesNote}` : ''}`, step: 'classes' },
    { label: '$(layers) Maps', description: layer === null ? 'no layer found' : `of ${layer}${layerFrom === 'automatic' ? ' (automatic)' : ''}`, step: 'layer' },
  ];
  const separator: FactItem = { label: 'Choose a fact to correct it', kind: vscode.QuickPickItemKind.Separator };
  const note: FactItem = { label: 'Inside the model', kind: vscode.QuickPickItemKind.Separator };
  const rescaling: FactItem[] = inside ? [note, { label: '$(info) Rescaling', description: inside }] : [];
  const options = { title: `${TITLE} (${path.basename(model)})`, placeHolder: 'What the file tells. Is it right?', matchOnDescription: true, ignoreFocusOut: true };
  return vscode.window.showQuickPick([goOn, separator, ...facts, ...rescaling], options);
}

/** Undefined where it was left. */
async function ask(fact: Fact, report: ImportReport): Promise<Answers | undefined> {
  switch (fact) {
    case 'name':
      return answered('name', await vscode.window.showInputBox({ title: TITLE, prompt: 'Name of the model, as it is shown', value: report.name, ignoreFocusOut: true, validateInput: (text) => (text.trim() === '' ? 'A name is needed.' : undefined) }));
    case 'size':
      return answered('size', await vscode.window.showInputBox({ title: TITLE, prompt: 'Width x height of the images that the model was trained on, in pixels', value: `${report.input.width}x${report.input.height}`, ignoreFocusOut: true, validateInput: (text) => (/^\s*[1-9]\d{0,3}x[1-9]\d{0,3}\s*$/i.test(text) ? undefined : 'For example 224x224.') }));
    case 'output':
      return answered('output', await pickName('Which output holds the scores?', report.outputs.map(({ name, classes, activation }) => ({ label: name, description: `${classes} scores, ${activation === 'none' ? 'logits' : activation}` }))));
    case 'layer':
      return answered('layer', await pickName('Which activation are maps drawn of?', [...report.layers].reverse().map((label) => ({ label, description: label === report.layer ? 'now' : '' }))));
    case 'classes':
      return askClasses(report.output.classes, report.classes);
  }
}

async function askClasses(count: number, known: readonly string[] | undefined): Promise<Answers | undefined> {
  const type = { label: '$(edit) Type the names', description: `all ${count}, in the order of the scores` };
  const file = { label: '$(file) Read a file…', description: 'a name a line, or JSON such as class_indices.json' };
  const picked = await vscode.window.showQuickPick([type, file], { title: TITLE, placeHolder: 'What are the classes called?', ignoreFocusOut: true });
  if (!picked) return undefined;
  if (picked === file) {
    const [chosen] = (await vscode.window.showOpenDialog({ title: 'Choose the list of classes', filters: { 'Lists of classes': ['txt', 'json', 'names'] } })) ?? [];
    return chosen && { 'classes-from': chosen.fsPath, classes: undefined };
  }
  const validateInput = (text: string): string | undefined => {
    const names = text.split(',').map((name) => name.trim());
    if (names.length !== count || names.includes('')) return `The model has ${count} classes; these are ${names.filter((name) => name !== '').length} names.`;
    return new Set(names).size < names.length ? 'Two classes have the same name.' : undefined;
  };
  const names = await vscode.window.showInputBox({ title: TITLE, prompt: `Names of the ${count} classes in the order of the scores, separated by commas`, value: known?.join(', ') ?? '', ignoreFocusOut: true, validateInput });
  return names === undefined ? undefined : { classes: names, 'classes-from': undefined };
}

async function pickName(placeHolder: string, items: readonly vscode.QuickPickItem[]): Promise<string | undefined> {
  return (await vscode.window.showQuickPick(items, { title: TITLE, placeHolder, matchOnDescription: true, ignoreFocusOut: true }))?.label;
}

function answered(fact: keyof Answers, value: string | undefined): Answers | undefined {
  return value === undefined ? undefined : { [fact]: value.trim() };
}

/** The image of the dry run: the smear on show, or another one; undefined where none was chosen. */
export async function chooseImage(shown: vscode.Uri | undefined): Promise<string | undefined> {
  const browse = { label: '$(file-media) Choose an image…', description: '' };
  const current = shown && { label: `$(eye) ${path.basename(shown.fsPath)}`, description: 'the smear on show' };
  if (current) {
    const picked = await vscode.window.showQuickPick([current, browse], { title: TITLE, placeHolder: 'Which image is it tried on?', ignoreFocusOut: true });
    if (!picked) return undefined;
    if (picked === current) return shown.fsPath;
  }
  return (await vscode.window.showOpenDialog({ title: 'Choose an image to try the model on', filters: { Images: ['jpg', 'jpeg', 'png', 'bmp', 'webp', 'tif', 'tiff'] } }))?.[0]?.fsPath;
}

interface PresetItem extends vscode.QuickPickItem {
  readonly preset?: PresetId;
}

/** How many classes are named of an image. */
const SHOWN = 3;

/**
 * Shows what the model says to the image under each preset, those that were compared on labelled images with their accuracy.
 * @param compare does that; undefined where it was cancelled
 * @returns undefined where it was left
 */
export async function choosePreset(report: ImportReport, compare: (folder: string) => Promise<ImportReport | undefined>): Promise<PresetId | undefined> {
  let shown = report;
  for (;;) {
    const compared: PresetItem = { label: '$(folder-opened) Compare on a labelled folder…', description: 'accuracy of each, over images sorted into a folder a class' };
    const items = presetItems(shown);
    const placeHolder = shown.comparison ? `${shown.comparison.images} of ${shown.comparison.labelled} labelled images. ${shown.comparison.note}` : `Which preprocessing was it trained with? Probabilities of ${path.basename(shown.dryRun?.image ?? '')}. ${shown.researchUse}`;
    const picked = await vscode.window.showQuickPick([...items, compared], { title: TITLE, placeHolder, matchOnDescription: true, ignoreFocusOut: true });
    if (!picked) return undefined;
    if (picked.preset) return picked.preset;
    const [folder] = (await vscode.window.showOpenDialog({ title: 'Choose the labelled folder', canSelectFolders: true, canSelectFiles: false })) ?? [];
    // What it was before stays where the comparison is left.
    shown = (folder && (await compare(folder.fsPath))) ?? shown;
  }
}

/** The proposed one, or the best, first. */
function presetItems({ presets, preprocessing, preprocessingFrom, dryRun, comparison, classes, inside }: ImportReport): PresetItem[] {
  const names = classes ?? [];
  const order = comparison ? comparison.rows.map((row) => row.preset) : [...presets.map((p) => p.id)].sort((a, b) => Number(b === preprocessing) - Number(a === preprocessing));
  return order.map((id) => {
    const preset = presets.find((p) => p.id === id);
    const row = comparison?.rows.find((one) => one.preset === id);
    const probabilities = dryRun?.rows.find((one) => one.preset === id)?.probabilities;
    const likeliest = probabilities?.map((p, c) => ({ p, name: names[c] ?? String(c) })).sort((a, b) => b.p - a.p).slice(0, SHOWN).map(({ p, name }) => `${name} ${formatPercent(p)}`);
    const accuracy = row && `${(100 * row.accuracy).toFixed(1)} % accuracy, log loss ${row.logLoss === null ? 'not defined' : row.logLoss.toFixed(3)}`;
    const proposal = id === preprocessing && preprocessingFrom === 'graph' && inside ? `proposed: ${inside}` : undefined;
    return { label: preset?.name ?? id, description: likeliest?.join(', ') ?? 'gives no numbers', detail: [accuracy, preset?.formula, proposal].filter((text) => text !== undefined).join('; '), preset: id };
  });
}

/** Where the model goes: `''` beside its file, else a folder; undefined where it was left. */
export async function chooseTarget(model: string): Promise<string | undefined> {
  const beside = { label: '$(save) Beside the model', description: path.join(path.dirname(model), 'model.json') };
  const folder = { label: '$(new-folder) Into another folder…', description: 'with a copy of the model' };
  const picked = await vscode.window.showQuickPick([beside, folder], { title: TITLE, placeHolder: 'Where is the imported model to be saved?', ignoreFocusOut: true });
  if (!picked) return undefined;
  if (picked === beside) return '';
  return (await vscode.window.showOpenDialog({ title: 'Choose the folder to save into', canSelectFolders: true, canSelectFiles: false }))?.[0]?.fsPath;
}
