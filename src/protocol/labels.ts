/** What the page shows of the reviewers' labels of the smear on show, and what it asks for. */
import type { ClassInfo } from './analysis';
import type { RegionRequest, ShownRegion } from './regions';

/** What a key or a button gives: the class at this place of the list (from 1), the model's own, or that the reviewer cannot tell. */
export type LabelChoice = number | 'agree' | 'unsure';

/** A reviewer's label; `value` null: unsure. */
export interface GivenLabel {
  readonly reviewer: string;
  /** Class id. */
  readonly value: string | null;
}

/** Of one smear. */
export interface LabelState {
  /** Of its file, lower-case hex; undefined until that was read, and no key counts before. */
  readonly sha256: string | undefined;
  /** In the order of the keys; empty while there is neither a project nor a model that names any. */
  readonly classes: readonly ClassInfo[];
  /** The reviewer's label that is on the disk. */
  readonly own?: GivenLabel | undefined;
  readonly note?: string | undefined;
  readonly excluded?: boolean | undefined;
  /** Labels of others: hidden until the reviewer has given one, but for who adjudicates. */
  readonly others: readonly GivenLabel[];
  readonly adjudicated?: GivenLabel | undefined;
  /** A key decides between the reviewers instead of labelling. */
  readonly adjudicates: boolean;
  /** Verdict, maps and names stay hidden until there is a label. */
  readonly blind: boolean;
  /** The reviewer's own, and those of others where their labels are shown. */
  readonly regions: readonly ShownRegion[];
}

/** What became of the key that was pressed last, in words; `failed`: nothing was recorded. */
export interface LabelNews {
  readonly text: string;
  readonly failed: boolean;
}

/** Page to host. Each names the image that the reviewer saw; of another one it is refused. */
export type LabelRequest =
  | { readonly kind: 'label'; readonly id: string; readonly sha256: string; readonly choice: LabelChoice; /** The verdict was on show. */ readonly sawModel: boolean }
  | { readonly kind: 'note'; readonly id: string; readonly sha256: string; readonly text: string }
  | { readonly kind: 'exclude'; readonly id: string; readonly sha256: string }
  | RegionRequest;

/** Host to page: a key was pressed; the page answers with a {@link LabelRequest} about the image that it shows, or opens its note. */
export type LabelCommand = LabelChoice | 'note' | 'exclude';

/** The words for a label: the class's name, or that the reviewer is unsure. */
export function labelName(value: string | null, classes: readonly ClassInfo[]): string {
  return value === null ? 'Unsure' : (classes.find(({ id }) => id === value)?.name ?? value);
}
