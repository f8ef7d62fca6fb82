/** Which model the details are of. */
import { byId, create } from '../dom';
import { data } from './data';
import type { ReportState } from './state';

export function drawModelChoice(state: ReportState): void {
  const { models } = data.result;
  const [label, select] = [create('label', 'control', 'Model'), create('select')];
  select.id = 'model-select';
  label.htmlFor = select.id;
  select.append(...models.map(({ id, name, kind }) => new Option(kind === 'not-independent' ? `${name} (labels that are not independent)` : name, id)));
  select.value = state.current.model.id;
  select.addEventListener('change', () => state.show(select.value));
  state.onModel(() => (select.value = state.current.model.id));
  label.append(select);
  byId('model-choice').append(label);
}
