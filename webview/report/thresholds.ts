/** What other thresholds would make of the same answers: sliders, and the figures beside those of the evaluation. */
import { byId, create } from '../dom';
import { drawnClasses } from './classColours';
import { share, type Figure, type Format } from './figures';
import { HEADLINES } from './headline';
import { named } from './perClass';
import { EVEN, type ReportState } from './state';
import { button, table, type Cell } from './table';

/** Builds the sliders of the model on show. */
export function buildThresholds(state: ReportState): void {
  const sliders = create('div', 'sliders');
  const { set, current } = state;
  const supports = set.classes.map(({ id }) => current.model.metrics.perClass[id].support);
  for (const i of drawnClasses(supports)) {
    const { name } = set.classes[i];
    const change = (value: number): void => state.adjust({ thresholds: state.thresholds.map((old, j) => (j === i ? value : old)) });
    sliders.append(slider({ id: `threshold-${i}`, label: named(name, i), min: 0.01, max: 0.99, value: state.thresholds[i], change }));
  }
  const abstain = slider({ id: 'abstain', label: 'Unidentified below a confidence of', min: 0, max: 0.99, value: state.abstainBelow, change: (abstainBelow) => state.adjust({ abstainBelow }) });
  const reset = button('Back to the evaluation’s thresholds', 'secondary', () => {
    state.adjust({ thresholds: set.classes.map(() => EVEN), abstainBelow: 0 });
    buildThresholds(state);
  });
  reset.id = 'reset-thresholds';
  const left = create('div', 'choices');
  left.append(
    create('p', 'note', 'Thresholds: the class with the largest ratio of probability and threshold is predicted; a lower threshold makes a class more likely to be called. Nothing here changes the evaluation: thresholds chosen on these images are optimistic for others.'),
    sliders,
    abstain,
    reset,
  );
  const result = create('div');
  result.id = 'live';
  byId('thresholds').replaceChildren(left, result);
  drawLive(state);
}

/** The figures at the sliders' thresholds. */
export function drawLive(state: ReportState): void {
  const { metrics } = state.current.model;
  const { live } = state;
  // The AUC knows no threshold.
  const rows: Cell[][] = HEADLINES.filter(({ key }) => key !== 'macro.auc').map(({ name, format, of }) => compared(name, of(metrics), of(live.metrics), format));
  const { evaluated } = state;
  rows.push(compared('Identified (coverage)', evaluated.coverage, live.coverage, share), compared('Accuracy of the identified', evaluated.accuracyOfIdentified, live.accuracyOfIdentified, share));
  const [before, now] = [metrics.twoClass, live.metrics.twoClass];
  if (before) {
    rows.push(compared(`Sensitivity for ${before.positive}`, before.sensitivity, now?.sensitivity, share), compared(`Specificity (${before.negative})`, before.specificity, now?.specificity, share));
  }
  byId('live').replaceChildren(table({ label: 'Figures at these thresholds', head: ['Figure', 'As evaluated', 'At these thresholds'], rows, className: 'live' }), create('p', 'note', `An unidentified image counts as wrong, except in the accuracy of the identified ones.${before ? ` Whether ${before.positive} or ${before.negative} is decided by the summed probabilities, which thresholds of single classes do not move.` : ''}`));
}

function compared(name: string, before: Figure, now: Figure, format: Format): Cell[] {
  const [old, fresh] = [format(before), format(now)];
  return [name, old, create(fresh === old ? 'span' : 'strong', '', fresh)];
}

interface SliderContent {
  readonly id: string;
  readonly label: string | Node;
  readonly min: number;
  readonly max: number;
  readonly value: number;
  readonly change: (value: number) => void;
}

function slider({ id, label, min, max, value, change }: SliderContent): HTMLElement {
  const row = create('div', 'slider');
  const [text, input, output] = [create('label'), create('input'), create('output', '', value.toFixed(2))];
  text.htmlFor = id;
  text.append(label);
  Object.assign(input, { type: 'range', id, min: String(min), max: String(max), step: '0.01', value: String(value) });
  output.htmlFor.add(id);
  input.addEventListener('input', () => {
    output.textContent = input.valueAsNumber.toFixed(2);
    change(input.valueAsNumber);
  });
  row.append(text, input, output);
  return row;
}
