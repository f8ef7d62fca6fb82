/** The verdict in plain words and the probabilities behind it. */
import type { Analysis, ClassInfo } from '../src/protocol/analysis';
import type { ShownState } from '../src/protocol/editor';
import { formatPercent, OUTSIDE_DOMAIN } from '../src/protocol/format';
import { byId, create, say } from './dom';

/** Above this many classes only the likeliest are listed, in falling order; up to it all are, in the model's order. */
const LISTED_CLASSES = 12;

/** Shows how far the analysis is and, once it is done, what it says. */
export function showVerdict(state: ShownState): void {
  document.body.dataset['state'] = state.kind === 'done' && isOutside(state.analysis) ? 'outside' : state.kind;
  byId('progress').hidden = state.kind !== 'running';
  byId('failure-actions').hidden = state.kind !== 'failed';
  const { heading, title, detail } = words(state);
  byId('verdict-heading').textContent = heading;
  say(byId('verdict-title'), title);
  say(byId('verdict-detail'), detail);
  say(byId('short-verdict'), short(state));
  byId('scores').hidden = state.kind !== 'done';
  if (state.kind === 'done') showScores(state.analysis);
}

/** Did the model's own check find the image unlike its training images? False where the model has no such check. */
export function isOutside(analysis: Analysis): boolean {
  return analysis.domain?.inDomain === false;
}

interface Words {
  readonly heading: string;
  readonly title?: string;
  readonly detail?: string;
}

function words(state: ShownState): Words {
  switch (state.kind) {
    case 'running':
      return { heading: 'Verdict' };
    case 'failed':
      return { heading: 'Not analysed', title: state.error.message, detail: state.error.hint };
    case 'hidden':
      return { heading: 'Verdict', title: 'Hidden until you have labelled.', detail: 'This review is blind: names, verdict and maps come with your label.' };
    case 'deleted':
      return { heading: 'Not analysed', title: 'This file has been deleted.', detail: 'It is analysed again when it comes back.' };
    case 'done':
      return isOutside(state.analysis)
        ? { heading: 'Verdict', title: OUTSIDE_DOMAIN, detail: 'The scores of an image that the model has not learnt to read mean nothing.' }
        : classWords(state.analysis);
  }
}

/** In the strip, where it stands for the panel while that is closed. */
function short(state: ShownState): string {
  if (state.kind === 'running') return 'Analysing…';
  if (state.kind === 'failed') return 'Not analysed';
  if (state.kind === 'deleted') return 'Deleted';
  if (state.kind === 'hidden') return 'Blind';
  const { model, predicted, probabilities } = state.analysis;
  return isOutside(state.analysis) ? 'No class offered' : `${classAt(model.classes, predicted).name} ${formatPercent(probabilities[predicted] ?? NaN)}`;
}

function classWords({ model, predicted, probabilities }: Analysis): Words {
  const { name, superclass, description } = classAt(model.classes, predicted);
  const probability = `Probability ${formatPercent(probabilities[predicted] ?? NaN)}`;
  const kind = superclass && superclass.toLowerCase() !== name.toLowerCase() ? `, ${superclass}` : '';
  return { heading: 'Verdict', title: name, detail: `${probability}${kind}.${description ? ` ${description}` : ''}` };
}

function showScores(analysis: Analysis): void {
  const outside = isOutside(analysis);
  // Outside the domain the same table moves into a closed disclosure: there for who asks, not offered as an answer.
  const rawScores = byId<HTMLDetailsElement>('raw-scores');
  const table = byId('probabilities');
  rawScores.hidden = !outside;
  byId('scores-heading').hidden = outside;
  if (outside) rawScores.append(table);
  else rawScores.after(table);

  const { classes } = analysis.model;
  const all = classes.map((_, index) => index);
  const likelihood = (index: number): number => analysis.probabilities[index] ?? 0;
  const listed = classes.length <= LISTED_CLASSES ? all : all.sort((a, b) => likelihood(b) - likelihood(a)).slice(0, LISTED_CLASSES);
  byId('probability-rows').replaceChildren(
    ...listed.map((index) => probabilityRow(classAt(classes, index).name, likelihood(index), !outside && index === analysis.predicted)),
  );
  say(byId('more-classes'), listed.length < classes.length ? `The likeliest ${listed.length} of ${classes.length} classes.` : undefined);
}

function probabilityRow(name: string, probability: number, predicted: boolean): HTMLTableRowElement {
  const row = create('tr', predicted ? 'predicted' : '');
  const heading = create('th', '', name);
  heading.scope = 'row';
  const bar = create('span', 'bar');
  bar.setAttribute('aria-hidden', 'true');
  const fill = create('span', 'fill');
  // Through the style object: the page's policy forbids style attributes.
  fill.style.width = `${(100 * probability).toFixed(2)}%`;
  bar.append(fill);
  const cell = create('td');
  cell.append(bar, create('span', 'percent', formatPercent(probability)));
  row.append(heading, cell);
  return row;
}

function classAt(classes: readonly ClassInfo[], index: number): ClassInfo {
  const found = classes[index];
  if (!found) throw new Error(`The analysis names class ${index}, and the model has ${classes.length}.`);
  return found;
}
