/** The webview's side of src/protocol/editor.ts. */
import type { FromEditor, ToEditor } from '../src/protocol/editor';
import type { ViewState } from '../src/protocol/viewState';

interface VsCodeApi {
  postMessage(message: FromEditor): void;
  getState(): unknown;
  setState(state: ViewState): void;
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
  send({ kind: 'ready', view: api.getState() });
}

/** Keeps the view twice: in the page's own state, which outlives a reload of the window, and with the host. */
export function keepView(view: ViewState): void {
  api.setState(view);
  send({ kind: 'view', view });
}
