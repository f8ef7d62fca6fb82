/** The order in which calls are served: interactive before background, first come first served within each. */
import type { Priority } from '../protocol/inference';

const RANK: Record<Priority, number> = { interactive: 0, background: 1 };

export interface Prioritised {
  readonly priority: Priority;
}

/** Is `a` to be served before `b` whatever the order they came in? */
export function overtakes(a: Prioritised, b: Prioritised): boolean {
  return RANK[a.priority] < RANK[b.priority];
}

/** The priority of an item must not change while it waits here: take it out, change it, and put it back. */
export class PriorityQueue<T extends Prioritised> {
  private readonly items: T[] = [];

  push(item: T): void {
    const at = this.items.findIndex((other) => overtakes(item, other));
    this.items.splice(at < 0 ? this.items.length : at, 0, item);
  }

  /** The item that is next, left in place. */
  peek(): T | undefined {
    return this.items[0];
  }

  shift(): T | undefined {
    return this.items.shift();
  }

  /** Whether the item was waiting here (and no longer is). */
  remove(item: T): boolean {
    const at = this.items.indexOf(item);
    if (at >= 0) this.items.splice(at, 1);
    return at >= 0;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.items.values();
  }
}
