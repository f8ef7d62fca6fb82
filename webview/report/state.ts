/** What the reader has chosen, and who wants to know. */
import type { PredictionSet } from '../../src/evaluation/types';
import { data, evaluated, type Evaluated } from './data';
import { recall, remember } from './host';
import { asEvaluated, liveOf, type Live } from './live';

/** A threshold for each class at which the likeliest class wins. */
export const EVEN = 0.5;

interface Choices {
  readonly model: string;
  /** One a class; the class with the largest ratio of probability and threshold is predicted. */
  readonly thresholds: readonly number[];
  /** Images whose highest probability is lower are 'Unidentified'. */
  readonly abstainBelow: number;
}

type Listener = () => void;

export class ReportState {
  private choices: Choices;
  private shown: Live;
  private before: Live;
  private readonly ofModel: Listener[] = [];
  private readonly ofFigures: Listener[] = [];
  private due = false;

  constructor() {
    const kept = recall() as Choices | undefined;
    const known = kept && data.result.models.some(({ id }) => id === kept.model);
    this.choices = known ? kept : untouched(data.result.models[0].id);
    this.before = asEvaluated(this.current);
    this.shown = this.compute();
    remember(this.choices);
  }

  get current(): Evaluated {
    return evaluated(this.choices.model);
  }

  get set(): PredictionSet {
    return this.current.set;
  }

  get thresholds(): readonly number[] {
    return this.choices.thresholds;
  }

  get abstainBelow(): number {
    return this.choices.abstainBelow;
  }

  /** The figures at the chosen thresholds. */
  get live(): Live {
    return this.shown;
  }

  /** The figures of the evaluation itself. */
  get evaluated(): Live {
    return this.before;
  }

  /** Calls back when another model is shown; its figures change with it. */
  onModel(changed: Listener): void {
    this.ofModel.push(changed);
  }

  /** Calls back when the figures change. */
  onFigures(changed: Listener): void {
    this.ofFigures.push(changed);
  }

  show(model: string): void {
    this.choices = untouched(model);
    this.before = asEvaluated(this.current);
    this.shown = this.compute();
    remember(this.choices);
    for (const changed of [...this.ofModel, ...this.ofFigures]) changed();
  }

  /** Takes effect in the next frame: a slider that is dragged moves more often. */
  adjust(change: Partial<Pick<Choices, 'thresholds' | 'abstainBelow'>>): void {
    this.choices = { ...this.choices, ...change };
    if (this.due) return;
    this.due = true;
    requestAnimationFrame(() => {
      this.due = false;
      this.shown = this.compute();
      remember(this.choices);
      for (const changed of this.ofFigures) changed();
    });
  }

  private compute(): Live {
    const { thresholds, abstainBelow } = this.choices;
    const even = thresholds.every((threshold) => threshold === thresholds[0]);
    return even && abstainBelow === 0 ? this.before : liveOf(this.current, even ? undefined : thresholds, abstainBelow);
  }
}

function untouched(model: string): Choices {
  return { model, thresholds: evaluated(model).set.classes.map(() => EVEN), abstainBelow: 0 };
}
