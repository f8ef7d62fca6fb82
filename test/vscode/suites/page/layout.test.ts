import * as assert from 'node:assert';
import { SIDE } from '../../harness/images';
import { launchBrowser } from '../../harness/server';
import { close, middle, ViewerPage } from './viewerPage';

describe('the viewer, when the layout changes', () => {
  const ui = new ViewerPage();

  /** What a workbench does to the page: the size of its window, the panel, and a width that is no whole number of pixels. */
  const LAYOUTS = ['panel', { width: 700, height: 400 }, { width: 480, height: 900 }, 'panel', { width: 1100, height: 760 }, 'fraction', { width: 1101, height: 433 }] as const;

  async function changeLayout(change: (typeof LAYOUTS)[number]): Promise<void> {
    const before = await ui.box('viewer');
    if (change === 'panel') await ui.webview.command('toggle-panel');
    else if (change === 'fraction') await ui.webview.page.evaluate(() => void (document.body.style.width = 'calc(100% - 33.4px)'));
    else await ui.webview.page.setViewportSize(change);
    await ui.frames();
    assert.notDeepStrictEqual(await ui.box('viewer'), before, 'The layout is as before.');
  }

  it('keeps the whole image in view whatever becomes of the layout, as Fit shows it', async () => {
    await ui.open();
    for (const change of LAYOUTS) {
      await changeLayout(change);
      await ui.expectFitted();
      const before = await ui.box('image');
      await ui.run('fit');
      assert.deepStrictEqual(await ui.box('image'), before);
    }
    assert.ok(ui.webview.sent.slice(1).every((message) => message.kind === 'view' && message.view.place === null));
  });

  it('keeps the scale and what is in the middle whatever becomes of the layout, once the reviewer has moved', async () => {
    await ui.open();
    for (const command of ['zoom-in', 'zoom-in', 'pan-left', 'pan-down'] as const) await ui.run(command);
    const [before, kept] = [await ui.centre(), ui.place()];
    assert.ok(kept);
    for (const change of LAYOUTS) {
      await changeLayout(change);
      const after = await ui.centre();
      for (const part of ['scale', 'x', 'y'] as const) close(after[part], before[part], 1e-3);
      assert.deepStrictEqual(ui.place(), kept);
    }
  });

  it('takes a movement with it that is under way when the layout changes', async () => {
    await ui.open({ reducedMotion: false });
    const before = await ui.centre();
    await ui.run('zoom-in', 'toggle-panel');
    await ui.webview.hasSent(3);
    await ui.frames();
    const after = await ui.centre();
    close(after.scale, before.scale * 1.5, 1e-3);
    close(after.x, 0.5, 1e-3);
    close(ui.place()?.scale ?? NaN, before.scale * 1.5, 1e-3);
    await ui.run('fit', 'toggle-panel');
    await ui.webview.hasSent(5);
    await ui.frames();
    await ui.expectFitted();
    assert.strictEqual(ui.place(), null);
    await ui.webview.close();
    // One step to the left, and at once the panel: what is in the middle is what the step leads to.
    await ui.open({ reducedMotion: false }, { place: { x: 0.5, y: 0.5, scale: 8 } });
    const step = (0.15 * (await ui.box('viewer')).width) / (SIDE * 8);
    await ui.run('pan-left', 'toggle-panel');
    await ui.webview.hasSent(3);
    await ui.frames();
    const moved = await ui.centre();
    for (const [part, expected] of [['scale', 8], ['x', 0.5 - step], ['y', 0.5]] as const) close(moved[part], expected, 1e-3);
  });

  it('keeps what is shown after the picture was dragged too far', async () => {
    await ui.open({}, { place: { x: 0.5, y: 0.5, scale: 2 } });
    const [, y] = middle(await ui.box('viewer'));
    await ui.webview.page.mouse.move(700, y);
    await ui.webview.page.mouse.down();
    await ui.webview.page.mouse.move(10, y, { steps: 4 });
    // Held still, so that this movement ends before the picture goes back.
    await ui.frames();
    const dragged = await ui.centre();
    await ui.webview.page.mouse.up();
    await ui.frames();
    const [shown, kept] = [await ui.centre(), ui.place()];
    assert.ok(kept && shown.x < dragged.x - 0.1);
    close(kept.x, shown.x, 1e-3);
  });

  it('counts the pixels of the screen anew when the window comes to a denser screen', async () => {
    // Two real screens: of an emulated density, Chromium tells the page no change.
    const screens = await launchBrowser(['--screen-info={0,0 1600x1200}{1600,0 3200x2400 devicePixelRatio=2}']);
    try {
      const page = await screens.newPage({ viewport: null, reducedMotion: 'reduce' });
      await ui.open({}, {}, {}, { newPage: () => Promise.resolve(page) });
      // The same in CSS pixels on both.
      await page.locator('#viewer').evaluate((element) => Object.assign(element.style, { width: '300px', height: '280px' }));
      const session = await page.context().newCDPSession(page);
      const { windowId } = await session.send('Browser.getWindowForTarget');
      const comeTo = async (left: number, density: number): Promise<void> => {
        await session.send('Browser.setWindowBounds', { windowId, bounds: { left, top: 10 } });
        await page.waitForFunction((expected) => devicePixelRatio === expected, density);
        await ui.frames();
      };
      await comeTo(1700, 2);
      await ui.expectFitted();
      assert.deepStrictEqual([await ui.scale(), await ui.text()], [1.25, '250 %']);
      await ui.run('actual-size');
      assert.deepStrictEqual([await ui.scale(), await ui.text()], [0.5, '100 %']);
      await comeTo(10, 1);
      assert.deepStrictEqual([await ui.scale(), await ui.text()], [1, '100 %']);
    } finally {
      await screens.close();
    }
  });
});
