import * as assert from 'node:assert';
import * as path from 'node:path';
import type { EditorSnapshot, ToEditor } from '../../../../src/protocol/editor';
import { DEFAULT_VIEW } from '../../../../src/protocol/viewState';
import { accessibilityViolations, choose, overlayPixels, overlayRadio } from '../../harness/look';
import { SCREENSHOTS } from '../../harness/places';
import { imageUri } from '../../harness/webviewPage';
import { analysis, OUTSIDE } from './analyses';
import { ViewerPage } from './viewerPage';

describe('the page that shows one smear after another', () => {
  const ui = new ViewerPage();
  const done = { kind: 'done', analysis: analysis() } as const;
  const other = { kind: 'uri', uri: `${imageUri('smear.png')}?other` } as const;

  /** The second of three smears. */
  const second: Partial<EditorSnapshot> = { id: 'second', fileName: 'Pre/second.png', image: other, state: done, position: { number: 2, count: 3 } };

  async function show(snapshot: Partial<EditorSnapshot>): Promise<void> {
    await ui.webview.show(snapshot);
    await ui.webview.page.locator('#title', { hasText: snapshot.fileName ?? '' }).waitFor({ state: 'attached' });
  }

  const shown = (): Promise<void> => ui.webview.page.locator('body[data-image="shown"]').waitFor();

  it('says which it is of how many, and its path', async () => {
    await ui.open();
    const { page } = ui.webview;
    assert.strictEqual(await page.locator('#position').isVisible(), false);
    await show(second);
    await shown();
    assert.deepStrictEqual([await page.locator('#position').innerText(), await page.locator('#file-name').innerText()], ['2 / 3', 'Pre/second.png']);
    assert.match((await page.locator('#image').getAttribute('alt')) ?? '', /Pre\/second\.png/);
    assert.deepStrictEqual(await accessibilityViolations(page), []);
  });

  for (const [width, height] of [[320, 700], [480, 800], [1600, 900]] as const) {
    it(`fits into a window of ${width} pixels`, async () => {
      await ui.open({ width, height });
      await show({ ...second, fileName: 'a folder with a long name/another one/smear of patient 17, field 203.png', position: { number: 12345, count: 50000 } });
      await shown();
      await ui.webview.page.screenshot({ path: path.join(SCREENSHOTS, `page-review-${width}.png`) });
      const overflow = await ui.webview.page.evaluate(() =>
        [...document.querySelectorAll('#strip > *, #panel > *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5).map((e) => e.id || e.tagName),
      );
      assert.deepStrictEqual(overflow, []);
      assert.ok(await ui.webview.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    });
  }

  it('asks the host for the next and the one before', async () => {
    await ui.open();
    await ui.webview.page.locator('#next').click();
    await ui.webview.page.locator('#previous').click();
    assert.deepStrictEqual(ui.webview.sent.slice(1), ['next', 'previous'].map((action) => ({ kind: 'action', action })));
  });

  it('shows no smear beside the verdict of another', async () => {
    await ui.open();
    const { page } = ui.webview;
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await page.route(/other/, async (route) => {
      await held;
      await route.fallback();
    });
    await show(second);
    assert.strictEqual(await page.locator('#image').isVisible(), false);
    assert.strictEqual(await page.locator('#overlay').isVisible(), false);
    answer();
    await shown();
    assert.strictEqual(await page.locator('#image').getAttribute('src'), other.uri);
  });

  it('keeps the older version of a file in sight until it has the newer', async () => {
    await ui.open();
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => (answer = resolve));
    await ui.webview.page.route(/other/, async (route) => {
      await held;
      await route.fallback();
    });
    await ui.webview.show({ image: other, state: { kind: 'running' } });
    await ui.webview.page.locator('body[data-image="loading"]').waitFor();
    assert.strictEqual(await ui.webview.page.locator('#image').isVisible(), true);
    answer();
    await shown();
  });

  it('keeps place and overlay, and explains the class that is predicted there', async () => {
    await ui.open({}, { overlay: 'grad-cam++ paper', place: { x: 0.3, y: 0.6, scale: 5 } });
    const { page } = ui.webview;
    await choose(page, 'class-choice', 'Pro');
    const before = await ui.centre();
    await show(second);
    await shown();
    assert.deepStrictEqual(await ui.centre(), before);
    assert.strictEqual(await overlayRadio(page, 'paper').getAttribute('aria-checked'), 'true');
    assert.strictEqual(await page.locator('#class-choice').evaluate((e) => (e as HTMLInputElement).value), 'early');
    assert.notStrictEqual(await overlayPixels(page), 'hidden');
  });

  it('draws nothing of the one before while the next is being analysed', async () => {
    await ui.open({}, { overlay: 'grad-cam' });
    await show({ ...second, state: { kind: 'running' } });
    await shown();
    assert.strictEqual(await overlayPixels(ui.webview.page), 'hidden');
    assert.strictEqual(await ui.webview.page.locator('#scores').isVisible(), false);
  });

  it('fetches ahead what may be shown next, once', async () => {
    await ui.open();
    const requests: string[] = [];
    ui.webview.page.on('request', (request) => requests.push(request.url()));
    const message: ToEditor = { kind: 'prefetch', images: [other] };
    const fetched = ui.webview.page.waitForResponse(other.uri);
    await ui.webview.page.evaluate((data) => window.postMessage(data, '*'), message);
    await fetched;
    await show(second);
    await shown();
    assert.deepStrictEqual(requests, [other.uri]);
  });

  it('keeps with its state what the host needs to take the session up again', async () => {
    await ui.open();
    await show({ ...second, resume: { folder: 'file:///smears', image: 'Pre/second.png' } });
    const state = await ui.webview.page.evaluate(() => (window as unknown as { acquireVsCodeApi: () => { getState: () => unknown } }).acquireVsCodeApi().getState());
    assert.deepStrictEqual(state, { view: DEFAULT_VIEW, resume: { folder: 'file:///smears', image: 'Pre/second.png' } });
  });

  it('has the verdict in the strip while the panel is closed, and only then', async () => {
    await ui.open();
    const verdict = ui.webview.page.locator('#short-verdict');
    assert.strictEqual(await verdict.isVisible(), false);
    await ui.run('toggle-panel');
    assert.strictEqual(await verdict.innerText(), 'Early 97.0 %');
    assert.deepStrictEqual(await accessibilityViolations(ui.webview.page), []);
    await show({ ...second, state: { kind: 'done', analysis: analysis({ domain: OUTSIDE }) } });
    await verdict.getByText('No class offered').waitFor();
    await ui.webview.show({ ...second, state: { kind: 'running' } });
    await verdict.getByText('Analysing…').waitFor();
  });
});
