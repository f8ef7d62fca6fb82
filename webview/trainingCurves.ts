/** Loss and accuracy of both parts by epoch: two charts that grow, the latest figures in words, and all of them as a table. */
import type { TopLevelSpec } from 'vega-lite';
import type { Epoch } from '../src/protocol/training';
import { byId } from './dom';
import { Chart } from './report/chart';
import { classColour, classDash, legend } from './report/classColours';
import { share } from './report/figures';
import { folded, table } from './report/table';

const PARTS = [
  { key: 'training', name: 'Training' },
  { key: 'heldOut', name: 'Held out' },
] as const;

const MEASURES = [
  { key: 'loss', title: 'Cross-entropy', format: '~g' },
  { key: 'accuracy', title: 'Accuracy', format: '~%' },
] as const;

/** Pixels for the labels of the upright axis: the room for them is set before there is any. */
const LABELS = 44;

export class TrainingCurves {
  private charts: Promise<readonly Chart[]> | undefined;
  private latest: readonly Epoch[] = [];

  /** @param epochs at least one */
  show(epochs: readonly Epoch[]): void {
    if (epochs.length === this.latest.length) return;
    this.latest = epochs;
    const last = epochs[epochs.length - 1];
    const best = epochs.reduce((least, epoch) => (epoch.heldOut.loss < least.heldOut.loss ? epoch : least));
    byId('latest').textContent = `Epoch ${last.epoch}: training loss ${last.training.loss.toFixed(4)}, accuracy ${share(last.training.accuracy)}; held-out loss ${last.heldOut.loss.toFixed(4)}, accuracy ${share(last.heldOut.accuracy)}. Lowest held-out loss so far: ${best.heldOut.loss.toFixed(4)} in epoch ${best.epoch}.`;
    const rows = epochs.map(({ epoch, training, heldOut }) => [String(epoch), training.loss.toFixed(4), heldOut.loss.toFixed(4), share(training.accuracy), share(heldOut.accuracy)]);
    const isOpen = byId('table').querySelector('details')?.open ?? false;
    const details = folded('All epochs as a table', table({ label: 'Loss and accuracy by epoch', head: ['Epoch', 'Training loss', 'Held-out loss', 'Training accuracy', 'Held-out accuracy'], rows }));
    details.open = isOpen;
    byId('table').replaceChildren(details);
    this.charts ??= this.draw();
    void this.charts.then((charts) => {
      // Later epochs may have come meanwhile: only the newest are drawn.
      if (epochs !== this.latest) return;
      for (const [m, { key }] of MEASURES.entries()) charts[m].update('epochs', pointsOf(epochs, key), true);
      charts.forEach((chart) => chart.update('best', [{ epoch: best.epoch }], true));
    });
  }

  private draw(): Promise<readonly Chart[]> {
    byId('legend').replaceChildren(legend(PARTS.map(({ name }, index) => ({ index, name }))));
    return Promise.all(MEASURES.map((measure) => Chart.draw(byId(measure.key), spec(measure), `${measure.title} of the training and the held-out part by epoch; the table below holds the figures.`)));
  }
}

function pointsOf(epochs: readonly Epoch[], measure: 'loss' | 'accuracy'): object[] {
  return epochs.flatMap((epoch) => PARTS.map(({ key, name }) => ({ epoch: epoch.epoch, part: name, value: epoch[key][measure] })));
}

function spec({ title, format }: (typeof MEASURES)[number]): TopLevelSpec {
  const names = PARTS.map(({ name }) => name);
  const x = { field: 'epoch', type: 'quantitative' as const, title: 'Epoch', scale: { nice: false, zero: false }, axis: { tickMinStep: 1, format: 'd', tickCount: 8 } };
  return {
    width: 'container',
    height: 240,
    datasets: { epochs: [], best: [] },
    layer: [
      { data: { name: 'best' }, mark: { type: 'rule', color: 'var(--muted)', strokeDash: [3, 3] }, encoding: { x } },
      {
        data: { name: 'epochs' },
        mark: { type: 'line', strokeWidth: 2, point: { size: 22, filled: true } },
        encoding: {
          x,
          y: { field: 'value', type: 'quantitative', title, scale: { zero: false, nice: true }, axis: { format, tickCount: 5, minExtent: LABELS } },
          color: { field: 'part', type: 'nominal', legend: null, scale: { domain: names, range: names.map((_, i) => classColour(i)) } },
          strokeDash: { field: 'part', type: 'nominal', legend: null, scale: { domain: names, range: names.map((_, i) => (i === 0 ? [1, 0] : classDash(i))) } },
        },
      },
    ],
  };
}
