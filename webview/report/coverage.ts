/** What abstaining buys: accuracy of the images that get a class, against their share. */
import type { TopLevelSpec } from 'vega-lite';
import { coverageCurve, type CoveragePoint } from '../../src/evaluation/metrics/decisions';
import { byId, create } from '../dom';
import { Chart, shareAxis } from './chart';
import { share } from './figures';
import type { ReportState } from './state';
import { folded, table, type Cell } from './table';

/** Confidences at which the table reads the curve. */
const READ_AT = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

/** Points of the drawing; the curve has one an image. */
const DRAWN = 400;

export class CoverageChart {
  private chart: Chart | undefined;
  private points: readonly CoveragePoint[] = [];

  constructor(private readonly state: ReportState) {}

  /** Draws the curve of the model on show, at the evaluation's thresholds. */
  async draw(): Promise<void> {
    this.points = coverageCurve(this.state.set);
    const box = create('div');
    byId('coverage').replaceChildren(box, create('p', 'readout', 'Dot: the share that is identified now. Move ‘Unidentified below a confidence of’ above.'), this.readings());
    this.chart?.finalize();
    this.chart = await Chart.draw(box, spec(this.points), 'Accuracy of the images that get a class, against their share, as the confidence that is asked for falls.');
    this.move();
  }

  /** Moves the mark to the confidence that is asked for. */
  move(): void {
    const { coverage, accuracyOfIdentified: accuracy } = this.state.live;
    this.chart?.update('now', accuracy === null ? [] : [{ coverage, accuracy }]);
  }

  private readings(): HTMLElement {
    const rows = READ_AT.map((confidence): Cell[] => {
      // The points' thresholds rise; the first one that is high enough stands for all images above.
      const point = this.points.find(({ threshold }) => threshold >= confidence);
      return [share(confidence), share(point?.coverage ?? 0), share(point?.accuracy)];
    });
    return folded('The curve as a table', table({ label: 'Coverage and accuracy', head: ['Confidence of at least', 'Images identified', 'Of these right'], rows }));
  }
}

function spec(points: readonly CoveragePoint[]): TopLevelSpec {
  const every = Math.max(1, Math.floor(points.length / DRAWN));
  const drawn = points.filter((_point, i) => i % every === 0 || i === points.length - 1);
  const x = shareAxis('coverage', 'Coverage: images that get a class');
  const y = { ...shareAxis('accuracy', 'Accuracy of these', { format: '~%' }), scale: { zero: false, nice: true } };
  return {
    width: 'container',
    height: 300,
    datasets: { curve: drawn.map((point) => ({ ...point })), now: [] },
    layer: [
      { data: { name: 'curve' }, mark: { type: 'line', color: 'var(--accent)', strokeWidth: 2 }, encoding: { x, y, order: { field: 'coverage', type: 'quantitative' } } },
      { data: { name: 'now' }, mark: { type: 'point', filled: true, size: 90, color: 'var(--accent)', stroke: 'var(--paper)', opacity: 1 }, encoding: { x, y } },
    ],
  };
}
