/** The page of a training: curves while it runs, figures and what to do with the model at its end. */
import './training.css';
import { RESEARCH_USE } from '../src/protocol/format';
import { figuresOf, planSentences, type FromTraining, type ToTraining, type TrainedFigures, type TrainingView } from '../src/protocol/training';
import { byId, create, say } from './dom';
import { count, score, share } from './report/figures';
import { dataCell, headingCell, scrolling, table } from './report/table';
import { TrainingCurves } from './trainingCurves';

declare function acquireVsCodeApi(): { postMessage(message: FromTraining): void };

const api = acquireVsCodeApi();
const curves = new TrainingCurves();
let drawn: TrainedFigures | undefined;

window.addEventListener('message', ({ data: { view } }: MessageEvent<ToTraining>) => show(view));
for (const kind of ['stop', 'use', 'rank', 'open'] as const) byId(kind).addEventListener('click', () => api.postMessage({ kind }));
say(byId('research-use'), RESEARCH_USE);
api.postMessage({ kind: 'ready' });

function show(view: TrainingView): void {
  const { step, title, plan, epochs, figures, progress } = view;
  document.body.dataset['step'] = step;
  say(byId('title'), title);
  const status = byId('status');
  status.dataset['step'] = step;
  say(status, statusOf(view));
  drawProgress(progress, step);
  const stop = byId<HTMLButtonElement>('stop');
  byId('stopping').hidden = step === 'done' || step === 'failed';
  stop.disabled = step === 'finishing';
  stop.textContent = step === 'features' ? 'Cancel' : 'Stop and Keep the Best So Far';
  byId('plan').replaceChildren(...(plan ? planSentences(plan).map((sentence) => create('li', '', sentence)) : []));
  byId('curves').hidden = epochs.length === 0;
  if (epochs.length > 0) curves.show(epochs);
  byId('result').hidden = !figures || step !== 'done';
  if (figures && plan && step === 'done' && JSON.stringify(figures) !== JSON.stringify(drawn)) {
    drawn = figures;
    drawFigures(figures, plan.figures);
  }
}

function statusOf({ step, progress, epochs, message, figures }: TrainingView): string {
  const last = epochs.at(-1);
  const words = {
    features: progress ? `Features of ${count(progress.done)} of ${count(progress.total)} ${progress.step}.` : 'The network is opened, and the labels are read.',
    // Epochs come too fast to be read out one by one: their figures stand below.
    training: last ? 'The head is trained.' : 'The head begins to be trained.',
    finishing: 'The best head so far is written, with its figures.',
    done: figures?.ending ?? '',
    failed: '',
  }[step];
  return [words, message ?? ''].filter(Boolean).join(' ');
}

function drawProgress(progress: TrainingView['progress'], step: TrainingView['step']): void {
  const bar = byId<HTMLProgressElement>('progress');
  bar.hidden = step !== 'features';
  if (!progress) return bar.removeAttribute('value');
  bar.max = Math.max(1, progress.total);
  bar.value = progress.done;
}

function drawFigures({ n, accuracy, interval, balancedAccuracy, macroF1, perClass, confusionMatrix, out }: TrainedFigures, part: 'test' | 'validation'): void {
  say(byId('about'), `Figures of ${count(n)} images of ${figuresOf(part)}. The model is in ${out}.`);
  const cards = create('dl', 'cards');
  cards.append(
    card('Accuracy', share(accuracy), interval ? `${share(interval[0])} to ${share(interval[1])} (95 %)` : 'interval not estimable'),
    card('Balanced accuracy', share(balancedAccuracy)),
    card('F1, mean of classes', score(macroF1)),
  );
  byId('figures').replaceChildren(cards);
  byId('confusion').replaceChildren(matrix(perClass.map(({ id }) => id), confusionMatrix));
  const rows = perClass.map(({ id, support, precision, sensitivity, f1 }) => [id, count(support), share(precision), share(sensitivity), share(f1)]);
  byId('per-class').replaceChildren(table({ label: 'Each class against the rest', head: ['Class', 'Images', 'Precision', 'Sensitivity', 'F1'], rows }));
}

function card(name: string, value: string, range = ''): HTMLElement {
  const box = create('div', 'card');
  box.append(create('dt', '', name), create('dd', 'value', value), ...(range ? [create('dd', 'range', range)] : []));
  return box;
}

function matrix(names: readonly string[], counts: readonly (readonly number[])[]): HTMLElement {
  const element = create('table', 'matrix');
  element.createTHead().insertRow().append(headingCell('Truth ↓  Predicted →', 'col'), ...names.map((name) => headingCell(name, 'col')));
  const body = element.createTBody();
  counts.forEach((row, truth) => {
    const total = row.reduce((a, b) => a + b, 0);
    const cells = row.map((value, predicted) => {
      const cell = dataCell(count(value));
      cell.className = `count ${truth === predicted ? 'right' : 'wrong'}`;
      cell.style.setProperty('--part', total > 0 ? String(value / total) : '0');
      return cell;
    });
    body.insertRow().append(headingCell(`${names[truth]} (${count(total)})`, 'row'), ...cells);
  });
  return scrolling(element, 'Confusion matrix; rows are the truth');
}
