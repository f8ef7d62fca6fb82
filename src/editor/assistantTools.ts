import * as path from 'node:path';
import * as vscode from 'vscode';
import { classificationText } from '../assistant/classification';
import { disagreementsOf, disagreementsText, DISAGREEMENT_KINDS, type FileState } from '../assistant/disagreements';
import { evaluationSummary } from '../assistant/evaluationSummary';
import { choiceInput, countInput, requiredText, textInput, type ToolInput } from '../assistant/inputs';
import { workspacePath, type OpenFolder } from '../assistant/workspacePath';
import { SmearLensError, toErrorInfo } from '../errors';
import { METRICS_FILE, newestEvaluation, readEvaluationFile } from '../evaluation/stored';
import { isFolder, isInside } from '../images/folder';
import { isImagePath } from '../images/formats';
import type { ActiveSmear } from './activeSmear';
import { TOOLS, type ToolName } from './contributions';
import { hashFile } from './hashFile';
import type { InferenceService } from './inferenceService';
import type { LabelBook } from './labelBook';
import { isHidden } from './labelling';
import type { ModelSource } from './modelChoices';

const CLASSES = { usual: 5, most: 1000 };
const LISTED = { usual: 20, most: 200 };

export interface AssistantOptions {
  readonly inference: InferenceService;
  readonly models: ModelSource;
  readonly labels: LabelBook;
  readonly active: ActiveSmear;
  readonly log: vscode.LogOutputChannel;
}

/** A tool as VS Code's chat calls it. */
interface Tool {
  /** What it is about to do, for the user. */
  readonly doing: (input: ToolInput) => string;
  /** What leaves for the language model. */
  readonly given: string;
  /** @throws SmearLensError */
  readonly answer: (input: ToolInput, signal: AbortSignal) => Promise<string>;
}

/** Offers the tools to language models; nothing where the host knows none, such as forks of VS Code without chat. They read only. */
export function registerAssistantTools(options: AssistantOptions): vscode.Disposable {
  const host = (vscode as { readonly lm?: Partial<typeof vscode.lm> }).lm;
  if (!host?.registerTool) return vscode.Disposable.from();
  const tools = toolsOf(options);
  const { registerTool } = host;
  return vscode.Disposable.from(...TOOLS.map((name) => registerTool(name, connected(name, tools[name], options.log))));
}

/** What a tool throws is meant for the language model, which is told what to do instead. */
function connected(name: ToolName, tool: Tool, log: vscode.LogOutputChannel): vscode.LanguageModelTool<ToolInput> {
  return {
    prepareInvocation: ({ input }) => {
      const doing = tool.doing(input);
      return { invocationMessage: doing, confirmationMessages: { title: `SmearLens: ${doing}?`, message: `Nothing is changed. The language model is given ${tool.given}; not the picture.` } };
    },
    invoke: async ({ input }, token) => {
      const abort = new AbortController();
      const cancelling = token.onCancellationRequested(() => abort.abort());
      if (token.isCancellationRequested) abort.abort();
      try {
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(await tool.answer(input, abort.signal))]);
      } catch (thrown) {
        const { code, message, hint } = toErrorInfo(thrown);
        if (abort.signal.aborted || code === 'cancelled') throw new vscode.CancellationError();
        log.warn(`${name}: [${code}] ${message} ${hint}`);
        throw new Error(`${message} ${hint}`);
      } finally {
        cancelling.dispose();
      }
    },
  };
}

function toolsOf(options: AssistantOptions): Record<ToolName, Tool> {
  return {
    smearlens_classify: {
      doing: ({ path: image }) => `Classify ${nameOf(image)}`,
      given: 'the path of the image, its sha256 and the probabilities of the classes',
      answer: (input, signal) => classify(input, options, signal),
    },
    smearlens_summarise_evaluation: {
      doing: ({ path: evaluation }) => (evaluation === undefined ? 'Summarise the newest evaluation' : `Summarise the evaluation ${nameOf(evaluation)}`),
      given: 'the figures of the models',
      answer: summarise,
    },
    smearlens_list_disagreements: {
      doing: ({ folder, kind }) => (kind === 'reviewers' ? `List where reviewers differ in ${nameOf(folder)}` : `List where you and the model differ in ${nameOf(folder)}`),
      given: 'the paths of the images, their sha256, the labels with the names of the reviewers, and what the model said',
      answer: (input, signal) => disagreements(input, options, signal),
    },
  };
}

async function classify(input: ToolInput, { inference, models, labels, active }: AssistantOptions, signal: AbortSignal): Promise<string> {
  const topK = countInput(input, 'topK', CLASSES.usual, CLASSES.most);
  const file = await inWorkspace(requiredText(input, 'path'));
  if (!isImagePath(file)) throw new SmearLensError('image-unsupported', `${file}: is no image, by its name.`, 'Give the path of one JPEG, PNG, TIFF, BMP or WebP file.');
  const image = vscode.Uri.file(file);
  // A label given blind counts as given without the model.
  if ([...active.open].some(({ surface }) => surface.current.uri.fsPath === image.fsPath && isHidden(surface, labels))) {
    throw new SmearLensError('input-invalid', `${file}: is under blind review, so the verdict stays hidden.`, 'Ask the user to label the image first. Do not try another way.');
  }
  const analysis = await inference.call('analyse', { imagePath: image.fsPath, model: models.for(image), explain: false }, { priority: 'background', signal });
  return classificationText(analysis, shown(file), topK);
}

async function summarise(input: ToolInput): Promise<string> {
  const given = textInput(input, 'path');
  const found = given === undefined ? await newestEvaluation(openFolders().map((folder) => folder.path)) : await inWorkspace(given);
  if (found === undefined) throw new SmearLensError('input-invalid', 'No evaluation was found under .smearlens/evaluations of the workspace.', "Give the path of an evaluation's folder, or ask the user to run 'SmearLens: Evaluate Folder'.");
  const file = (await isFolder(found)) ? path.join(found, METRICS_FILE) : found;
  return evaluationSummary(await readEvaluationFile(file), shown(file), await hashFile(file));
}

async function disagreements(input: ToolInput, { labels }: AssistantOptions, signal: AbortSignal): Promise<string> {
  const kind = choiceInput(input, 'kind', DISAGREEMENT_KINDS);
  const limit = countInput(input, 'limit', LISTED.usual, LISTED.most);
  const folder = await inWorkspace(requiredText(input, 'folder'));
  if (!(await isFolder(folder))) throw new SmearLensError('input-invalid', `${folder}: is no folder.`, 'Give a folder of images.');
  const { reviewer } = labels;
  if (!reviewer) throw new SmearLensError('input-invalid', 'It is not known who reviews, so there are no labels of theirs.', "Ask the user to label an image, or to set 'smearlens.reviewer'.");
  const store = await labels.of(vscode.Uri.joinPath(vscode.Uri.file(folder), 'any'));
  const fileOf = (image: string): string => path.join(store.root, image);
  const states = [...store.images].flatMap((sha256) => store.state(sha256) ?? []).filter(({ image }) => isInside(folder, fileOf(image.path)));
  const { found, compared } = disagreementsOf(states, reviewer, kind);
  const listed = [];
  for (const disagreement of found.slice(0, limit)) {
    if (signal.aborted) throw new SmearLensError('cancelled', 'The list was cancelled.', 'Ask again.');
    const { path: image, sha256 } = disagreement.state.image;
    const file = fileOf(image);
    listed.push({ disagreement, shownPath: shown(file), file: await fileState(file, sha256) });
  }
  return disagreementsText({ kind, folder: shown(folder), log: shown(store.root), reviewer, classes: store.project?.classes ?? [], listed, total: found.length, compared });
}

async function fileState(file: string, labelled: string): Promise<FileState> {
  const sha256 = await hashFile(file).catch(() => undefined);
  return sha256 === undefined ? 'missing' : sha256 === labelled ? 'same' : 'changed';
}

async function inWorkspace(given: string): Promise<string> {
  return workspacePath(given, openFolders());
}

function openFolders(): OpenFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ name, uri }) => ({ name, path: uri.fsPath }));
}

/** As the Explorer has it: relative to the workspace folder, with the name of that where several are open. */
function shown(file: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.file(file));
}

/** For a message before the input was checked. */
function nameOf(given: unknown): string {
  return typeof given === 'string' && given.trim() ? path.basename(given.trim()) : 'a file';
}
