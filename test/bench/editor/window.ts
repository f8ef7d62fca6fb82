/** A fresh VS Code with SmearLens in a browser, and what the bench does in it. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import { CodeServer, launchBrowser, linkExtension, ROOT } from '../../vscode/harness/server';
import { Workbench } from '../../vscode/harness/workbench';
import { Marks } from './marks';

const VIEWPORT = { width: 1280, height: 800 };

/** The server's processes are at rest when they use less than this share of one core for so long. */
const REST = { share: 0.1, milliseconds: 300 };
/** Of /proc's clock: what Linux has on all of its usual platforms. */
const TICK_MS = 10;

export class BenchWindow {
  private constructor(
    private readonly folder: string,
    private readonly server: CodeServer,
    private readonly browser: Browser,
    readonly workbench: Workbench,
    readonly marks: Marks,
  ) {}

  /** Opens a folder of smears; a click on one opens it in SmearLens. No inference process runs yet. */
  static async open(smears: string): Promise<BenchWindow> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-bench-'));
    linkExtension(folder, ROOT);
    const server = await CodeServer.start({ folder, settings: { 'workbench.editorAssociations': { '*.jpg': 'smearlens.smear' } } });
    const browser = await launchBrowser();
    const context = await browser.newContext({ viewport: VIEWPORT });
    const marks = await Marks.in(context);
    const workbench = await Workbench.open(await context.newPage(), server, smears);
    const window = new BenchWindow(folder, server, browser, workbench, marks);
    await window.rest();
    return window;
  }

  async click(fileName: string): Promise<void> {
    await this.workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: fileName }).click();
  }

  async press(key: string): Promise<void> {
    await this.workbench.page.keyboard.press(key);
  }

  /** What VS Code itself counts: loading the bundle and `activate()`, in whole milliseconds. */
  async activation(): Promise<number> {
    await this.workbench.runCommand('Developer: Show Running Extensions');
    const { page } = this.workbench;
    // What is out of sight is not in the document, and the fastest are at the list's end.
    await page.setViewportSize({ ...VIEWPORT, height: 3 * VIEWPORT.height });
    const list = page.locator('.runtime-extensions-editor');
    const text = await list.locator('.extension', { hasText: 'SmearLens' }).locator('.activation-time').innerText();
    const milliseconds = /Activation: (\d+)ms/.exec(text)?.[1];
    if (milliseconds === undefined) throw new Error(`VS Code gives no time of activation: '${text}'.`);
    // It lies over the others, as a dialogue.
    await page.keyboard.press('Escape');
    await list.waitFor({ state: 'detached' });
    await page.setViewportSize(VIEWPORT);
    return Number(milliseconds);
  }

  /** Resolves when the server, its extension host and the inference process have nothing more to do. */
  async rest(): Promise<void> {
    for (let before = this.used(); ; ) {
      await new Promise((resolve) => setTimeout(resolve, REST.milliseconds));
      const now = this.used();
      if (now - before < REST.share * REST.milliseconds) return;
      before = now;
    }
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  /** Processor time of all processes of the server's group, in milliseconds. */
  private used(): number {
    const times = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => {
      // Behind the name, which may hold spaces: state, parent, group, ..., user and system time.
      const fields = readIfThere(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
      return Number(fields[2]) === this.server.pid ? Number(fields[11]) + Number(fields[12]) : 0;
    });
    return TICK_MS * times.reduce((sum, time) => sum + time, 0);
  }
}

/** Processes come and go. */
function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
