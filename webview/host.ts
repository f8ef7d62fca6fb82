/** The webview's side of src/protocol/editor.ts. */
import type { FromEditor, PageState, ToEditor } from '../src/protocol/editor';

interface VsCodeApi {
  postMessage(message: FromEditor): void;
  getState(): unknown;
  setState(state: PageState): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** Acquired once a page, as VS Code demands. */
const api = acquireVsCodeApi();

export function send(message: FromEditor): void {
  api.postMessage(message);
}

/** Says that the page listens. `receive` gets every message from then on. */
export function connect(receive: (message: ToEditor) => void): void {
  window.addEventListener('message', (event: MessageEvent<ToEditor>) => receive(event.data));
  send({ kind: 'ready', state: api.getState() });
}

/** Keeps the state with the page, where it outlives a reload of the window. */
export function remember(state: PageState): void {
  api.setState(state);
}
