/** An image as every export tells of it. */
import type { LabelBasis, Region } from '../../annotations/types';
import type { Opinion } from '../../annotations/replay';
import type { DatasetImage, Status } from '../dataset';

/** What one reviewer says of an image. All fields are always there, so that tables of rows have one form. */
export interface ExportOpinion {
  readonly reviewer: string;
  /** `label`: `value` is a class id; `unsure`: the reviewer cannot tell; `none`: no label was given. */
  readonly kind: 'label' | 'unsure' | 'none';
  readonly value: string | null;
  readonly basis: LabelBasis | null;
  /** The label was given after the reviewer saw a model's verdict; null where that is not known. */
  readonly sawModelFirst: boolean | null;
  /** ISO 8601; of the label. */
  readonly time: string | null;
  readonly note: string | null;
  readonly excluded: boolean;
  readonly regions: readonly Region[];
}

/** What is in a row but for where the image's file is: the form of JSONL, and of metadata.jsonl with `file_name` before it. */
export interface ExportRow {
  /** Relative to the folder, '/'-separated, NFC. */
  readonly path: string;
  readonly sha256: string;
  /** Class id; null where `status` is not `labelled`. */
  readonly label: string | null;
  readonly status: Status;
  readonly group: string | null;
  readonly split: string | null;
  readonly opinions: readonly ExportOpinion[];
  readonly adjudication: { readonly reviewer: string; readonly value: string } | null;
}

export function rowOf({ path, sha256, label, status, group, split, state }: DatasetImage): ExportRow {
  const adjudication = state?.adjudication;
  return {
    ...{ path, sha256, label, status },
    group: group ?? null,
    split: split ?? null,
    opinions: (state?.opinions ?? []).map(opinionOf),
    adjudication: adjudication ? { reviewer: adjudication.reviewer, value: adjudication.value } : null,
  };
}

function opinionOf({ reviewer, label, note, excluded, regions }: Opinion): ExportOpinion {
  return {
    reviewer,
    kind: label === undefined ? 'none' : label.value === null ? 'unsure' : 'label',
    value: label?.value ?? null,
    basis: label?.labelBasis ?? null,
    sawModelFirst: label?.sawModelFirst ?? null,
    time: label?.time ?? null,
    note: note ?? null,
    excluded,
    regions,
  };
}
