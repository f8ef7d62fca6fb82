/** The truth in an annotation log. */
import * as path from 'node:path';
import { findLogRoot, SMEARLENS_FOLDER } from '../annotations/folder';
import { AnnotationLog } from '../annotations/log';
import { consensusOf, type ImageState } from '../annotations/replay';
import { SmearLensError } from '../errors';
import type { LeftOutReason } from './types';

/** What the reviewers say of one image, known by its sha256. */
export interface Verdict {
  /** The label on which all agree or that one adjudicated; undefined where they differ, excluded the image or cannot tell. */
  readonly label: string | undefined;
  /** Why there is no label. */
  readonly reason?: LeftOutReason | undefined;
  /** The labels given, in the order of the reviewers. */
  readonly labels: readonly string[];
  /** sha256 of the models that every reviewer who gave the label had seen before. */
  readonly seen: readonly string[];
  readonly group?: string | undefined;
}

/**
 * What every reviewer's files come to (`annotations/replay.ts`).
 * @param folder evaluated; the log is the one below it or else below the nearest parent that has one
 * @param torn told of files whose last line is not whole, which is left out
 * @returns by sha256 of the image
 * @throws SmearLensError `input-invalid` where there is no log, or a line before the last is no event
 */
export async function readAnnotations(folder: string, torn: (file: string) => void = () => undefined): Promise<Map<string, Verdict>> {
  const root = findLogRoot(path.resolve(folder));
  if (root === undefined) throw new SmearLensError('input-invalid', `${folder}: neither it nor a folder above it holds ${SMEARLENS_FOLDER}/annotations.`, 'Label images in a review session first, or name a CSV with --labels.');
  const log = await AnnotationLog.open(root);
  for (const { file, line, kind } of log.problems) {
    if (kind === 'torn') torn(file);
    if (kind === 'not-an-event') throw new SmearLensError('input-invalid', `${file}: line ${line} is no event of the annotation log.`, 'Restore the file from its history; the log is only ever appended to.');
  }
  const verdicts = new Map<string, Verdict>();
  for (const sha256 of log.images) {
    const state = log.state(sha256);
    const verdict = state && verdictOf(state);
    if (verdict) verdicts.set(sha256, verdict);
  }
  return verdicts;
}

function verdictOf(state: ImageState): Verdict | undefined {
  const consensus = consensusOf(state);
  const labels = state.opinions.flatMap(({ label }) => label?.value ?? []);
  const base = { labels, seen: [], group: state.group };
  if (consensus.label === undefined) return { ...base, label: undefined, reason: consensus.reason === 'unlabelled' ? undefined : consensus.reason };
  // One who came to the same label before seeing the model makes it independent.
  const [first, ...others] = consensus.by.map(({ sawModelFirst, model, alsoSaw = [] }) => (sawModelFirst && model ? [model, ...alsoSaw].map(({ sha256 }) => sha256) : []));
  return { ...base, label: consensus.label, seen: (first ?? []).filter((model) => others.every((models) => models.includes(model))) };
}
