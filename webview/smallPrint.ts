/** By which model, where and how fast: what a careful reader wants to know, and nobody else needs to see. */
import type { Analysis, Explanation } from '../src/protocol/analysis';
import { formatMilliseconds, formatProvider, RESEARCH_USE } from '../src/protocol/format';
import { byId, create } from './dom';

export function showSmallPrint(analysis: Analysis | undefined, explanation: Explanation | undefined): void {
  const facts = byId('facts');
  facts.hidden = !analysis;
  facts.replaceChildren(...(analysis ? rows(analysis, explanation) : []));
  byId('research-use').textContent = RESEARCH_USE;
}

function rows({ model, provider, milliseconds, image }: Analysis, explanation: Explanation | undefined): HTMLElement[] {
  const entries: [string, string][] = [
    ['Model', model.name],
    ['Runs on', `${formatProvider(provider)}, ${formatMilliseconds(milliseconds)}`],
    ['Image', `${image.width} × ${image.height} pixels`],
  ];
  if (explanation) {
    const { width, height, channels } = explanation;
    entries.push(['Maps', `${width} × ${height}, from ${channels} channels`]);
  }
  return entries.flatMap(([term, value]) => [create('dt', '', term), create('dd', '', value)]);
}
