import * as assert from 'node:assert';
import * as path from 'node:path';
import sharp from 'sharp';
import type { ViewCommand } from '../../../../src/protocol/editor';
import { accessibilityViolations, overlayPixels, overlayRadio, slide } from '../../harness/look';
import { SCREENSHOTS } from '../../harness/places';
import { SIDE } from '../../harness/images';
import { analysis, explanation, OUTSIDE, spike } from './analyses';
import { close, middle, ViewerPage, type Box } from './viewerPage';

describe('the viewer', () => {
  const ui = new ViewerPage();

  describe('zoom', () => {
    it('shows the whole image at first, as large as it fits, with nothing over it', async () => {
      await ui.open();
      const [image, viewer, strip] = [await ui.box('image'), await ui.box('viewer'), await ui.box('strip')];
      close(image.height, viewer.height);
      assert.deepStrictEqual(middle(image).map(Math.round), middle(viewer).map(Math.round));
      assert.ok(strip.y >= viewer.y + viewer.height);
      assert.strictEqual(await ui.text(), `${Math.round((100 * image.width) / 224)} %`);
      assert.deepStrictEqual(ui.webview.sent.length, 1, 'Showing an image is no change of the view.');
    });

    it('takes Fit for nothing where there is no picture', async () => {
      await ui.load();
      await ui.webview.show({ image: { kind: 'unshowable' } });
      await ui.webview.page.locator('#no-image').waitFor();
      for (const command of ['zoom-in', 'zoom-out', 'fit', 'actual-size', 'pan-left'] as const) await ui.run(command);
    });

    it('zooms by the wheel around the pointer', async () => {
      await ui.open();
      const before = await ui.box('image');
      const at = { x: before.x + before.width * 0.3, y: before.y + before.height * 0.7 };
      await ui.webview.page.mouse.move(at.x, at.y);
      await ui.webview.page.mouse.wheel(0, -120);
      await ui.webview.hasSent(2);
      const after = await ui.box('image');
      assert.ok(after.width > before.width * 1.1);
      close((at.x - after.x) / after.width, 0.3, 0.002);
      close((at.y - after.y) / after.height, 0.7, 0.002);
    });

    it('does not zoom by a click or a double click', async () => {
      await ui.open();
      const before = await ui.box('image');
      await ui.webview.page.mouse.click(...middle(before));
      await ui.webview.page.mouse.dblclick(...middle(before));
      await ui.frames();
      assert.deepStrictEqual(await ui.box('image'), before);
      assert.strictEqual(ui.webview.sent.length, 1);
    });

    it('has buttons and commands for nearer, farther, 1:1 and the whole image', async () => {
      await ui.open();
      const fitted = await ui.scale();
      for (const press of [(command: ViewCommand) => ui.run(command), async (command: ViewCommand) => ui.webview.page.locator(`#${command}`).click().then(() => ui.frames())]) {
        await press('zoom-in');
        close(await ui.scale(), fitted * 1.5, 0.01);
        await press('zoom-out');
        close(await ui.scale(), fitted, 0.01);
        await press('actual-size');
        close(await ui.scale(), 1, 1e-6);
        assert.strictEqual(await ui.text(), '100 %');
        await press('fit');
        close(await ui.scale(), fitted, 1e-3);
        assert.strictEqual(ui.place(), null);
      }
    });

    it('shows 1:1 on whole screen pixels, and pixels as squares from 4:1 on', async () => {
      await ui.open({ width: 1101, height: 757 });
      await ui.run('actual-size');
      const { x, y } = await ui.box('image');
      assert.deepStrictEqual([x % 1, y % 1], [0, 0]);
      const rendering = (): Promise<string> => ui.webview.page.locator('#image').evaluate((image) => getComputedStyle(image).imageRendering);
      assert.strictEqual(await rendering(), 'auto');
      for (let i = 0; i < 4; i++) await ui.run('zoom-in');
      assert.strictEqual(await rendering(), 'pixelated');
    });

    it('counts the pixels of the screen where it is a dense one', async () => {
      await ui.open({ density: 2 });
      await ui.run('actual-size');
      close((await ui.box('image')).width, 112, 1e-3);
      assert.strictEqual(await ui.text(), '100 %');
    });

    it('ends at 32:1 and at half of what fits or of 1:1', async () => {
      await ui.open();
      for (let i = 0; i < 12; i++) await ui.run('zoom-in');
      close(await ui.scale(), 32, 0.01);
      for (let i = 0; i < 24; i++) await ui.run('zoom-out');
      close(await ui.scale(), 0.5, 0.01);
    });
  });

  describe('pan', () => {
    it('follows the pointer, and the commands', async () => {
      await ui.open();
      await ui.run('zoom-in');
      const before = await ui.box('image');
      const [x, y] = middle(await ui.box('viewer'));
      await ui.webview.page.mouse.move(x, y);
      await ui.webview.page.mouse.down();
      await ui.webview.page.mouse.move(x + 60, y - 40, { steps: 4 });
      await ui.webview.page.mouse.up();
      await ui.frames();
      const dragged = await ui.box('image');
      close(dragged.x - before.x, 60, 1);
      close(dragged.y - before.y, -40, 1);
      await ui.run('pan-right');
      assert.ok((await ui.box('image')).x < dragged.x);
      await ui.run('pan-down');
      assert.ok((await ui.box('image')).y < dragged.y);
    });

    it('jumps where motion is to be reduced, and moves where it is not', async () => {
      for (const reducedMotion of [true, false]) {
        await ui.open({ reducedMotion });
        const fitted = await ui.scale();
        await ui.webview.page.evaluate(() => {
          const widths = new Set<number>();
          Object.assign(window, { widths });
          const image = document.querySelector('#image');
          const look = (): void => {
            if (image) widths.add(image.getBoundingClientRect().width);
            requestAnimationFrame(look);
          };
          look();
        });
        await ui.webview.command('zoom-in');
        await ui.webview.hasSent(2);
        // Told at once, so that the next image is shown there even where it comes before the movement has ended.
        close(ui.place()?.scale ?? NaN, fitted * 1.5, 0.01);
        await ui.webview.page.waitForFunction((width) => Math.abs((document.querySelector('#image')?.getBoundingClientRect().width ?? 0) - width) < 1, fitted * 1.5 * SIDE);
        const widths = await ui.webview.page.evaluate(() => (window as unknown as { widths: Set<number> }).widths.size);
        assert.ok(reducedMotion ? widths === 2 : widths > 2, `${widths} widths were seen.`);
        if (reducedMotion) await ui.webview.close();
      }
    });
  });

  describe('place', () => {
    it('is kept where the reviewer left it, and found again', async () => {
      await ui.open();
      await ui.run('zoom-in');
      await ui.run('pan-left');
      const [left, kept] = [await ui.box('image'), ui.place()];
      assert.ok(kept);
      await ui.webview.close();
      await ui.open({}, { place: kept });
      const again = await ui.box('image');
      for (const side of ['x', 'y', 'width', 'height'] as const) close(again[side], left[side]);
      assert.strictEqual(ui.webview.sent.length, 1);
    });

    it('stays when the file changes, or when its true size becomes known', async () => {
      await ui.open();
      await ui.run('zoom-in');
      const before = await ui.box('image');
      await ui.webview.show({ state: { kind: 'running' } });
      await ui.frames();
      assert.deepStrictEqual(await ui.box('image'), before);
      await ui.webview.show({ state: { kind: 'done', analysis: analysis({ image: { ...analysis().image, width: 448, height: 448 } }) } });
      await ui.frames();
      const after = await ui.box('image');
      close(after.width, 2 * before.width);
      close(middle(after)[0], middle(before)[0], 1);
    });
  });

  describe('overlay', () => {
    it('lies exactly on the picture at any zoom and place, and so does the part that the network saw', async () => {
      const field = { x: 42, y: -28, width: 140, height: 280 };
      await ui.open({}, {}, { image: { ...analysis().image, field } });
      const expectAligned = async (): Promise<void> => {
        const [image, overlay] = [await ui.box('image'), await ui.box('overlay')];
        const pixel = image.width / 224;
        close(overlay.x, image.x + field.x * pixel, 0.02);
        close(overlay.y, image.y + field.y * pixel, 0.02);
        close(overlay.width, field.width * pixel, 0.02);
        close(overlay.height, field.height * pixel, 0.02);
      };
      await expectAligned();
      for (const command of ['zoom-in', 'pan-left', 'zoom-in', 'pan-down', 'zoom-in', 'zoom-in', 'actual-size', 'zoom-out'] as const) {
        await ui.run(command);
        await expectAligned();
      }
    });

    it('paints the very pixels of the picture that it is of', async () => {
      // One hot cell in the middle of 7 × 7, at full opacity: a small area around image pixel 112.
      const maps = [{ method: 'grad-cam', variant: 'none', classIndex: 1, raw: spike(3, 3), flat: false }] as const;
      await ui.open({}, { opacity: 1, threshold: 0.9 }, { explanation: explanation({ maps }) });
      for (const command of ['fit', 'zoom-in', 'zoom-in', 'zoom-in'] as const) {
        await ui.run(command);
        const seen = await yellow();
        const image = await ui.box('image');
        const pixel = image.width / 224;
        close((seen.left + seen.right) / 2, image.x + 112 * pixel, 1.01);
        close((seen.top + seen.bottom) / 2, image.y + 112 * pixel, 1.01);
      }
    });

    it('can be a contour instead, or as well, where the map crosses the threshold', async () => {
      await ui.open();
      await style('Contour').click();
      assert.strictEqual(await overlayPixels(ui.webview.page), 'hidden');
      assert.strictEqual(await ui.webview.page.locator('#threshold').inputValue(), '0.5');
      const contour = async (): Promise<string> => (await ui.webview.page.locator('#contour .line').getAttribute('d')) ?? '';
      const half = await contour();
      assert.match(half, /^M[\d.]+,[\d.]+L/);
      await ui.webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-contour.png') });
      await slide(ui.webview.page, 'threshold', '0.8');
      assert.notStrictEqual(await contour(), half);
      await style('Both').click();
      assert.notStrictEqual(await overlayPixels(ui.webview.page), 'hidden');
      assert.ok(await ui.webview.page.locator('#contour').isVisible());
      await ui.webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-both.png') });
      assert.deepStrictEqual(await accessibilityViolations(ui.webview.page), []);
      await style('Heat map').click();
      assert.ok(!(await ui.webview.page.locator('#contour').isVisible()));
      const last = ui.webview.sent.at(-1);
      assert.ok(last?.kind === 'view' && last.view.style === 'heat' && last.view.threshold === 0.8);
    });

    it('draws the contour over the edge of the colours', async () => {
      await ui.open({}, { style: 'both', threshold: 0.6 });
      const [line, overlay] = [await ui.webview.page.locator('#contour .line').evaluate((path) => path.getBoundingClientRect().toJSON() as Box), await ui.box('overlay')];
      const colours = await ui.webview.page.locator('#overlay').evaluate((canvas: HTMLCanvasElement) => {
        const { data, width } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? new ImageData(1, 1);
        const columns = Array.from({ length: data.length / 4 }, (_, i) => i).filter((i) => (data[4 * i + 3] ?? 0) > 0).map((i) => i % width);
        return { left: Math.min(...columns), right: Math.max(...columns) + 1, width };
      });
      const pixel = overlay.width / colours.width;
      close(line.x, overlay.x + colours.left * pixel, 1.5 * pixel);
      close(line.x + line.width, overlay.x + colours.right * pixel, 1.5 * pixel);
    });

    it('goes and comes back by a key, and changes its method by another', async () => {
      await ui.open();
      const shown = await overlayPixels(ui.webview.page);
      const checked = async (): Promise<string> => (await ui.webview.page.locator('#overlay-choice vscode-radio[aria-checked="true"]').innerText()).trim();
      await ui.run('next-method');
      assert.strictEqual(await checked(), 'Grad-CAM++ (paper)');
      const paper = await overlayPixels(ui.webview.page);
      assert.notStrictEqual(paper, shown);
      await ui.run('toggle-overlay');
      assert.deepStrictEqual([await checked(), await overlayPixels(ui.webview.page)], ['Off', 'hidden']);
      await ui.run('toggle-overlay');
      assert.deepStrictEqual([await checked(), await overlayPixels(ui.webview.page)], ['Grad-CAM++ (paper)', paper]);
      await ui.run('next-method');
      await ui.run('next-method');
      assert.deepStrictEqual([await checked(), await overlayPixels(ui.webview.page)], ['Grad-CAM', shown]);
      // One notice a key.
      assert.strictEqual(ui.webview.sent.length, 6);
      await overlayRadio(ui.webview.page, 'Off').click();
      assert.strictEqual(await overlayPixels(ui.webview.page), 'hidden');
    });

    it('comes by the key where the image is outside the domain, too', async () => {
      await ui.open({}, {}, { domain: OUTSIDE });
      assert.strictEqual(await overlayPixels(ui.webview.page), 'hidden');
      await ui.run('toggle-overlay');
      assert.notStrictEqual(await overlayPixels(ui.webview.page), 'hidden');
    });
  });

  describe('panel', () => {
    it('makes room for the picture, and comes back', async () => {
      await ui.open();
      const before = await ui.box('viewer');
      const toggle = ui.webview.page.getByRole('button', { name: 'Analysis' });
      await toggle.click();
      await ui.frames();
      assert.strictEqual(await toggle.getAttribute('aria-expanded'), 'false');
      assert.strictEqual(await ui.webview.page.locator('#panel').isVisible(), false);
      assert.strictEqual((await ui.box('viewer')).width, 1100);
      const last = ui.webview.sent.at(-1);
      assert.ok(last?.kind === 'view' && !last.view.panelOpen);
      await ui.webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-panel-closed.png') });
      assert.deepStrictEqual(await accessibilityViolations(ui.webview.page), []);
      await ui.run('toggle-panel');
      assert.deepStrictEqual(await ui.box('viewer'), before);
    });

    it('is closed at once where it was left so, with the picture in the middle of the room it leaves', async () => {
      await ui.open({}, { panelOpen: false });
      await ui.frames();
      const [image, viewer] = [await ui.box('image'), await ui.box('viewer')];
      assert.strictEqual(viewer.width, 1100);
      close(middle(image)[0], middle(viewer)[0]);
      close(image.height, viewer.height);
    });

    it('is closed at once in a narrow window, too', async () => {
      await ui.open({ width: 480, height: 700 }, { panelOpen: false });
      assert.strictEqual(await ui.webview.page.locator('#panel').isVisible(), false);
      const strip = await ui.box('strip');
      close(strip.y + strip.height, 700);
      await ui.webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-narrow-closed.png') });
    });
  });

  const style = (label: string): ReturnType<typeof overlayRadio> => ui.webview.page.locator('#style-choice vscode-radio', { hasText: label });

  /** The rectangle of the window that has the top colour of viridis, read from a screenshot. */
  async function yellow(): Promise<{ left: number; right: number; top: number; bottom: number }> {
    const { data, info } = await sharp(await ui.webview.page.locator('#viewer').screenshot()).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const hits = Array.from({ length: info.width * info.height }, (_, i) => i).filter((i) => (data[3 * i] ?? 0) > 180 && (data[3 * i + 1] ?? 0) > 200 && (data[3 * i + 2] ?? 0) < 90);
    assert.ok(hits.length > 0, 'No yellow is seen.');
    const [columns, rows] = [hits.map((i) => i % info.width), hits.map((i) => Math.floor(i / info.width))];
    const range = (values: number[]): [number, number] => values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v + 1)], [Infinity, -Infinity]);
    const { x, y } = await ui.box('viewer');
    const [[left, right], [top, bottom]] = [range(columns), range(rows)];
    return { left: left + x, right: right + x, top: top + y, bottom: bottom + y };
  }
});
