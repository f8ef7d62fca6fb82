/** The strip below the picture: what the view's buttons do, how large the picture is shown, and what is under the pointer. */
import type { Position, ViewCommand } from '../src/protocol/editor';
import { formatScale } from '../src/protocol/format';
import { byId } from './dom';
import type { Stage } from './stage';
import type { Viewer } from './viewer';

/** The ids of the buttons are the names of their commands. */
const BUTTONS = ['zoom-out', 'zoom-in', 'fit', 'actual-size', 'toggle-panel'] as const satisfies readonly ViewCommand[];

export function connectStrip(viewer: Viewer, stage: Stage, run: (command: ViewCommand) => void): void {
  for (const command of BUTTONS) byId(command).addEventListener('click', () => run(command));
  // A click leaves the focus where it is, with the picture say, so that its keys go on working. Tab still comes here.
  byId('strip').addEventListener('mousedown', (event) => event.preventDefault());
  const cursor = byId('cursor');
  viewer.canvas.addEventListener('pointermove', ({ clientX, clientY }) => {
    const at = viewer.pixelAt(clientX, clientY);
    const colour = at && stage.colourAt(at.x, at.y);
    cursor.textContent = at ? `x ${at.x}, y ${at.y}${colour ? ` · RGB ${colour.join(' ')}` : ''}` : '';
  });
  viewer.canvas.addEventListener('pointerleave', () => (cursor.textContent = ''));
}

/** @param scale screen pixels an image pixel */
export function showScale(scale: number): void {
  byId('scale').textContent = formatScale(scale);
}

/** Where the reviewer is in the folder: in the custom editor, whose tab says the name, nothing is counted. */
export function showPosition(fileName: string, position: Position | undefined): void {
  const element = byId('position');
  element.hidden = !position;
  element.textContent = position ? `${position.number} / ${position.count}` : '';
  byId('file-name-text').textContent = position ? fileName : '';
}
