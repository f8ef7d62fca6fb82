/** The one seam between the page's two homes: VS Code opens images in a review session, a file by itself shows them in its own table. */
import type { FromReport } from '../../src/protocol/report';
import { data } from './data';

interface VsCodeApi {
  postMessage(message: FromReport): void;
  getState(): unknown;
  setState(state: unknown): void;
}

const acquire = (globalThis as { acquireVsCodeApi?: () => VsCodeApi }).acquireVsCodeApi;
const api = acquire?.();

/** Whether a review session can be opened. */
export const opensImages = api !== undefined;

export function post(message: FromReport): void {
  api?.postMessage(message);
}

interface Kept {
  readonly state: unknown;
  /** {@link import('../../src/evaluation/report/types').ReportRun.resume} */
  readonly resume: string | undefined;
}

/** What was {@link remember}ed before the tab was hidden; undefined in a file. */
export function recall(): unknown {
  return (api?.getState() as Kept | undefined)?.state;
}

/** Keeps the state with the page: VS Code loads the page anew each time its tab is shown. */
export function remember(state: unknown): void {
  api?.setState({ state, resume: data.run.resume } satisfies Kept);
}
