/** The review queue: what has become of each image of a folder, and which to look at first. Without 'vscode'. */
import { consensusOf, opinionOf, type ImageState } from '../annotations/replay';
import type { ModelVerdict } from '../annotations/types';
import { explorerOrder } from '../images/order';
import { QUEUE_STATES, type QueueState } from '../protocol/queue';

/** Why an image comes early. */
export interface QueueReason {
  /** 0 to 1, 1 first. */
  readonly score: number;
  /** One sentence with its numbers. */
  readonly text: string;
  /** What it shows of models: who labels after reading it has seen that. */
  readonly verdicts?: readonly ModelVerdict[] | undefined;
}

export interface QueueRow {
  /** Relative to the folder, with '/'. */
  readonly path: string;
  readonly state: QueueState;
  /** The reviewer's own label, class id; null: unsure; undefined: none. */
  readonly label?: string | null | undefined;
  readonly reason?: QueueReason | undefined;
}

/** What the reviewer sees of an image's state. */
export function queueState(state: ImageState | undefined, reviewer: string): Pick<QueueRow, 'state' | 'label'> {
  const own = opinionOf(state, reviewer);
  if (!state || !own?.label) return { state: own?.excluded ? 'excluded' : 'unlabelled' };
  const label = own.label.value;
  if (own.excluded) return { state: 'excluded', label };
  const consensus = consensusOf(state);
  if (consensus.label === undefined && consensus.reason === 'disputed') return { state: 'disputed', label };
  if (label === null) return { state: 'unsure', label };
  const { model } = own.label;
  if (!model || model.predicted === null) return { state: 'labelled', label };
  return { state: model.predicted === label ? 'agreed' : 'corrected', label };
}

/** How the queue is ordered: by the reason's score, by state, or by name. */
export type QueueOrder = 'reason' | 'state' | 'name';

/** Sorted; what is alike in the order's terms stays in the Explorer's order. */
export function ordered(rows: readonly QueueRow[], order: QueueOrder): QueueRow[] {
  const states = Object.keys(QUEUE_STATES);
  const rank: Record<QueueOrder, (row: QueueRow) => number> = {
    reason: ({ reason }) => -(reason?.score ?? -1),
    state: ({ state }) => states.indexOf(state),
    name: () => 0,
  };
  return [...rows].sort((a, b) => rank[order](a) - rank[order](b) || explorerOrder(a.path, b.path));
}

/** Images in each state; all states are there. */
export function countStates(rows: readonly QueueRow[]): Record<QueueState, number> {
  const counts = Object.fromEntries(Object.keys(QUEUE_STATES).map((state) => [state, 0])) as Record<QueueState, number>;
  for (const { state } of rows) counts[state]++;
  return counts;
}
