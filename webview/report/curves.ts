/** ROC and precision-recall curves of each class against the rest. A point of a curve opens the images that it gets wrong. */
import type { TopLevelSpec } from 'vega-lite';
import type { Metrics } from '../../src/evaluation/types';
import { byId, create } from '../dom';
import { Chart, diagonal, shareAxis, type Place } from './chart';
import { classColour, classDash, drawnClasses, legend } from './classColours';
import { score, share } from './figures';
import type { LiveRow } from './live';
import { named } from './perClass';
import type { Selection } from './selection';
import type { ReportState } from './state';
import { button, folded, table, type Cell } from './table';

/** One kind of curve. */
export interface CurveKind {
  readonly id: 'roc' | 'pr';
  readonly x: string;
  readonly y: string;
  /** The line of a model that knows nothing. */
  readonly diagonal: boolean;
  /** The axes' readings at a place, in words. */
  readonly words: (place: Place) => string;
  /** What is had for a sensitivity, in words. */
  readonly price: (place: Place) => string;
  readonly points: (metrics: Metrics, label: string) => Omit<CurvePoint, 'label'>[];
  /** The class's point at the thresholds on show. */
  readonly operating: (metrics: Metrics, label: string) => Place;
  /** The curve's one figure. */
  readonly area: { readonly name: string; readonly of: (metrics: Metrics, label: string) => number | null };
}

interface CurvePoint extends Place {
  /** The class's id. */
  readonly label: string;
  /** The class is called at this probability and above; Infinity: never. */
  readonly threshold: number;
}

export const ROC: CurveKind = {
  id: 'roc',
  x: '1 − specificity',
  y: 'Sensitivity',
  diagonal: true,
  words: ({ x, y }) => `sensitivity ${share(y)}, specificity ${share(1 - x)}`,
  price: ({ x }) => `specificity ${share(1 - x)}`,
  points: ({ roc }, label) => roc[label]?.fpr.map((x, i) => ({ x, y: roc[label]?.tpr[i] ?? 0, threshold: roc[label]?.thresholds[i] ?? Infinity })) ?? [],
  operating: ({ perClass }, label) => ({ x: 1 - perClass[label].specificity, y: perClass[label].sensitivity }),
  area: { name: 'AUC', of: ({ perClass }, label) => perClass[label].auc },
};

export const PRECISION_RECALL: CurveKind = {
  id: 'pr',
  x: 'Recall (sensitivity)',
  y: 'Precision',
  diagonal: false,
  words: ({ x, y }) => `recall ${share(x)}, precision ${share(y)}`,
  price: ({ y }) => `precision ${share(y)}`,
  points: ({ precisionRecall }, label) => {
    const curve = precisionRecall[label];
    return curve?.recall.map((x, i) => ({ x, y: curve.precision[i], threshold: curve.thresholds[i] ?? Infinity })) ?? [];
  },
  operating: ({ perClass }, label) => ({ x: perClass[label].sensitivity, y: perClass[label].precision }),
  area: { name: 'Average precision', of: ({ perClass }, label) => perClass[label].averagePrecision },
};

/** Parts of an axis within which the pointer means a curve. */
const REACH = 0.06;

/** Sensitivities (or recalls) at which the table reads the curves. */
const READ_AT = [0.9, 0.95, 0.99];

export class CurveChart {
  private chart: Chart | undefined;

  constructor(
    private readonly kind: CurveKind,
    private readonly state: ReportState,
    private readonly select: (selection: Selection) => void,
  ) {}

  /** Draws the curves of the model on show, and the table that says the same. */
  async draw(): Promise<void> {
    const { kind, state } = this;
    const { metrics } = state.current.model;
    const shown = drawnClasses(this.supports());
    const points = shown.flatMap((i) => {
      const { id } = state.set.classes[i];
      return kind.points(metrics, id).map((point) => ({ ...point, label: id }));
    });
    const box = create('div');
    const readout = create('p', 'readout', this.hint());
    byId(kind.id).replaceChildren(box, legend(shown.map((index) => ({ index, name: state.set.classes[index].name }))), readout, this.readings(points, shown));
    this.chart?.finalize();
    const areas = shown.map((i) => `${state.set.classes[i].name} ${score(kind.area.of(metrics, state.set.classes[i].id))}`).join(', ');
    this.chart = await Chart.draw(box, this.spec(points, shown), `${kind.y} against ${kind.x.toLowerCase()} for each class. ${kind.area.name}: ${areas}.`);
    this.chart.onPoint(
      (place) => {
        const point = place && nearest(points, place);
        this.chart?.update('pointed', point ? [point] : []);
        readout.textContent = point ? `${this.nameOf(point.label)} ${at(point.threshold)}: ${kind.words(point)}` : this.hint();
      },
      (place) => {
        const point = nearest(points, place);
        if (point) this.select(this.mistakes(point));
      },
    );
    this.move();
  }

  /** Moves the classes' marks to the thresholds on show. */
  move(): void {
    const { metrics } = this.state.live;
    const marks = drawnClasses(this.supports()).map((i) => ({ colour: classColour(i), ...this.kind.operating(metrics, this.state.set.classes[i].id) }));
    this.chart?.update('operating', marks);
  }

  private supports(): number[] {
    const { set, current } = this.state;
    return set.classes.map(({ id }) => current.model.metrics.perClass[id].support);
  }

  private hint(): string {
    return 'Dots: the predictions as they are now. Choose a point of a curve to see the images it gets wrong.';
  }

  private nameOf(label: string): string {
    return this.state.set.classes.find(({ id }) => id === label)?.name ?? label;
  }

  /** The images that the class's own threshold at this point gets wrong, the worst first. */
  private mistakes({ label, threshold }: CurvePoint): Selection {
    const index = this.state.set.classes.findIndex(({ id }) => id === label);
    const rows = this.state.live.rows.filter((row) => row.probabilities[index] >= threshold !== (row.label === index));
    const error = (row: LiveRow): number => Math.abs(row.probabilities[index] - (row.label === index ? 1 : 0));
    const missed = rows.filter((row) => row.label === index).length;
    const title = `${this.nameOf(label)} ${at(threshold)}: ${missed} missed, ${rows.length - missed} falsely called`;
    return { title, rows: [...rows].sort((a, b) => error(b) - error(a)) };
  }

  private readings(points: readonly CurvePoint[], shown: readonly number[]): HTMLElement {
    const { kind, state } = this;
    const { metrics } = state.current.model;
    const rows = shown.map((i): Cell[] => {
      const { id, name } = state.set.classes[i];
      const own = points.filter(({ label }) => label === id);
      const sensitivity = ({ x, y }: Place): number => (kind.id === 'roc' ? y : x);
      const cells = READ_AT.map((least): Cell => {
        // Of the points that reach it, the one with the highest threshold.
        const point = own.filter((candidate) => sensitivity(candidate) >= least && Number.isFinite(candidate.threshold)).sort((a, b) => b.threshold - a.threshold)[0];
        return point ? button(`${kind.price(point)} ${at(point.threshold)}`, 'link', () => this.select(this.mistakes(point))) : '–';
      });
      return [named(name, i), score(kind.area.of(metrics, id)), ...cells];
    });
    const head = ['Class', kind.area.name, ...READ_AT.map((least) => `At a sensitivity of at least ${share(least)}`)];
    const left = state.set.classes.length - shown.length;
    const note = create('p', 'note', `The buttons show the images that are wrong there.${left > 0 ? ` ${left} classes with fewer images are not drawn.` : ''}`);
    return folded('The curves as a table', table({ label: `${kind.y} by class`, head, rows, className: 'readings' }), note);
  }

  private spec(points: readonly CurvePoint[], shown: readonly number[]): TopLevelSpec {
    const { kind, state } = this;
    const ids = shown.map((i) => state.set.classes[i].id);
    const [x, y] = [shareAxis('x', kind.x), shareAxis('y', kind.y)];
    const color = { field: 'label', type: 'nominal' as const, scale: { domain: ids, range: shown.map(classColour) }, legend: null };
    const strokeDash = { field: 'label', type: 'nominal' as const, scale: { domain: ids, range: shown.map(classDash) }, legend: null };
    const drawn = points.map((point, order) => ({ ...point, threshold: undefined, order }));
    return {
      width: 'container',
      height: 300,
      datasets: { curves: drawn, operating: [], pointed: [] },
      layer: [
        ...(kind.diagonal ? [diagonal(x, y)] : []),
        { data: { name: 'curves' }, mark: { type: 'line', strokeWidth: 2 }, encoding: { x, y, color, strokeDash, order: { field: 'order', type: 'quantitative' } } },
        { data: { name: 'operating' }, mark: { type: 'point', filled: true, size: 80, stroke: 'var(--paper)', strokeWidth: 1.5, opacity: 1 }, encoding: { x, y, color: { field: 'colour', type: 'nominal', scale: null } } },
        { data: { name: 'pointed' }, mark: { type: 'point', size: 140, color: 'var(--ink)', strokeWidth: 2, opacity: 1 }, encoding: { x, y } },
      ],
    };
  }
}

function at(threshold: number): string {
  return Number.isFinite(threshold) ? `at p ≥ ${threshold.toPrecision(3)}` : 'never called';
}

function nearest(points: readonly CurvePoint[], { x, y }: Place): CurvePoint | undefined {
  let [best, least]: [CurvePoint | undefined, number] = [undefined, REACH];
  for (const point of points) {
    const distance = Math.hypot(point.x - x, point.y - y);
    if (distance < least) [best, least] = [point, distance];
  }
  return best;
}
