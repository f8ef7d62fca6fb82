/** What the suites of the viewer share: the page, opened on a smear, and what is measured on it. */
import * as assert from 'node:assert';
import type { Browser } from 'playwright-core';
import type { Analysis } from '../../../../src/protocol/analysis';
import type { ToEditor, ViewCommand } from '../../../../src/protocol/editor';
import { DEFAULT_VIEW, type ViewState } from '../../../../src/protocol/viewState';
import { SIDE } from '../../harness/images';
import { launchBrowser } from '../../harness/server';
import { WebviewPage, type PageSetup } from '../../harness/webviewPage';
import { analysis } from './analyses';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const middle = ({ x, y, width, height }: Box): [number, number] => [x + width / 2, y + height / 2];

export function close(actual: number, expected: number, tolerance = 0.51): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}.`);
}

/** What opens pages. */
type Pages = Pick<Browser, 'newPage'>;

/** One page for each test of a suite, which ends it; the browser has found nothing to complain of. */
export class ViewerPage {
  private browserOf: Browser | undefined;
  private webviewOf: WebviewPage | undefined;

  constructor() {
    before(async () => void (this.browserOf = await launchBrowser()));
    after(() => this.browserOf?.close());
    afterEach(async () => {
      const { complaints } = this.webview;
      await this.webview.close();
      assert.deepStrictEqual(complaints, [], 'The browser complained.');
    });
  }

  get webview(): WebviewPage {
    if (!this.webviewOf) throw new Error('No page has been opened.');
    return this.webviewOf;
  }

  /** Loads the page; it has been told nothing yet. Without movements, unless asked for: where the view goes is then where it is. */
  async load(setup: PageSetup = {}, browser: Pages | undefined = this.browserOf): Promise<WebviewPage> {
    assert.ok(browser);
    this.webviewOf = await WebviewPage.open(browser, { reducedMotion: true, ...setup });
    return this.webviewOf;
  }

  /** Opens the page on an analysed smear. */
  async open(setup: PageSetup = {}, view: Partial<ViewState> = {}, change: Partial<Analysis> = {}, browser: Pages | undefined = this.browserOf): Promise<void> {
    const webview = await this.load(setup, browser);
    await webview.show({ state: { kind: 'done', analysis: analysis(change) }, view: { ...DEFAULT_VIEW, ...view } });
    await webview.page.locator('#scale', { hasText: '%' }).waitFor();
  }

  box(id: string): Promise<Box> {
    return this.webview.page.locator(`#${id}`).evaluate((element) => element.getBoundingClientRect().toJSON() as Box);
  }

  /** Screen pixels an image pixel, as measured. */
  async scale(): Promise<number> {
    return (await this.box('image')).width / SIDE;
  }

  /** The scale that is shown. */
  text(): Promise<string> {
    return this.webview.page.locator('#scale').innerText();
  }

  /** The scale, and what is in the middle of the view, in parts of the picture. */
  async centre(): Promise<{ scale: number; x: number; y: number }> {
    const [image, [x, y]] = [await this.box('image'), middle(await this.box('viewer'))];
    return { scale: image.width / SIDE, x: (x - image.x) / image.width, y: (y - image.y) / image.height };
  }

  /** The place that the page last had the host keep. */
  place(): ViewState['place'] | undefined {
    const last = this.webview.sent.at(-1);
    return last?.kind === 'view' ? last.view.place : undefined;
  }

  /** Commands, as keys give them: all at once, so that a later one comes before the first frame of what an earlier one does. */
  async run(...commands: ViewCommand[]): Promise<void> {
    const messages = commands.map((command): ToEditor => ({ kind: 'command', command }));
    await this.webview.page.evaluate((all) => all.forEach((data) => window.postMessage(data, '*')), messages);
    await this.frames();
  }

  /** In the first frame the view moves, in the second it has settled. */
  async frames(): Promise<void> {
    await this.webview.page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => done())))));
  }

  /** As large as fits, and in the middle. Chromium rounds what it measures to 1/64 of a pixel. */
  async expectFitted(): Promise<void> {
    const [image, viewer] = [await this.box('image'), await this.box('viewer')];
    const side = Math.min(viewer.width, viewer.height);
    close(image.width, side, 0.05);
    close(image.height, side, 0.05);
    middle(image).forEach((at, i) => close(at, middle(viewer)[i] ?? NaN, 0.05));
  }
}
