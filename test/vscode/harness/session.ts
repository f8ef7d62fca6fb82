/** A server with SmearLens installed, a browser, and the workbench open on the tests' folder. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import { SCREENSHOTS, SETTINGS, WORKSPACE } from './places';
import { CodeServer, installVsix, launchBrowser, linkExtension, ROOT, type Settings } from './server';
import { Workbench } from './workbench';

/** The window that suites share, while it is of use. Opening one takes as long as a dozen tests. */
let shared: Session | undefined;
after(() => shared?.stop());

export class Session {
  private constructor(
    private readonly folder: string,
    private readonly server: CodeServer,
    private readonly browser: Browser,
    readonly workbench: Workbench,
    /** What content security policies refused, anywhere in the window. */
    readonly complaints: string[],
    /** Folder of the extension that the server runs. */
    readonly extension: string,
  ) {}

  /** The window that the suites before had, with these settings; they left it as a new one is. */
  static async shared(settings: Settings = {}): Promise<Session> {
    if (!shared) return (shared = await Session.start(settings));
    shared.complaints.length = 0;
    await shared.settle(settings);
    return shared;
  }

  /** @param options.vsix the extension to install; where none is given, this project is linked, as it is built in dist/ */
  static async start(settings: Settings = {}, { vsix, workspaceTrust = false }: { vsix?: string; workspaceTrust?: boolean } = {}): Promise<Session> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-ui-'));
    if (!vsix) linkExtension(folder, ROOT);
    const extension = vsix ? await installVsix(folder, vsix) : ROOT;
    const server = await CodeServer.start({ folder, settings, workspaceTrust, env: { SMEARLENS_CACHE: path.join(folder, 'cache') } });
    const browser = await launchBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const complaints: string[] = [];
    page.on('console', (message) => /Content Security Policy|Refused to/.test(message.text()) && complaints.push(message.text()));
    const workbench = await Workbench.open(page, server, WORKSPACE);
    return new Session(folder, server, browser, workbench, complaints, extension);
  }

  /** Process ids of the running inference processes. All of the server's processes are in one group. */
  inferencePids(): number[] {
    const entry = path.join('dist', 'inference.js');
    return this.processes().filter(({ args }) => args.some((arg) => arg.endsWith(entry))).map(({ pid }) => pid);
  }

  private processes(): { readonly pid: number; readonly args: readonly string[] }[] {
    const all = execFileSync('ps', ['-eo', 'pid=,pgid=,args='], { encoding: 'utf8' }).split('\n').map((line) => line.trim().split(/\s+/));
    return all.filter(([, group]) => Number(group) === this.server.pid).map(([pid, , ...args]) => ({ pid: Number(pid), args }));
  }

  /** As a crash would end it, at once. */
  killExtensionHost(): void {
    const hosts = this.processes().filter(({ args }) => args.includes('--type=extensionHost'));
    if (hosts.length === 0) throw new Error('No extension host runs.');
    for (const { pid } of hosts) process.kill(pid, 'SIGKILL');
  }

  /** After the last test of a suite: a shared window is left as a new one is, any other is closed. The folder keeps no settings. */
  async leave(): Promise<void> {
    fs.rmSync(path.dirname(SETTINGS), { recursive: true, force: true });
    if (this !== shared) return this.stop();
    await this.workbench.tidy().catch(async (error: unknown) => {
      console.log(`  The window could not be tidied; the next suite gets a new one. ${String(error)}`);
      shared = undefined;
      await this.stop();
    });
  }

  /** Changes the settings and waits until the window has them: it is told by a title of its own, as any other setting shows nowhere. */
  private async settle(settings: Settings): Promise<void> {
    const title = `settings of ${Date.now()}`;
    this.changeSettings({ ...settings, 'window.title': title });
    await this.workbench.page.waitForFunction((expected) => document.title.includes(expected), title);
  }

  changeSettings(settings: Settings): void {
    this.server.writeSettings(settings);
  }

  async screenshot(name: string): Promise<void> {
    await this.workbench.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** After each failed test, a picture of the window as it was then. A second try finds nothing of the first in its way. */
export function failureScreenshots(session: () => Session): void {
  beforeEach(async function () {
    const tries = this.currentTest as unknown as { currentRetry(): number };
    if (tries.currentRetry() > 0) await session().workbench.clear();
  });
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await session().screenshot(`failed-${this.currentTest.title.replace(/[^\w.-]+/g, '-')}`);
  });
}
