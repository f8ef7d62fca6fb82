/** What a reviewer's key comes to: which event is appended, and what the page is told of the labels. */
import * as path from 'node:path';
import type * as vscode from 'vscode';
import { opinionOf, type ImageState } from '../annotations/replay';
import { contentOfRegion, regionOf } from '../annotations/shapes';
import type { EventContent, EventContext, ModelVerdict, Region } from '../annotations/types';
import { contextOfSeen } from '../curation/verdicts';
import { SmearLensError, toErrorInfo } from '../errors';
import { imageKey } from '../images/folder';
import type { ClassInfo } from '../protocol/analysis';
import { labelName, type GivenLabel, type LabelNews, type LabelRequest, type LabelState } from '../protocol/labels';
import { regionName, type RegionRequest, type ShownRegion } from '../protocol/regions';
import type { LabelBook } from './labelBook';
import type { LabelStore } from './labelStore';
import type { SmearDocument } from './smearDocument';
import type { Surface } from './surface';

/** The page's view of the labels of the smear on show. */
export function labelState(surface: Surface, book: LabelBook): LabelState {
  const { current: document, adjudicates = false, blind = false, isRepeat = false } = surface;
  const store = book.peek(document.uri);
  const state = document.sha256 === undefined ? undefined : store?.state(document.sha256);
  const own = isRepeat ? undefined : ownLabel(state, book.reviewer);
  const others = state?.opinions.flatMap(({ reviewer, label }) => (label && reviewer !== book.reviewer ? [{ reviewer, value: label.value }] : [])) ?? [];
  const mine = opinionOf(state, book.reviewer);
  return {
    sha256: document.sha256,
    classes: classesOf(store, document),
    own,
    note: mine?.note,
    excluded: mine?.excluded,
    others: own || adjudicates ? others : [],
    adjudicated: state?.adjudication && (own || adjudicates) ? { reviewer: state.adjudication.reviewer, value: state.adjudication.value } : undefined,
    adjudicates,
    blind,
    regions: regionsOf(state, surface, book.reviewer, own !== undefined),
  };
}

/** Those of a smear that is shown again without saying so would say so. */
function regionsOf(state: ImageState | undefined, { adjudicates, isRepeat }: Surface, reviewer: string, labelled: boolean): ShownRegion[] {
  if (!state || isRepeat) return [];
  const shown = state.opinions.filter((opinion) => opinion.reviewer === reviewer || labelled || adjudicates);
  return shown.flatMap((opinion) => opinion.regions.map((region) => ({ ...contentOfRegion(region), reviewer: opinion.reviewer, own: opinion.reviewer === reviewer })));
}

/** Whether the verdict and the names have to stay hidden: until the reviewer's own label is on the disk. */
export function isHidden(surface: Surface, book: LabelBook): boolean {
  const { current: document, blind, isRepeat } = surface;
  if (!blind) return false;
  if (isRepeat || document.sha256 === undefined) return true;
  return !ownLabel(book.peek(document.uri)?.state(document.sha256), book.reviewer);
}

function ownLabel(state: ImageState | undefined, reviewer: string): GivenLabel | undefined {
  const label = opinionOf(state, reviewer)?.label;
  return label && { reviewer, value: label.value };
}

/** The folder's list, which is fixed by the first label; before that the model's. */
function classesOf(store: LabelStore | undefined, { state }: SmearDocument): readonly ClassInfo[] {
  return store?.project?.classes ?? (state.kind === 'done' ? state.analysis.model.classes : []);
}

/** Appends to the log what the page asks for. */
export class Labelling {
  /** The smears whose label is on its way to the disk: a key that is held down labels once. */
  private readonly busy = new Map<SmearDocument, Promise<unknown>>();

  /** @param verdictsOn what else in the window tells of models about an image */
  constructor(
    private readonly book: LabelBook,
    private readonly verdictsOn: (uri: vscode.Uri) => readonly ModelVerdict[],
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /**
   * @param isOnShow whether the request is about the smear that the surface shows
   * @returns what to tell the reviewer
   */
  async take(surface: Surface, request: LabelRequest, isOnShow: boolean): Promise<LabelNews> {
    const { current: document } = surface;
    // What was drawn is not to be drawn again because its class came quickly after it.
    if (isRegional(request)) while (this.busy.has(document)) await this.busy.get(document);
    if (this.busy.has(document)) return { text: 'Not recorded: the label before was still being written.', failed: true };
    const news = this.attempt(surface, document, request, isOnShow);
    this.busy.set(document, news);
    try {
      return await news;
    } finally {
      this.busy.delete(document);
    }
  }

  private async attempt(surface: Surface, document: SmearDocument, request: LabelRequest, isOnShow: boolean): Promise<LabelNews> {
    if (!isOnShow || surface.current !== document || request.sha256 !== document.sha256) {
      return { text: 'Not recorded: another image had come on show. Look at it and label again.', failed: true };
    }
    try {
      return await this.append(surface, document, request);
    } catch (thrown) {
      const { code, message, hint } = toErrorInfo(thrown);
      this.log.error(`${document.uri.fsPath}: [${code}] ${message} ${hint}`);
      return { text: `${message} ${hint}`, failed: true };
    }
  }

  private async append(surface: Surface, document: SmearDocument, request: LabelRequest): Promise<LabelNews> {
    const store = await this.book.of(document.uri);
    const classes = classesOf(store, document);
    const content = contentOf(request, surface, document, classes, store.state(request.sha256), this.book.reviewer);
    const writer = await this.book.writer();
    // The name may have been asked for, and somebody have gone on meanwhile.
    if (surface.current !== document || request.sha256 !== document.sha256) throw new SmearLensError('cancelled', 'Not recorded: another image has come on show.', 'Look at it and label again.');
    const image = { path: imageKey(store.root, document.uri.fsPath), sha256: request.sha256 };
    const context: EventContext = request.kind === 'label' ? contextOf(surface, document, request.sawModel, this.verdictsOn(document.uri), opinionOf(store.state(request.sha256), writer.reviewer)?.label) : {};
    await store.append(writer, [{ ...content, ...context, image }], classes);
    if (request.kind === 'label') surface.decided?.();
    return { text: newsOf(content, path.posix.basename(image.path), classes, surface), failed: false };
  }
}

function contentOf(request: LabelRequest, surface: Surface, document: SmearDocument, classes: readonly ClassInfo[], state: ImageState | undefined, reviewer: string): EventContent {
  if (request.kind === 'note') return { type: 'note', value: request.text.trim() };
  if (request.kind === 'exclude') return { type: 'exclude', value: !opinionOf(state, reviewer)?.excluded };
  if (isRegional(request)) return regionEvent(request, classes, opinionOf(state, reviewer)?.regions ?? []);
  const value = valueOf(request.choice, document, classes, surface.blind === true);
  if (!surface.adjudicates) return { type: 'label', value };
  if (value === null) throw new SmearLensError('input-invalid', 'Who adjudicates has to decide for a class.', 'Press the key of a class, or go on to the next image.');
  return { type: 'adjudication', value };
}

function isRegional(request: LabelRequest): request is RegionRequest {
  return request.kind === 'region' || request.kind === 'delete-region';
}

/** @param own the reviewer's regions of the smear */
function regionEvent(request: RegionRequest, classes: readonly ClassInfo[], own: readonly Region[]): EventContent {
  const before = own.find(({ id }) => id === (request.kind === 'region' ? request.region.id : request.region));
  if (request.kind === 'delete-region') {
    if (!before) throw new SmearLensError('input-invalid', 'Nothing was removed: you have no such region any more.', 'Select another.');
    return { type: 'region', value: { id: before.id, deleted: true } };
  }
  const { classId } = request.region;
  const isKnown = classId === null || classes.some(({ id }) => id === classId) || (before && contentOfRegion(before).classId === classId);
  if (!isKnown) throw new SmearLensError('input-invalid', `The class ${classId} is none of this folder's classes.`, 'Press the key of a class, or add it to .smearlens/project.json.');
  return { type: 'region', value: regionOf({ ...request.region, note: request.region.note.trim() }, before) };
}

function valueOf(choice: Extract<LabelRequest, { kind: 'label' }>['choice'], { state }: SmearDocument, classes: readonly ClassInfo[], blind: boolean): string | null {
  if (choice === 'unsure') return null;
  if (choice === 'agree') {
    if (blind) throw new SmearLensError('input-invalid', 'There is no verdict to agree with: it is hidden.', 'Press the key of a class.');
    const predicted = verdictOf(state)?.predicted;
    if (predicted === undefined || predicted === null) throw new SmearLensError('input-invalid', 'There is no verdict to agree with.', 'Press the key of a class.');
    if (!classes.some(({ id }) => id === predicted)) throw new SmearLensError('input-invalid', `The model's class ${predicted} is none of this folder's classes.`, 'Press the key of a class, or add it to .smearlens/project.json.');
    return predicted;
  }
  const chosen = classes[choice - 1];
  if (!chosen) throw new SmearLensError('input-invalid', classes.length === 0 ? 'There is no list of classes yet.' : `There is no class ${choice}: the list has ${classes.length}.`, classes.length === 0 ? 'Wait for the analysis, or name the classes in .smearlens/project.json.' : `Press 1 to ${Math.min(9, classes.length)}.`);
  return chosen.id;
}

/**
 * @param sawModel whether the reviewer has seen the verdict of the surface's own model
 * @param others what else there was to see of models
 * @param before the reviewer's own label, if there is one
 */
function contextOf({ blind, isRepeat }: Surface, { state }: SmearDocument, sawModel: boolean, others: readonly ModelVerdict[], before: EventContext | undefined): EventContext {
  const model = verdictOf(state);
  const seen = contextOfSeen(sawModel && model ? [model, ...others] : others, before);
  return { labelBasis: 'morphology', model, sawModelFirst: false, ...seen, ...(blind ? { blind: true } : {}), ...(isRepeat ? { repeat: true } : {}) };
}

function verdictOf(state: SmearDocument['state']): ModelVerdict | undefined {
  if (state.kind !== 'done') return undefined;
  const { model, predicted, probabilities, domain } = state.analysis;
  const id = model.classes[predicted]?.id ?? null;
  return { id: model.id, sha256: model.sha256, predicted: domain?.inDomain === false ? null : id, probabilities: Object.fromEntries(model.classes.map((c, i) => [c.id, probabilities[i] ?? NaN])) };
}

function newsOf(content: EventContent, fileName: string, classes: readonly ClassInfo[], { blind }: Surface): string {
  const of = blind ? '' : ` ${fileName}`;
  switch (content.type) {
    case 'label':
      return `Saved:${of} ${labelName(content.value, classes)}`;
    case 'adjudication':
      return `Saved:${of} decided for ${labelName(content.value, classes)}`;
    case 'note':
      return content.value === '' ? `Saved:${of} note removed` : `Saved:${of} note`;
    case 'exclude':
      return content.value ? `Saved:${of} excluded` : `Saved:${of} taken back in`;
    case 'region':
      return `Saved:${of} ${'deleted' in content.value ? 'region removed' : regionWords(content.value, classes)}`;
    default:
      return `Saved:${of}`;
  }
}

function regionWords(region: Region, classes: readonly ClassInfo[]): string {
  const content = contentOfRegion(region);
  return `${regionName(content).toLowerCase()}${content.classId === null ? '' : `, ${labelName(content.classId, classes)}`}`;
}
