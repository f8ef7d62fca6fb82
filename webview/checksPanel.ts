/** What the panel says about the checks of a map. */
import type { ClassInfo } from '../src/protocol/analysis';
import { checkedMap, type ChecksAsked, type MapChecks } from '../src/protocol/mapChecks';
import type { MapName } from '../src/protocol/trust';
import { byId, create, say } from './dom';

export interface ChecksEvents {
  check(asked: ChecksAsked): void;
  stop(): void;
}

export class ChecksPanel {
  private readonly all = byId<HTMLButtonElement>('check-map');
  private readonly road = byId<HTMLButtonElement>('check-road');
  private readonly stop = byId<HTMLButtonElement>('stop-checks');
  private shown: MapChecks | undefined;

  constructor(events: ChecksEvents) {
    this.all.addEventListener('click', () => events.check('all'));
    this.road.addEventListener('click', () => events.check('road'));
    this.stop.addEventListener('click', () => events.stop());
  }

  /** @param map the one on show; undefined where there is none, or a flat one */
  show(checks: MapChecks | undefined, map: MapName | undefined, classes: readonly ClassInfo[]): void {
    const running = checks?.running !== undefined;
    const ofThisMap = checks !== undefined && map !== undefined && sameMap(checks.map, map);
    byId('checks').hidden = !map && !checks;
    this.all.hidden = running || !map || (ofThisMap && !checks.error);
    this.road.hidden = running || !ofThisMap || checks.error !== undefined || checks.sentences.some((sentence) => sentence.includes('ROAD'));
    this.stop.hidden = !running;
    say(byId('checked-map'), checks && `${checkedMap(checks.map, classes)}:`);
    say(byId('checks-state'), checks?.running ?? (checks?.error && `${checks.error.message} ${checks.error.hint}`));
    if (checks === this.shown) return;
    this.shown = checks;
    byId('findings').replaceChildren(...(checks?.sentences ?? []).map((sentence) => create('li', '', sentence)));
  }
}

function sameMap(a: MapName, b: MapName): boolean {
  return a.method === b.method && a.variant === b.variant && a.classIndex === b.classIndex;
}
