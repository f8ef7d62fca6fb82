/** The page of a sheet: shows the drawing, and has it saved. */
import type { FromSheet, SheetFormat, ToSheet } from '../src/protocol/sheet';
import { byId } from './dom';
import { defineElements } from './toolkit';

declare function acquireVsCodeApi(): { postMessage(message: FromSheet): void };

const api = acquireVsCodeApi();

defineElements();

window.addEventListener('message', ({ data: { title, svg } }: MessageEvent<ToSheet>) => {
  const sheet = byId<HTMLImageElement>('sheet');
  sheet.alt = title;
  sheet.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
});
for (const button of document.querySelectorAll<HTMLElement>('[data-format]')) {
  button.addEventListener('click', () => api.postMessage({ kind: 'save', format: button.dataset['format'] as SheetFormat }));
}
api.postMessage({ kind: 'ready' });
