import type { ActiveSmear } from '../editor/activeSmear';
import type { RegionCommand } from '../protocol/regions';
import type { CommandHandler } from './register';
import type { CommandId } from './table';

/** The commands about marked regions, which the active editor's page carries out itself. */
const REGION_COMMANDS = {
  'smearlens.drawBox': 'box',
  'smearlens.drawEllipse': 'ellipse',
  'smearlens.drawPolygon': 'polygon',
  'smearlens.markPoint': 'point',
  'smearlens.selectRegion': 'select',
  'smearlens.leaveRegion': 'leave',
  'smearlens.deleteRegion': 'delete',
  'smearlens.toggleRegions': 'toggle',
} as const satisfies Partial<Record<CommandId, RegionCommand>>;

export function regionCommands(active: ActiveSmear): Record<keyof typeof REGION_COMMANDS, CommandHandler> {
  const handlers = Object.entries(REGION_COMMANDS).map(([id, command]) => [id, () => active.send({ kind: 'region-command', command })]);
  return Object.fromEntries(handlers) as Record<keyof typeof REGION_COMMANDS, CommandHandler>;
}
