/** The reliability diagram: how often the model is right where it says it is so sure. */
import type { TopLevelSpec } from 'vega-lite';
import type { Calibration } from '../../src/evaluation/types';
import { byId, create } from '../dom';
import { Chart, diagonal, shareAxis, type ShareAxis } from './chart';
import { count, score, share } from './figures';
import type { ReportState } from './state';
import { folded, table, type Cell } from './table';

/** Room left of both charts, in pixels, so that their axes stand above each other. */
const LABELS = 42;

export async function drawReliability(state: ReportState): Promise<void> {
  const { calibration } = state.current.model.metrics;
  const [diagram, counts] = [create('div'), create('div')];
  const summary = create('p', 'readout', `ECE ${score(calibration.ece)} (top label, ${calibration.bins.length} bins of equal width). Bars below the dashed line: the model is surer than it is right.`);
  const words = `Share right against confidence in ${calibration.bins.length} bins. Expected calibration error ${score(calibration.ece)}.`;
  byId('reliability').replaceChildren(diagram, counts, summary, asTable(calibration));
  await Chart.draw(diagram, reliabilitySpec(calibration), words);
  await Chart.draw(counts, countsSpec(calibration), 'Number of images by confidence.');
}

function reliabilitySpec({ bins }: Calibration): TopLevelSpec {
  const x = (field: string): ShareAxis => shareAxis(field, null, { labels: false });
  const y = shareAxis('accuracy', 'Share right', { minExtent: LABELS });
  return {
    width: 'container',
    height: 230,
    data: { values: [...filled(bins)] },
    layer: [
      { mark: { type: 'rect', color: 'var(--accent)', opacity: 0.55, stroke: 'var(--paper)' }, encoding: { x: x('low'), x2: { field: 'high' }, y, y2: { datum: 0 } } },
      diagonal(x('low'), y),
      { mark: { type: 'point', filled: true, color: 'var(--ink)', size: 36, opacity: 1 }, encoding: { x: x('confidence'), y } },
    ],
  };
}

function countsSpec({ bins }: Calibration): TopLevelSpec {
  return {
    width: 'container',
    height: 56,
    data: { values: [...filled(bins)] },
    mark: { type: 'rect', color: 'var(--muted)', opacity: 0.7, stroke: 'var(--paper)' },
    encoding: {
      x: shareAxis('low', 'Confidence (highest probability)'),
      x2: { field: 'high' },
      y: { field: 'count', type: 'quantitative', scale: { zero: true }, title: 'Images', axis: { tickCount: 2, minExtent: LABELS, format: '~s' } },
      y2: { datum: 0 },
    },
  };
}

function filled(bins: Calibration['bins']): Calibration['bins'] {
  return bins.filter((bin) => bin.count > 0);
}

function asTable({ bins }: Calibration): HTMLElement {
  const rows = filled(bins).map((bin): Cell[] => [`${share(bin.low)} to ${share(bin.high)}`, count(bin.count), share(bin.confidence), share(bin.accuracy)]);
  return folded('The diagram as a table', table({ label: 'Reliability', head: ['Confidence', 'Images', 'Mean confidence', 'Right'], rows }));
}
