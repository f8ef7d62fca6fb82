/**
 * Two stages with one call in each: while the engine runs one call, the next is prepared (its image decoded). A more
 * urgent call overtakes at each boundary: before preparation, before the run, and between two steps of one that has steps. Of
 * calls of one priority those with steps left take turns with the others.
 */
import type { Priority } from '../protocol/inference';
import { overtakes, PriorityQueue } from './queue';

/** What preparation comes to: the reply itself, or what remains to be done on the engine, in one run or in steps. */
export type Prepared<Reply, Progress = never> = { readonly reply: Reply } | { readonly run: () => Promise<Reply> } | { readonly steps: () => AsyncGenerator<Progress, Reply> };

export interface Job<Reply, Progress = never> {
  readonly id: number;
  /** Until it is raised. */
  readonly priority: Priority;
  /** May run beside the engine. The signal is aborted when the call is cancelled. */
  prepare(signal: AbortSignal): Promise<Prepared<Reply, Progress>>;
}

/** Each job ends in exactly one of `done`, `failed` and `cancelled`. */
export interface PipelineEvents<Reply, Progress = never> {
  started(id: number): void;
  /** Between two steps. */
  progress(id: number, progress: Progress): void;
  done(id: number, reply: Reply): void;
  failed(id: number, thrown: unknown): void;
  cancelled(id: number): void;
}

/** A step on the engine; `done` with the last one. */
type Step<Reply, Progress> = IteratorResult<Progress, Reply>;

interface Task<Reply, Progress> {
  readonly job: Job<Reply, Progress>;
  priority: Priority;
  readonly abort: AbortController;
  /** Set by preparation. */
  next?: () => Promise<Step<Reply, Progress>>;
  /** Lets go of what its steps hold. */
  leave?: () => Promise<unknown>;
  /** Has steps behind it and is not prepared any more. */
  begun?: boolean;
}

interface Failure {
  readonly thrown: unknown;
}

export class Pipeline<Reply, Progress = never> {
  private readonly tasks = new Map<number, Task<Reply, Progress>>();
  private readonly queued = new PriorityQueue<Task<Reply, Progress>>();
  private readonly preparing = new Set<Task<Reply, Progress>>();
  private readonly ready = new PriorityQueue<Task<Reply, Progress>>();
  private running = false;

  constructor(private readonly events: PipelineEvents<Reply, Progress>) {}

  submit(job: Job<Reply, Progress>): void {
    const task: Task<Reply, Progress> = { job, priority: job.priority, abort: new AbortController() };
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
    if (first?.next && !this.running && this.mayRun(first)) {
      this.ready.shift();
      void this.run(first, first.next);
    }
    for (let next = this.queued.peek(); next && this.mayPrepare(next); next = this.queued.peek()) {
      this.queued.shift();
      void this.prepare(next);
    }
  }

  /** One ahead of the engine is enough (a decoded image is large), unless this one would overtake it. */
  private mayPrepare(task: Task<Reply, Progress>): boolean {
    return [...this.preparing, ...this.ready].every((ahead) => ahead.begun || overtakes(task, ahead));
  }

  /** A run cannot be interrupted, so it does not begin while a more urgent call is about to be ready. */
  private mayRun(task: Task<Reply, Progress>): boolean {
    return [...this.preparing, ...this.queued].every((other) => !overtakes(other, task));
  }

  private async prepare(task: Task<Reply, Progress>): Promise<void> {
    this.preparing.add(task);
    this.events.started(task.job.id);
    const outcome = await attempt(() => task.job.prepare(task.abort.signal));
    this.preparing.delete(task);
    if (('run' in outcome || 'steps' in outcome) && !task.abort.signal.aborted) {
      const steps = 'run' in outcome ? undefined : outcome.steps();
      task.next = 'run' in outcome ? async () => ({ done: true, value: await outcome.run() }) : () => (steps as AsyncGenerator<Progress, Reply>).next();
      // What is returned is of no meaning: nobody waits for it.
      task.leave = async () => steps?.return(undefined as never);
      this.ready.push(task);
      this.advance();
    } else this.end(task, 'reply' in outcome || 'thrown' in outcome ? outcome : undefined);
  }

  private async run(task: Task<Reply, Progress>, next: () => Promise<Step<Reply, Progress>>): Promise<void> {
    this.running = true;
    const outcome = await attempt(next);
    this.running = false;
    if ('thrown' in outcome) return this.end(task, outcome);
    if (outcome.done) return this.end(task, { reply: outcome.value });
    if (task.abort.signal.aborted) return this.end(task);
    task.begun = true;
    this.events.progress(task.job.id, outcome.value);
    this.ready.push(task);
    this.advance();
  }

  private end(task: Task<Reply, Progress>, outcome?: { readonly reply: Reply } | Failure): void {
    void task.leave?.();
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
