/** Where a reviewer and a model, or reviewers among themselves, differ: what a language model is told of the annotation log. */
import { opinionOf, type ImageState, type LabelEvent, type Opinion } from '../annotations/replay';
import type { ModelVerdict } from '../annotations/types';
import { queueState } from '../curation/queue';
import { explorerOrder } from '../images/order';
import type { ClassInfo } from '../protocol/analysis';
import { formatPercent, RESEARCH_USE } from '../protocol/format';
import { labelName } from '../protocol/labels';
import { markdownCode, markdownTable } from '../protocol/markdown';

export const DISAGREEMENT_KINDS = ['model', 'reviewers'] as const;
export type DisagreementKind = (typeof DISAGREEMENT_KINDS)[number];

/** An image on which the reviewer who asks differs from somebody. */
export interface Disagreement {
  readonly state: ImageState;
  readonly own: LabelEvent;
}

export interface Disagreements {
  /** In the order in which they are worth a look. */
  readonly found: readonly Disagreement[];
  /** Images on which the reviewer could have differed: labelled where a model had said something, or by somebody else as well. */
  readonly compared: number;
}

/**
 * Only of images to which this reviewer has given a label: what others say of the rest stays hidden, as it does in the editor. Excluded
 * images count nowhere.
 * @param kind `model`: the reviewer's label is not what the model had said, the surest verdict first; `reviewers`: reviewers differ and
 *   nobody has adjudicated, in the Explorer's order
 */
export function disagreementsOf(states: Iterable<ImageState>, reviewer: string, kind: DisagreementKind): Disagreements {
  const found: Disagreement[] = [];
  let compared = 0;
  for (const state of states) {
    const opinion = opinionOf(state, reviewer);
    if (!opinion?.label || state.opinions.some(({ excluded }) => excluded)) continue;
    // What others say of the image is another question than what the model did.
    const stands = queueState(kind === 'model' ? { ...state, opinions: [opinion], adjudication: undefined } : state, reviewer).state;
    if (kind === 'model' ? stands === 'agreed' || stands === 'corrected' : state.opinions.some((o) => o !== opinion && o.label)) compared++;
    if (stands === (kind === 'model' ? 'corrected' : 'disputed')) found.push({ state, own: opinion.label });
  }
  const byPath = (a: Disagreement, b: Disagreement): number => explorerOrder(a.state.image.path, b.state.image.path);
  return { found: found.sort((a, b) => (kind === 'model' ? certainty(b) - certainty(a) : 0) || byPath(a, b)), compared };
}

function certainty({ own: { model } }: Disagreement): number {
  return model?.predicted ? (model.probabilities[model.predicted] ?? 0) : 0;
}

/** How the file of an image stands to what was labelled. */
export type FileState = 'same' | 'changed' | 'missing';

export interface DisagreementsText {
  readonly kind: DisagreementKind;
  /** Of the folder that was asked about, and of the log's, as the user knows them. */
  readonly folder: string;
  readonly log: string;
  readonly reviewer: string;
  readonly classes: readonly ClassInfo[];
  /** Those to be listed, the first of all. */
  readonly listed: readonly { readonly disagreement: Disagreement; readonly shownPath: string; readonly file: FileState }[];
  readonly total: number;
  readonly compared: number;
}

export function disagreementsText({ kind, folder, log, reviewer, classes, listed, total, compared }: DisagreementsText): string {
  const rest = total - listed.length;
  return [
    RESEARCH_USE,
    '',
    `Folder ${markdownCode(folder)}; labels from the annotation log in ${markdownCode(log)}; reviewer ${markdownCode(reviewer)}.`,
    kind === 'model'
      ? `The reviewer's label is not the model's verdict on ${total} of ${compared} images that were labelled where a model had offered a class.`
      : `Reviewers differ, and nobody has adjudicated, on ${total} of ${compared} images that this reviewer and another one labelled. Labels of others on images that this reviewer has not labelled stay hidden.`,
    ...(listed.length === 0 ? [] : ['', ...(kind === 'model' ? modelTable(listed, classes) : reviewersTable(listed, classes))]),
    ...(rest > 0 ? ['', `${rest} more are not listed.`] : []),
  ].join('\n');
}

type Listed = DisagreementsText['listed'];

function modelTable(listed: Listed, classes: readonly ClassInfo[]): string[] {
  const verdicts = listed.flatMap(({ disagreement: { own } }) => own.model ?? []);
  const files = new Map(verdicts.map((verdict) => [nameOf(verdict), verdict]));
  const rows = listed.map((entry) => {
    const { own } = entry.disagreement;
    const { model } = own;
    const share = (id: string | null | undefined): string => (model && typeof id === 'string' && model.probabilities[id] !== undefined ? ` (${formatPercent(model.probabilities[id])})` : '');
    const saw = own.sawModelFirst === undefined ? '' : own.sawModelFirst ? 'yes' : 'no';
    return [...imageCells(entry), `${labelName(own.value, classes)}${share(own.value)}`, `${labelName(model?.predicted ?? null, classes)}${share(model?.predicted)}`, model ? nameOf(model) : '', saw];
  });
  return [
    ...markdownTable(['image', 'sha256', "reviewer's label (model's probability of it)", "model's verdict", 'model', 'verdict seen before labelling'], rows),
    '',
    'Models:',
    ...[...files].map(([name, { sha256 }]) => `- ${markdownCode(name)}: sha256 ${sha256}`),
  ];
}

function reviewersTable(listed: Listed, classes: readonly ClassInfo[]): string[] {
  const said = ({ reviewer, label }: Opinion): string[] => (label ? [`${reviewer}: ${labelName(label.value, classes)}`] : []);
  const rows = listed.map((entry) => [...imageCells(entry), entry.disagreement.state.opinions.flatMap(said).join('; ')]);
  return markdownTable(['image', 'sha256', 'labels'], rows);
}

function imageCells({ disagreement: { state }, shownPath, file }: Listed[number]): string[] {
  const remark = { same: '', changed: ' (the file has changed since)', missing: ' (the file is no longer there)' }[file];
  return [`${markdownCode(shownPath)}${remark}`, state.image.sha256];
}

/** Two files of one model's name are told apart. */
function nameOf({ id, sha256 }: ModelVerdict): string {
  return `${id}@${sha256.slice(0, 8)}`;
}
