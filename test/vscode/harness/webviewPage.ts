/** The editor's page alone in a browser, with the very page and policy that the extension serves, and a host of our own. */
import { EventEmitter, once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { editorPage } from '../../../src/editor/html';
import type { EditorSnapshot, FromEditor, ToEditor, ViewCommand } from '../../../src/protocol/editor';
import type { InquiryStates } from '../../../src/protocol/inquiryState';
import type { MapChecks } from '../../../src/protocol/mapChecks';
import { DEFAULT_VIEW } from '../../../src/protocol/viewState';
import { smearSvg } from './images';
import { ROOT } from './server';

const ORIGIN = 'http://webview.test';

/** The few of VS Code's theme colours without which the page has no colours of its own. */
const THEME = {
  'foreground': '#202020',
  'descriptionForeground': '#606060',
  'editor-background': '#ffffff',
  'sideBar-background': '#fafafd',
  'dropdown-background': '#ffffff',
  'dropdown-foreground': '#202020',
  'font-size': '13px',
};

/** Stands for the window's size and for what `setState` kept before. */
export interface PageSetup {
  readonly width?: number;
  readonly height?: number;
  readonly state?: unknown;
  readonly reducedMotion?: boolean;
  /** Screen pixels a CSS pixel. */
  readonly density?: number;
}

export class WebviewPage {
  /** What the page sent, from the first message on, but for whether the picture has the focus, which is in {@link focused}. */
  readonly sent: FromEditor[] = [];
  /** Whether the page last said that the picture has the keyboard's focus. */
  focused = false;
  /** Of the browser's console: errors, and what the content security policy refused. */
  readonly complaints: string[] = [];
  private readonly arrivals = new EventEmitter();

  private constructor(readonly page: Page) {}

  /** Loads the page; it has said that it is ready, and has been told nothing yet. */
  static async open(browser: Pick<Browser, 'newPage'>, { width = 1100, height = 760, state = null, reducedMotion = false, density = 1 }: PageSetup = {}): Promise<WebviewPage> {
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: density, reducedMotion: reducedMotion ? 'reduce' : 'no-preference' });
    const webview = new WebviewPage(page);
    page.on('console', (message) => message.type() === 'error' && webview.complaints.push(message.text()));
    page.on('pageerror', (error) => webview.complaints.push(error.message));
    await page.exposeFunction('hostReceives', (message: FromEditor) => {
      if (message.kind === 'focus') webview.focused = message.focused;
      else webview.sent.push(message);
      webview.arrivals.emit('message');
    });
    await page.addInitScript(installHost, state);
    await page.route(`${ORIGIN}/**`, async (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      if (name === 'page.html') return route.fulfill({ contentType: 'text/html', body: html() });
      if (name === 'smear.png') return route.fulfill({ contentType: 'image/png', body: await sharp(smearSvg(1)).png().toBuffer() });
      if (name === 'broken.png') return route.fulfill({ contentType: 'image/png', body: 'no image' });
      return route.fulfill({ path: path.join(ROOT, 'dist/webview', name) });
    });
    await page.goto(`${ORIGIN}/page.html`);
    await page.evaluate(applyTheme, THEME);
    return webview;
  }

  /** Resolves once the page has sent so many messages. */
  async hasSent(count: number): Promise<void> {
    while (this.sent.length < count) await once(this.arrivals, 'message');
  }

  /** Resolves once the page has said that its picture has the focus, or has not. */
  async says(what: 'focused' | 'unfocused'): Promise<void> {
    while (this.focused !== (what === 'focused')) await once(this.arrivals, 'message');
  }

  /** Sends what the host would; what is left out is a smear that is being analysed. */
  async show(snapshot: Partial<EditorSnapshot>): Promise<void> {
    const message: ToEditor = {
      kind: 'snapshot',
      snapshot: { id: 'smear.png', fileName: 'smear.png', image: { kind: 'uri', uri: `${ORIGIN}/smear.png` }, state: { kind: 'running' }, view: DEFAULT_VIEW, ...snapshot },
    };
    await this.page.evaluate((data) => window.postMessage(data, '*'), message);
  }

  /** Sends what the host knows of inquiries into the smear of the snapshots. */
  async inquired(states: InquiryStates, id = 'smear.png', checks?: MapChecks): Promise<void> {
    const message: ToEditor = { kind: 'inquiries', id, states, checks };
    await this.page.evaluate((data) => window.postMessage(data, '*'), message);
  }

  /** Sends what the host does at a key. */
  async command(command: ViewCommand): Promise<void> {
    const message: ToEditor = { kind: 'command', command };
    await this.page.evaluate((data) => window.postMessage(data, '*'), message);
  }

  /** Sends any other message as the host would. */
  async tell(message: ToEditor): Promise<void> {
    await this.page.evaluate((data) => window.postMessage(data, '*'), message);
  }

  close(): Promise<void> {
    return this.page.close();
  }
}

export function imageUri(name: 'smear.png' | 'broken.png'): string {
  return `${ORIGIN}/${name}`;
}

function html(): string {
  for (const name of ['editor.js', 'style.css']) {
    if (!fs.existsSync(path.join(ROOT, 'dist/webview', name))) throw new Error(`dist/webview/${name} is missing. Run 'npm run build' first.`);
  }
  return editorPage({ cspSource: ORIGIN, script: `${ORIGIN}/editor.js`, style: `${ORIGIN}/style.css`, nonce: 'bm9uY2U' });
}

/** As VS Code does it: the variables first, then the class by which the UI toolkit notices a change of theme. */
function applyTheme(theme: Record<string, string>): void {
  for (const [name, value] of Object.entries(theme)) document.documentElement.style.setProperty(`--vscode-${name}`, value);
  document.body.classList.add('vscode-light');
}

/** Runs in the page before its scripts: what VS Code puts there. */
function installHost(kept: unknown): void {
  let state = kept;
  const receives = (window as unknown as { hostReceives: (message: unknown) => void }).hostReceives;
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      postMessage: (message: unknown) => receives(message),
      getState: () => state,
      setState: (next: unknown) => (state = next),
    }),
  });
}
