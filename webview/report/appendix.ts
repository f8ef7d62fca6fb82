/** What stands below the figures: unreadable images, class names, methods. */
import { byId, create } from '../dom';
import { data } from './data';
import { images } from './figures';
import { table } from './table';

const METHODS = [
  'Metrics are those of scikit-learn 1.3 and later. Each class is taken against the rest; macro is the mean over the model’s classes, weighted is weighted by their images. A class without images counts 0 in macro precision, sensitivity and F1; its AUC is not defined, and neither is then the macro AUC. What would divide by zero is 0.',
  'Sensitivity is TP/(TP+FN), the same as recall; specificity is TN/(TN+FP); precision is TP/(TP+FP); F1 is the harmonic mean of precision and sensitivity. AUC: one class against the rest, ties count half. κ is Cohen’s kappa without weights; MCC is Matthews’ correlation for several classes.',
  'Calibration: ECE is the mean distance of confidence and accuracy over 15 bins of equal width, closed on the right, of the highest probability, weighted by their images. The Brier score is the mean over the images of the sum over the classes of (p − y)², 0 to 2. Log loss takes probabilities below 2.22e-16 as that.',
  'Intervals are 95 % intervals. With groups (patient or slide) they come from a cluster bootstrap: whole groups are drawn again, since images of one smear are not independent; with fewer than 5 groups no interval is estimable. Without groups they are Wilson’s for shares and DeLong’s for AUC, which assume independent images and are too narrow if images share a smear.',
  'Figures at other thresholds are computed in this page from probabilities rounded down to 5 significant digits. Curves are drawn with the points that a drawing can show; metrics.json beside this report has all of them, and predictions-<model>.csv every answer.',
  'Drawn with Vega and Vega-Lite (© University of Washington Interactive Data Lab, BSD 3-Clause), D3 (© Mike Bostock, ISC) and Tabulator (© Oli Folkerd, MIT).',
];

export function drawAppendix(): void {
  drawUnreadable();
  drawMapping();
  byId('methods').append(...METHODS.map((text) => create('p', '', text)));
}

function drawUnreadable(): void {
  const { unreadable } = data.result;
  byId('unreadable').hidden = unreadable.length === 0;
  byId('unreadable-rows').replaceChildren(
    create('p', '', `${images(unreadable.length)}, part of no figure.`),
    table({ label: 'Unreadable images', className: 'words', head: ['Image', 'What is wrong'], rows: unreadable.map(({ path, message, code }) => [create('span', 'path', path), `${message} [${code}]`]) }),
  );
}

function drawMapping(): void {
  const names = new Map(Object.values(data.predictions).flatMap(({ classes }) => classes.map(({ id, name }) => [id, name])));
  const rows = Object.entries(data.result.mapping).map(([given, id]) => [given, id === null ? create('em', '', 'left out: no class of the model') : (names.get(id) ?? id)]);
  const none = create('p', '', 'The truth used the model’s own class names.');
  byId('mapping').replaceChildren(rows.length > 0 ? table({ label: 'Class names', className: 'words', head: ['Name in the truth', 'Taken for'], rows }) : none);
}
