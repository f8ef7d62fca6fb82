import * as assert from 'node:assert';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import sharp from 'sharp';
import type { Analysis } from '../../../../src/protocol/analysis';
import type { ViewCommand } from '../../../../src/protocol/editor';
import { DEFAULT_VIEW, type ViewState } from '../../../../src/protocol/viewState';
import { accessibilityViolations, overlayPixels, overlayRadio, slide } from '../../harness/look';
import { SCREENSHOTS } from '../../harness/places';
import { launchBrowser } from '../../harness/server';
import { WebviewPage, type PageSetup } from '../../harness/webviewPage';
import { analysis, explanation, OUTSIDE, spike } from './analyses';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

describe('the viewer', () => {
  let browser: Browser;
  let webview: WebviewPage;
  before(async () => void (browser = await launchBrowser()));
  after(() => browser.close());
  afterEach(async () => {
    const { complaints } = webview;
    await webview.close();
    assert.deepStrictEqual(complaints, [], 'The browser complained.');
  });

  /** Opens the page on an analysed smear. Without movements, unless asked for: where the view goes is then where it is. */
  async function open(setup: PageSetup = {}, view: Partial<ViewState> = {}, change: Partial<Analysis> = {}): Promise<void> {
    webview = await WebviewPage.open(browser, { reducedMotion: true, ...setup });
    await webview.show({ state: { kind: 'done', analysis: analysis(change) }, view: { ...DEFAULT_VIEW, ...view } });
    await webview.page.locator('#scale', { hasText: '%' }).waitFor();
  }

  async function box(id: string): Promise<Box> {
    return webview.page.locator(`#${id}`).evaluate((element) => element.getBoundingClientRect().toJSON() as Box);
  }

  /** Screen pixels an image pixel, as measured. The picture has 224 of them a side. */
  const scale = async (): Promise<number> => (await box('image')).width / 224;
  const middle = ({ x, y, width, height }: Box): [number, number] => [x + width / 2, y + height / 2];
  const close = (actual: number, expected: number, tolerance = 0.51): void => assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}.`);

  async function run(command: ViewCommand): Promise<void> {
    await webview.command(command);
    await frames();
  }

  /** Two frames: in the first the view moves, in the second it has settled. */
  async function frames(): Promise<void> {
    await webview.page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => done())))));
  }

  const place = (): ViewState['place'] | undefined => {
    const last = webview.sent.at(-1);
    return last?.kind === 'view' ? last.view.place : undefined;
  };

  describe('zoom', () => {
    it('shows the whole image at first, as large as it fits, with nothing over it', async () => {
      await open();
      const [image, viewer, strip] = [await box('image'), await box('viewer'), await box('strip')];
      close(image.height, viewer.height);
      assert.deepStrictEqual(middle(image).map(Math.round), middle(viewer).map(Math.round));
      assert.ok(strip.y >= viewer.y + viewer.height);
      assert.strictEqual(await webview.page.locator('#scale').innerText(), `${Math.round((100 * image.width) / 224)} %`);
      assert.deepStrictEqual(webview.sent.length, 1, 'Showing an image is no change of the view.');
    });

    it('keeps the whole image in view when the window changes, until the reviewer moves', async () => {
      await open();
      await webview.page.setViewportSize({ width: 700, height: 400 });
      await frames();
      close((await box('image')).height, (await box('viewer')).height);
      await run('actual-size');
      const [before, from] = [middle(await box('image')), middle(await box('viewer'))];
      await webview.page.setViewportSize({ width: 900, height: 500 });
      await frames();
      close(await scale(), 1, 1e-6);
      const [after, to] = [middle(await box('image')), middle(await box('viewer'))];
      close(after[0] - to[0], before[0] - from[0], 1);
      close(after[1] - to[1], before[1] - from[1], 1);
    });

    it('zooms by the wheel around the pointer', async () => {
      await open();
      const before = await box('image');
      const at = { x: before.x + before.width * 0.3, y: before.y + before.height * 0.7 };
      await webview.page.mouse.move(at.x, at.y);
      await webview.page.mouse.wheel(0, -120);
      await webview.hasSent(2);
      const after = await box('image');
      assert.ok(after.width > before.width * 1.1);
      close((at.x - after.x) / after.width, 0.3, 0.002);
      close((at.y - after.y) / after.height, 0.7, 0.002);
    });

    it('does not zoom by a click or a double click', async () => {
      await open();
      const before = await box('image');
      await webview.page.mouse.click(...middle(before));
      await webview.page.mouse.dblclick(...middle(before));
      await frames();
      assert.deepStrictEqual(await box('image'), before);
      assert.strictEqual(webview.sent.length, 1);
    });

    it('has buttons and commands for nearer, farther, 1:1 and the whole image', async () => {
      await open();
      const fitted = await scale();
      for (const press of [(command: ViewCommand) => run(command), async (command: ViewCommand) => webview.page.locator(`#${command}`).click().then(frames)]) {
        await press('zoom-in');
        close(await scale(), fitted * 1.5, 0.01);
        await press('zoom-out');
        close(await scale(), fitted, 0.01);
        await press('actual-size');
        close(await scale(), 1, 1e-6);
        assert.strictEqual(await webview.page.locator('#scale').innerText(), '100 %');
        await press('fit');
        close(await scale(), fitted, 1e-3);
        assert.strictEqual(place(), null);
      }
    });

    it('shows 1:1 on whole screen pixels, and pixels as squares from 4:1 on', async () => {
      await open({ width: 1101, height: 757 });
      await run('actual-size');
      const { x, y } = await box('image');
      assert.deepStrictEqual([x % 1, y % 1], [0, 0]);
      const rendering = (): Promise<string> => webview.page.locator('#image').evaluate((image) => getComputedStyle(image).imageRendering);
      assert.strictEqual(await rendering(), 'auto');
      for (let i = 0; i < 4; i++) await run('zoom-in');
      assert.strictEqual(await rendering(), 'pixelated');
    });

    it('counts the pixels of the screen where it is a dense one', async () => {
      await open({ density: 2 });
      await run('actual-size');
      close((await box('image')).width, 112, 1e-3);
      assert.strictEqual(await webview.page.locator('#scale').innerText(), '100 %');
    });

    it('ends at 32:1 and at half of what fits or of 1:1', async () => {
      await open();
      for (let i = 0; i < 12; i++) await run('zoom-in');
      close(await scale(), 32, 0.01);
      for (let i = 0; i < 24; i++) await run('zoom-out');
      close(await scale(), 0.5, 0.01);
    });
  });

  describe('pan', () => {
    it('follows the pointer, and the commands', async () => {
      await open();
      await run('zoom-in');
      const before = await box('image');
      const [x, y] = middle(await box('viewer'));
      await webview.page.mouse.move(x, y);
      await webview.page.mouse.down();
      await webview.page.mouse.move(x + 60, y - 40, { steps: 4 });
      await webview.page.mouse.up();
      await frames();
      const dragged = await box('image');
      close(dragged.x - before.x, 60, 1);
      close(dragged.y - before.y, -40, 1);
      await run('pan-right');
      assert.ok((await box('image')).x < dragged.x);
      await run('pan-down');
      assert.ok((await box('image')).y < dragged.y);
    });

    it('jumps where motion is to be reduced, and moves where it is not', async () => {
      for (const reducedMotion of [true, false]) {
        await open({ reducedMotion });
        const fitted = await scale();
        await webview.page.evaluate(() => {
          const widths = new Set<number>();
          Object.assign(window, { widths });
          const image = document.querySelector('#image');
          const look = (): void => {
            if (image) widths.add(image.getBoundingClientRect().width);
            requestAnimationFrame(look);
          };
          look();
        });
        await webview.command('zoom-in');
        await webview.hasSent(2);
        close(await scale(), fitted * 1.5, 0.01);
        const widths = await webview.page.evaluate(() => (window as unknown as { widths: Set<number> }).widths.size);
        assert.ok(reducedMotion ? widths === 2 : widths > 2, `${widths} widths were seen.`);
        if (reducedMotion) await webview.close();
      }
    });
  });

  describe('place', () => {
    it('is kept where the reviewer left it, and found again', async () => {
      await open();
      await run('zoom-in');
      await run('pan-left');
      const [left, kept] = [await box('image'), place()];
      assert.ok(kept);
      await webview.close();
      await open({}, { place: kept });
      const again = await box('image');
      for (const side of ['x', 'y', 'width', 'height'] as const) close(again[side], left[side]);
      assert.strictEqual(webview.sent.length, 1);
    });

    it('stays when the file changes, or when its true size becomes known', async () => {
      await open();
      await run('zoom-in');
      const before = await box('image');
      await webview.show({ state: { kind: 'running' } });
      await frames();
      assert.deepStrictEqual(await box('image'), before);
      await webview.show({ state: { kind: 'done', analysis: analysis({ image: { ...analysis().image, width: 448, height: 448 } }) } });
      await frames();
      const after = await box('image');
      close(after.width, 2 * before.width);
      close(middle(after)[0], middle(before)[0], 1);
    });
  });

  describe('overlay', () => {
    it('lies exactly on the picture at any zoom and place, and so does the part that the network saw', async () => {
      const field = { x: 42, y: -28, width: 140, height: 280 };
      await open({}, {}, { image: { ...analysis().image, field } });
      const expectAligned = async (): Promise<void> => {
        const [image, overlay] = [await box('image'), await box('overlay')];
        const pixel = image.width / 224;
        close(overlay.x, image.x + field.x * pixel, 0.02);
        close(overlay.y, image.y + field.y * pixel, 0.02);
        close(overlay.width, field.width * pixel, 0.02);
        close(overlay.height, field.height * pixel, 0.02);
      };
      await expectAligned();
      for (const command of ['zoom-in', 'pan-left', 'zoom-in', 'pan-down', 'zoom-in', 'zoom-in', 'actual-size', 'zoom-out'] as const) {
        await run(command);
        await expectAligned();
      }
    });

    it('paints the very pixels of the picture that it is of', async () => {
      // One hot cell in the middle of 7 × 7, at full opacity: a small area around image pixel 112.
      const maps = [{ method: 'grad-cam', variant: 'none', classIndex: 1, raw: spike(3, 3), flat: false }] as const;
      await open({}, { opacity: 1, threshold: 0.9 }, { explanation: explanation({ maps }) });
      for (const command of ['fit', 'zoom-in', 'zoom-in', 'zoom-in'] as const) {
        await run(command);
        const seen = await yellow();
        const image = await box('image');
        const pixel = image.width / 224;
        close((seen.left + seen.right) / 2, image.x + 112 * pixel, 1.01);
        close((seen.top + seen.bottom) / 2, image.y + 112 * pixel, 1.01);
      }
    });

    it('can be a contour instead, or as well, where the map crosses the threshold', async () => {
      await open();
      await style('Contour').click();
      assert.strictEqual(await overlayPixels(webview.page), 'hidden');
      assert.strictEqual(await webview.page.locator('#threshold').inputValue(), '0.5');
      const contour = async (): Promise<string> => (await webview.page.locator('#contour .line').getAttribute('d')) ?? '';
      const half = await contour();
      assert.match(half, /^M[\d.]+,[\d.]+L/);
      await webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-contour.png') });
      await slide(webview.page, 'threshold', '0.8');
      assert.notStrictEqual(await contour(), half);
      await style('Both').click();
      assert.notStrictEqual(await overlayPixels(webview.page), 'hidden');
      assert.ok(await webview.page.locator('#contour').isVisible());
      await webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-both.png') });
      assert.deepStrictEqual(await accessibilityViolations(webview.page), []);
      await style('Heat map').click();
      assert.ok(!(await webview.page.locator('#contour').isVisible()));
      const last = webview.sent.at(-1);
      assert.ok(last?.kind === 'view' && last.view.style === 'heat' && last.view.threshold === 0.8);
    });

    it('draws the contour over the edge of the colours', async () => {
      await open({}, { style: 'both', threshold: 0.6 });
      const [line, overlay] = [await webview.page.locator('#contour .line').evaluate((path) => path.getBoundingClientRect().toJSON() as Box), await box('overlay')];
      const colours = await webview.page.locator('#overlay').evaluate((canvas: HTMLCanvasElement) => {
        const { data, width } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? new ImageData(1, 1);
        const columns = Array.from({ length: data.length / 4 }, (_, i) => i).filter((i) => (data[4 * i + 3] ?? 0) > 0).map((i) => i % width);
        return { left: Math.min(...columns), right: Math.max(...columns) + 1, width };
      });
      const pixel = overlay.width / colours.width;
      close(line.x, overlay.x + colours.left * pixel, 1.5 * pixel);
      close(line.x + line.width, overlay.x + colours.right * pixel, 1.5 * pixel);
    });

    it('goes and comes back by a key, and changes its method by another', async () => {
      await open();
      const shown = await overlayPixels(webview.page);
      const checked = async (): Promise<string> => (await webview.page.locator('#overlay-choice vscode-radio[aria-checked="true"]').innerText()).trim();
      await run('next-method');
      assert.strictEqual(await checked(), 'Grad-CAM++ (paper)');
      const paper = await overlayPixels(webview.page);
      assert.notStrictEqual(paper, shown);
      await run('toggle-overlay');
      assert.deepStrictEqual([await checked(), await overlayPixels(webview.page)], ['Off', 'hidden']);
      await run('toggle-overlay');
      assert.deepStrictEqual([await checked(), await overlayPixels(webview.page)], ['Grad-CAM++ (paper)', paper]);
      await run('next-method');
      await run('next-method');
      assert.deepStrictEqual([await checked(), await overlayPixels(webview.page)], ['Grad-CAM', shown]);
      // One notice a key.
      assert.strictEqual(webview.sent.length, 6);
      await overlayRadio(webview.page, 'Off').click();
      assert.strictEqual(await overlayPixels(webview.page), 'hidden');
    });

    it('comes by the key where the image is outside the domain, too', async () => {
      await open({}, {}, { domain: OUTSIDE });
      assert.strictEqual(await overlayPixels(webview.page), 'hidden');
      await run('toggle-overlay');
      assert.notStrictEqual(await overlayPixels(webview.page), 'hidden');
    });
  });

  describe('panel', () => {
    it('makes room for the picture, and comes back', async () => {
      await open();
      const before = await box('viewer');
      const toggle = webview.page.getByRole('button', { name: 'Analysis' });
      await toggle.click();
      await frames();
      assert.strictEqual(await toggle.getAttribute('aria-expanded'), 'false');
      assert.strictEqual(await webview.page.locator('#panel').isVisible(), false);
      assert.strictEqual((await box('viewer')).width, 1100);
      const last = webview.sent.at(-1);
      assert.ok(last?.kind === 'view' && !last.view.panelOpen);
      await webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-panel-closed.png') });
      assert.deepStrictEqual(await accessibilityViolations(webview.page), []);
      await run('toggle-panel');
      assert.deepStrictEqual(await box('viewer'), before);
    });

    it('is closed at once where it was left so, with the picture in the middle of the room it leaves', async () => {
      await open({}, { panelOpen: false });
      await frames();
      const [image, viewer] = [await box('image'), await box('viewer')];
      assert.strictEqual(viewer.width, 1100);
      close(middle(image)[0], middle(viewer)[0]);
      close(image.height, viewer.height);
    });

    it('is closed at once in a narrow window, too', async () => {
      await open({ width: 480, height: 700 }, { panelOpen: false });
      assert.strictEqual(await webview.page.locator('#panel').isVisible(), false);
      const strip = await box('strip');
      close(strip.y + strip.height, 700);
      await webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-narrow-closed.png') });
    });
  });

  describe('pointer and keys', () => {
    it('reads the pixel under the pointer', async () => {
      await open();
      const { x, y, width } = await box('image');
      const pixel = width / 224;
      await webview.page.mouse.move(x + 114.5 * pixel, y + 110.5 * pixel);
      // The blast's nucleus in the tests' drawing is #5a2d82.
      assert.strictEqual(await webview.page.locator('#cursor').innerText(), 'x 114, y 110 · RGB 90 45 130');
      await webview.page.mouse.move(x - 10, y + 10);
      assert.strictEqual(await webview.page.locator('#cursor').innerText(), '');
    });

    it('has the focus straight after opening, gives it to the controls and takes it back by a click on the picture', async () => {
      await open();
      await webview.says('focused');
      await webview.page.locator('#opacity').focus();
      await webview.says('unfocused');
      await webview.page.mouse.click(...middle(await box('viewer')));
      await webview.says('focused');
      // The strip's buttons leave it there.
      await webview.page.locator('#zoom-in').click();
      await webview.page.locator('#toggle-panel').click();
      assert.ok(await webview.page.evaluate(() => document.activeElement?.classList.contains('openseadragon-canvas')));
    });

    it('does nothing by keys of its own', async () => {
      await open();
      const before = await box('image');
      for (const key of ['+', '-', '0', 'f', 'r', 'w', 'ArrowLeft', 'Shift+ArrowUp', '1']) await webview.page.keyboard.press(key);
      await frames();
      assert.deepStrictEqual(await box('image'), before);
      assert.strictEqual(webview.sent.length, 1);
    });
  });

  const style = (label: string): ReturnType<typeof overlayRadio> => webview.page.locator('#style-choice vscode-radio', { hasText: label });

  /** The rectangle of the window that has the top colour of viridis, read from a screenshot. */
  async function yellow(): Promise<{ left: number; right: number; top: number; bottom: number }> {
    const { data, info } = await sharp(await webview.page.locator('#viewer').screenshot()).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const hits = Array.from({ length: info.width * info.height }, (_, i) => i).filter((i) => (data[3 * i] ?? 0) > 180 && (data[3 * i + 1] ?? 0) > 200 && (data[3 * i + 2] ?? 0) < 90);
    assert.ok(hits.length > 0, 'No yellow is seen.');
    const [columns, rows] = [hits.map((i) => i % info.width), hits.map((i) => Math.floor(i / info.width))];
    const range = (values: number[]): [number, number] => values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v + 1)], [Infinity, -Infinity]);
    const { x, y } = await box('viewer');
    const [[left, right], [top, bottom]] = [range(columns), range(rows)];
    return { left: left + x, right: right + x, top: top + y, bottom: bottom + y };
  }
});
