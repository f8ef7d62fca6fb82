/**
 * Two stages with one call in each: while the engine runs one call, the next is prepared (its image decoded). A more
 * urgent call overtakes at each boundary: before preparation and before the run.
 */
import type { Priority } from '../protocol/inference';
import { overtakes, PriorityQueue } from './queue';

/** What preparation comes to: the reply itself, or what remains to be done on the engine. */
export type Prepared<Reply> = { readonly reply: Reply } | { readonly run: () => Promise<Reply> };

export interface Job<Reply> {
  readonly id: number;
  /** Until it is raised. */
  readonly priority: Priority;
  /** May run beside the engine. The signal is aborted when the call is cancelled. */
  prepare(signal: AbortSignal): Promise<Prepared<Reply>>;
}

/** Each job ends in exactly one of `done`, `failed` and `cancelled`. */
export interface PipelineEvents<Reply> {
  started(id: number): void;
  done(id: number, reply: Reply): void;
  failed(id: number, thrown: unknown): void;
  cancelled(id: number): void;
}

interface Task<Reply> {
  readonly job: Job<Reply>;
  priority: Priority;
  readonly abort: AbortController;
  /** Set by preparation. */
  run?: () => Promise<Reply>;
}

interface Failure {
  readonly thrown: unknown;
}

export class Pipeline<Reply> {
  private readonly tasks = new Map<number, Task<Reply>>();
  private readonly queued = new PriorityQueue<Task<Reply>>();
  private readonly preparing = new Set<Task<Reply>>();
  private readonly ready = new PriorityQueue<Task<Reply>>();
  private running = false;

  constructor(private readonly events: PipelineEvents<Reply>) {}

  submit(job: Job<Reply>): void {
    const task: Task<Reply> = { job, priority: job.priority, abort: new AbortController() };
    this.tasks.set(job.id, task);
    this.queued.push(task);
    this.advance();
  }

  /** A waiting job ends at once; one that is being prepared or run ends as `cancelled` when that step returns. */
  cancel(id: number): void {
    const task = this.tasks.get(id);
    if (!task) return;
    task.abort.abort();
    if (this.queued.remove(task) || this.ready.remove(task)) this.end(task);
  }

  /** From now on the job is interactive, behind those that are so already; what runs is not interrupted. */
  raise(id: number): void {
    const task = this.tasks.get(id);
    if (!task || task.priority === 'interactive') return;
    const queue = [this.queued, this.ready].find((q) => q.remove(task));
    task.priority = 'interactive';
    queue?.push(task);
    this.advance();
  }

  private advance(): void {
    const first = this.ready.peek();
    if (first?.run && !this.running && this.mayRun(first)) {
      this.ready.shift();
      void this.run(first, first.run);
    }
    for (let next = this.queued.peek(); next && this.mayPrepare(next); next = this.queued.peek()) {
      this.queued.shift();
      void this.prepare(next);
    }
  }

  /** One ahead of the engine is enough (a decoded image is large), unless this one would overtake it. */
  private mayPrepare(task: Task<Reply>): boolean {
    return [...this.preparing, ...this.ready].every((ahead) => overtakes(task, ahead));
  }

  /** A run cannot be interrupted, so it does not begin while a more urgent call is about to be ready. */
  private mayRun(task: Task<Reply>): boolean {
    return [...this.preparing, ...this.queued].every((other) => !overtakes(other, task));
  }

  private async prepare(task: Task<Reply>): Promise<void> {
    this.preparing.add(task);
    this.events.started(task.job.id);
    const outcome = await attempt(() => task.job.prepare(task.abort.signal));
    this.preparing.delete(task);
    if ('run' in outcome && !task.abort.signal.aborted) {
      task.run = outcome.run;
      this.ready.push(task);
      this.advance();
    } else this.end(task, outcome);
  }

  private async run(task: Task<Reply>, run: () => Promise<Reply>): Promise<void> {
    this.running = true;
    const outcome = await attempt(async () => ({ reply: await run() }));
    this.running = false;
    this.end(task, outcome);
  }

  private end(task: Task<Reply>, outcome?: Prepared<Reply> | Failure): void {
    this.tasks.delete(task.job.id);
    if (task.abort.signal.aborted) this.events.cancelled(task.job.id);
    else if (outcome && 'reply' in outcome) this.events.done(task.job.id, outcome.reply);
    else if (outcome && 'thrown' in outcome) this.events.failed(task.job.id, outcome.thrown);
    this.advance();
  }
}

async function attempt<T>(work: () => Promise<T>): Promise<T | Failure> {
  try {
    return await work();
  } catch (thrown) {
    return { thrown };
  }
}
