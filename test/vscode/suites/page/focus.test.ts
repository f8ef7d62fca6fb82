import * as assert from 'node:assert';
import { middle, ViewerPage } from './viewerPage';

describe('the viewer, by pointer and keys', () => {
  const ui = new ViewerPage();

  it('reads the pixel under the pointer', async () => {
    await ui.open();
    const { x, y, width } = await ui.box('image');
    const pixel = width / 224;
    await ui.webview.page.mouse.move(x + 114.5 * pixel, y + 110.5 * pixel);
    // The blast's nucleus in the tests' drawing is #5a2d82.
    assert.strictEqual(await ui.webview.page.locator('#cursor').innerText(), 'x 114, y 110 · RGB 90 45 130');
    await ui.webview.page.mouse.move(x - 10, y + 10);
    assert.strictEqual(await ui.webview.page.locator('#cursor').innerText(), '');
  });

  it('has the focus straight after opening, gives it to the controls and takes it back by a click on the picture', async () => {
    await ui.open();
    await ui.webview.says('focused');
    await ui.webview.page.locator('#opacity').focus();
    await ui.webview.says('unfocused');
    await ui.webview.page.mouse.click(...middle(await ui.box('viewer')));
    await ui.webview.says('focused');
    // The strip's buttons leave it there.
    await ui.webview.page.locator('#zoom-in').click();
    await ui.webview.page.locator('#toggle-panel').click();
    assert.ok(await ui.webview.page.evaluate(() => document.activeElement?.classList.contains('openseadragon-canvas')));
  });

  it('gives the focus back to what had it, as VS Code gives it to the page alone', async () => {
    await ui.load();
    // Beside an input, as in the workbench.
    const { page } = ui.webview;
    const address = new URL('workbench.html', page.url()).href;
    await page.route(address, (route) => route.fulfill({ contentType: 'text/html', body: '<input><iframe src="page.html" width="900" height="600"></iframe>' }));
    await page.goto(address);
    const frame = page.frames()[1];
    assert.ok(frame);
    await frame.locator('.openseadragon-canvas').waitFor();
    const active = (): Promise<string> => frame.evaluate(() => (document.hasFocus() ? (document.activeElement?.id ?? '') : 'elsewhere'));
    const leave = async (): Promise<void> => {
      await page.locator('input').focus();
      assert.strictEqual(await active(), 'elsewhere');
      assert.ok(await frame.evaluate(() => document.activeElement === document.body), 'Chromium itself keeps the focus.');
    };
    const comeBack = (): Promise<void> => page.locator('iframe').evaluate((element: HTMLIFrameElement) => element.contentWindow?.focus());
    await leave();
    await comeBack();
    await ui.webview.says('focused');
    await frame.locator('#fit').focus();
    await ui.webview.says('unfocused');
    await leave();
    await comeBack();
    assert.strictEqual(await active(), 'fit');
    // It is gone in the meantime.
    await leave();
    await frame.locator('#fit').evaluate((button) => button.toggleAttribute('hidden', true));
    await comeBack();
    await ui.webview.says('focused');
    await leave();
    await ui.webview.says('unfocused');
    await comeBack();
    await ui.webview.says('focused');
  });

  it('keeps a key to itself that is pressed on a control, before VS Code has heard of the focus', async () => {
    await ui.open();
    // VS Code listens at the window.
    await ui.webview.page.evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      window.addEventListener('keydown', ({ key }) => heard.push(key));
    });
    const heard = (): Promise<string[]> => ui.webview.page.evaluate(() => (window as unknown as { heard: string[] }).heard.splice(0));
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await ui.webview.page.keyboard.press(key);
    };
    for (const id of ['fit', 'overlay-choice', 'class-choice', 'threshold', 'opacity', 'colour-map']) {
      await ui.webview.page.locator(`#${id}`).focus();
      await press('z', '=', 'ArrowRight', 'Shift+ArrowLeft');
      assert.deepStrictEqual(await heard(), ['Shift'], id);
      await press('F1', 'Escape', 'Control+b');
      assert.deepStrictEqual(await heard(), ['F1', 'Escape', 'Control', 'b'], id);
    }
    await ui.webview.page.mouse.click(...middle(await ui.box('viewer')));
    await press('z', 'ArrowRight');
    assert.deepStrictEqual(await heard(), ['z', 'ArrowRight']);
  });

  it('does nothing by keys of its own', async () => {
    await ui.open();
    const before = await ui.box('image');
    for (const key of ['+', '-', '0', 'f', 'r', 'w', 'ArrowLeft', 'Shift+ArrowUp', '1']) await ui.webview.page.keyboard.press(key);
    await ui.frames();
    assert.deepStrictEqual(await ui.box('image'), before);
    assert.strictEqual(ui.webview.sent.length, 1);
  });
});
