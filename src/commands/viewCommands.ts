import type { ActiveSmear } from '../editor/activeSmear';
import type { ViewCommand } from '../protocol/editor';
import type { CommandHandler } from './register';
import type { CommandId } from './table';

/** The commands that the active editor's page carries out itself. */
const VIEW_COMMANDS = {
  'smearlens.zoomIn': 'zoom-in',
  'smearlens.zoomOut': 'zoom-out',
  'smearlens.fit': 'fit',
  'smearlens.actualSize': 'actual-size',
  'smearlens.panLeft': 'pan-left',
  'smearlens.panRight': 'pan-right',
  'smearlens.panUp': 'pan-up',
  'smearlens.panDown': 'pan-down',
  'smearlens.toggleOverlay': 'toggle-overlay',
  'smearlens.nextMethod': 'next-method',
  'smearlens.togglePanel': 'toggle-panel',
} as const satisfies Partial<Record<CommandId, ViewCommand>>;

export function viewCommands(active: ActiveSmear): Record<keyof typeof VIEW_COMMANDS, CommandHandler> {
  const handlers = Object.entries(VIEW_COMMANDS).map(([id, command]) => [id, () => active.send({ kind: 'command', command })]);
  return Object.fromEntries(handlers) as Record<keyof typeof VIEW_COMMANDS, CommandHandler>;
}
