import * as assert from 'node:assert';
import { overlayPixels } from '../../harness/look';
import { SIDE } from '../../harness/images';
import { failureScreenshots, Session } from '../../harness/session';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface View {
  readonly image: Box;
  readonly viewer: Box;
  readonly scale: string;
  readonly panel: string;
}

const middle = ({ x, y, width, height }: Box): [number, number] => [x + width / 2, y + height / 2];

/** Within a tenth of a pixel: Chromium rounds what it measures to 1/64. */
function close(actual: number | undefined, expected: number | undefined, what: string): void {
  assert.ok(Math.abs((actual ?? NaN) - (expected ?? NaN)) < 0.1, `${what}: ${actual} is not ${expected}.`);
}

/** The whole picture, as large as the viewer allows and in the middle of it. */
function assertFitted({ image, viewer, scale }: View): void {
  const side = Math.min(viewer.width, viewer.height);
  close(image.width, side, 'width');
  close(image.height, side, 'height');
  middle(image).forEach((at, i) => close(at, middle(viewer)[i], 'middle'));
  assert.strictEqual(scale, `${Math.round((100 * side) / SIDE)} %`);
}

/** What is in the middle of the viewer, in image pixels. */
function centre({ image, viewer }: View): [number, number] {
  const [x, y] = middle(viewer);
  return [((x - image.x) / image.width) * SIDE, ((y - image.y) / image.height) * SIDE];
}

describe('the viewer in the workbench', () => {
  let session: Session;
  before(async () => void (session = await Session.shared()));
  after(() => session.leave());
  failureScreenshots(() => session);

  const press = (key: string): Promise<void> => session.workbench.page.keyboard.press(key);
  const image = (): Promise<Box> => session.workbench.editor().locator('#image').evaluate((element) => element.getBoundingClientRect().toJSON() as Box);

  async function open(name: string): Promise<void> {
    await session.workbench.openInSmearLens(name);
    await session.workbench.analysed();
  }

  const shows = (text: string): Promise<void> => session.workbench.editor().locator('#scale').getByText(text, { exact: true }).waitFor();

  const actualSize = (): Promise<void> => session.workbench.pressUntil('0', session.workbench.editor().locator('#scale').getByText('100 %', { exact: true }));

  /** What is seen when the view has come to rest: two frames show the same, and a viewer of another size than one before. */
  async function seen(nth = 0, before?: Box): Promise<View> {
    return session.workbench.editor(nth).locator('body[data-image="shown"]').evaluate(async (body, other) => {
      const box = (id: string): Box => body.querySelector(id)?.getBoundingClientRect().toJSON() as Box;
      const look = (): View => ({ image: box('#image'), viewer: box('#viewer'), scale: body.querySelector('#scale')?.textContent ?? '', panel: body.dataset['panel'] ?? '' });
      const frame = (): Promise<View> => new Promise((done) => requestAnimationFrame(() => done(look())));
      for (let last = await frame(); ; ) {
        const next = await frame();
        if (JSON.stringify(next) === JSON.stringify(last) && JSON.stringify(next.viewer) !== JSON.stringify(other)) return next;
        last = next;
      }
    }, before);
  }

  /** A drawn smear may be outside the domain, and then has no overlay at first: 'm' shows the first method. */
  async function showOverlay(): Promise<void> {
    if ((await overlayPixels(session.workbench.editor())) === 'hidden') await run('SmearLens: Next Overlay Method');
    await session.workbench.editor().locator('#overlay').waitFor();
  }

  const rested = async (nth = 0): Promise<Box> => (await seen(nth)).image;

  /** The strip shows the scale a frame after the page's layout has changed. */
  const scale = async (): Promise<string> => (await seen()).scale;

  /** Runs a command and waits until the palette is gone, which would not open again before. */
  async function run(title: string): Promise<void> {
    await session.workbench.runCommand(title);
    await session.workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Has the page do something that can be seen, so that everything before it has arrived and been done as well. */
  async function caughtUp(): Promise<void> {
    for (const state of ['hidden', 'visible'] as const) {
      await run('SmearLens: Toggle Analysis Panel');
      await session.workbench.editor().locator('#panel').waitFor({ state });
    }
  }

  /** Each changes the size of the editor that is open, and all of them together leave it as it was. */
  function layoutChanges(): (() => Promise<void>)[] {
    const { workbench } = session;
    const { page } = workbench;
    const twice = (command: string): (() => Promise<void>)[] => [() => run(command), () => run(command)];
    return [
      ...twice('View: Toggle Primary Side Bar Visibility'),
      ...twice('View: Toggle Panel Visibility'),
      ...twice('SmearLens: Toggle Analysis Panel'),
      () => page.setViewportSize({ width: 1003, height: 611 }),
      () => page.setViewportSize({ width: 1280, height: 800 }),
      () => run('View: Split Editor Right'),
      async () => {
        await run('View: Join All Editor Groups');
        await page.locator('iframe.webview.ready').nth(1).waitFor({ state: 'detached' });
        await workbench.analysed();
      },
    ];
  }

  it('obeys its keys straight after opening', async () => {
    await open('smear-1.jpg');
    const fitted = await scale();
    await press('0');
    await shows('100 %');
    await press('=');
    await shows('150 %');
    await press('-');
    await shows('100 %');
    await press('f');
    await shows(fitted);
    await showOverlay();
    const shown = await overlayPixels(session.workbench.editor());
    await press('o');
    await session.workbench.editor().locator('#overlay').waitFor({ state: 'hidden' });
    await press('o');
    await session.workbench.editor().locator('#overlay').waitFor();
    assert.strictEqual(await overlayPixels(session.workbench.editor()), shown);
    await press('m');
    await session.workbench.editor().locator('vscode-radio[aria-checked="true"]', { hasText: 'paper' }).waitFor();
    await press('p');
    await session.workbench.editor().locator('#panel').waitFor({ state: 'hidden' });
    await press('p');
    await session.workbench.editor().locator('#panel').waitFor();
  });

  it('leaves the same keys alone in the Explorer and in a text editor, and shows the smear as before when it is opened again', async () => {
    const { workbench } = session;
    await open('smear-1.jpg');
    const before = await seen();
    assertFitted(before);
    await workbench.focusExplorer();
    for (const key of ['0', '=', 'p', 'o']) await press(key);
    await press('Escape');
    await caughtUp();
    assert.deepStrictEqual(await seen(), before);
    await workbench.openFromExplorer('notes.txt');
    await workbench.page.locator('.editor-instance .monaco-editor').click();
    await workbench.page.keyboard.type('zop=');
    await workbench.page.locator('.view-line', { hasText: 'zop=' }).waitFor();
    await run('File: Revert File');
    await open('smear-1.jpg');
    assert.deepStrictEqual(await seen(), before);
    await run('SmearLens: Fit Image to Window');
    await caughtUp();
    assert.deepStrictEqual(await seen(), before, 'Fit shows it otherwise.');
  });

  it("leaves them alone on the page's own controls", async () => {
    const { workbench } = session;
    await open('smear-1.jpg');
    await showOverlay();
    const before = await seen();
    assertFitted(before);
    await workbench.editor().locator('#viewer').click();
    await actualSize();
    await press('f');
    await shows(before.scale);
    assert.deepStrictEqual(await seen(), before);
    const overlay = await overlayPixels(workbench.editor());
    const reached: string[] = [];
    while (reached.at(-1) !== 'colour-map') {
      await press('Tab');
      const id = await workbench.editor().locator('body').evaluate(() => document.activeElement?.closest('[id]')?.id ?? '');
      // The buttons of the classes have no names of their own.
      if (id === 'label-classes') continue;
      assert.ok(!reached.includes(id), `Tab came back to '${id}'.`);
      reached.push(id);
      // Had the picture taken them, it would stand at half as large again as 1:1.
      for (const key of ['0', '=']) await press(key);
    }
    for (const id of ['zoom-in', 'toggle-panel', 'overlay-choice', 'class-choice', 'threshold', 'opacity']) assert.ok(reached.includes(id), id);
    await press('o');
    await caughtUp();
    assert.deepStrictEqual(await seen(), before);
    assert.strictEqual(await overlayPixels(workbench.editor()), overlay);
  });

  it('shows the whole picture, exactly, after every change of the layout, as large as Fit does', async () => {
    await open('smear-1.jpg');
    const first = await seen();
    assertFitted(first);
    let last = first;
    for (const change of layoutChanges()) {
      await change();
      const before = last;
      last = await seen(0, before.viewer);
      assertFitted(last);
    }
    assert.deepStrictEqual(last, first);
    await run('SmearLens: Fit Image to Window');
    await caughtUp();
    assert.deepStrictEqual(await seen(), first);
  });

  it('keeps the scale and the middle of what the reviewer looks at after every change of the layout', async () => {
    const { workbench } = session;
    await open('smear-1.jpg');
    await workbench.editor().locator('#viewer').click();
    await actualSize();
    for (const [key, shown] of [['=', '150 %'], ['=', '225 %'], ['=', '338 %']] as const) {
      await press(key);
      await shows(shown);
    }
    const still = await image();
    await press('Shift+ArrowLeft');
    while ((await rested()).x === still.x);
    const first = await seen();
    let last = first;
    for (const change of layoutChanges()) {
      await change();
      last = await seen(0, last.viewer);
      close(last.image.width, first.image.width, 'width');
      centre(last).forEach((at, i) => close(at, centre(first)[i], 'middle'));
      assert.strictEqual(last.scale, '338 %');
    }
    assert.deepStrictEqual(last, first);
    await run('SmearLens: Fit Image to Window');
    await caughtUp();
    assertFitted(await seen());
  });

  it('is moved by commands from the palette', async () => {
    await session.workbench.runCommand('SmearLens: Zoom to 1:1');
    await shows('100 %');
    await session.workbench.runCommand('SmearLens: Fit Image to Window');
  });

  it('finds its place again after the tab was hidden, and after the window was reloaded', async () => {
    const { workbench } = session;
    await open('smear-1.jpg');
    await workbench.editor().locator('#viewer').click();
    await actualSize();
    for (const key of ['=', '=', '=', 'Shift+ArrowLeft', 'Shift+ArrowDown']) {
      const before = await image();
      await press(key);
      while (JSON.stringify(await image()) === JSON.stringify(before));
      await rested();
    }
    const [left, shown] = [await rested(), await scale()];
    assert.strictEqual(shown, '338 %');
    const isAgain = async (): Promise<void> => {
      await shows(shown);
      const again = await rested();
      for (const side of ['x', 'y', 'width', 'height'] as const) assert.ok(Math.abs(again[side] - left[side]) < 1, `${side}: ${again[side]} is not ${left[side]}.`);
    };
    await workbench.runCommand('View: Keep Editor');
    await open('smear-2.png');
    assert.notStrictEqual(await scale(), shown);
    await open('smear-1.jpg');
    await isAgain();
    await workbench.reload();
    await workbench.analysed();
    await isAgain();
    // The keys are at hand after a reload as after opening, once the editor has the focus.
    await workbench.editor().locator('#viewer').click();
    await actualSize();
  });

  it('remembers the panel for the next smear', async () => {
    const { workbench } = session;
    await open('smear-1.jpg');
    await workbench.editor().locator('#toggle-panel').click();
    await workbench.editor().locator('#panel').waitFor({ state: 'hidden' });
    await open('smear-5.webp');
    await session.screenshot('viewer-panel-closed');
    assert.strictEqual(await workbench.editor().locator('#panel').isVisible(), false);
    await workbench.editor().locator('#toggle-panel').click();
    await workbench.editor().locator('#panel').waitFor();
  });

  it('sends the keys to the editor that has the focus, of two of the same smear', async () => {
    const { workbench } = session;
    await open('smear-1.jpg');
    await workbench.runCommand('View: Split Editor Right');
    await workbench.analysed(1);
    for (const [one, other] of [[1, 0], [0, 1]]) {
      await workbench.editor(one).locator('#viewer').click();
      // The first of its keys may still come to the other.
      await workbench.keysWork(one);
      const before = await seen(other);
      await press('0');
      await workbench.editor(one).locator('#scale').getByText('100 %', { exact: true }).waitFor();
      assert.deepStrictEqual(await seen(other), before);
    }
    await workbench.runCommand('View: Close All Editors');
  });

  it('reads pixels under the pointer', async () => {
    await open('smear-2.png');
    await rested();
    const viewer = session.workbench.editor().locator('#viewer');
    const { width, height } = await viewer.evaluate(({ clientWidth, clientHeight }) => ({ width: clientWidth, height: clientHeight }));
    await viewer.hover({ position: { x: width / 2, y: height / 2 } });
    // The nucleus of the tests' drawing, #5a2d82.
    await session.workbench.editor().locator('#cursor', { hasText: /^x 11\d, y 11\d · RGB 90 45 130$/ }).waitFor();
  });

  it('zooms by the plus and minus of a German keyboard, which are elsewhere', async () => {
    const { workbench } = session;
    session.changeSettings({ 'keyboard.layout': 'de' });
    await workbench.page.locator('.statusbar-item', { hasText: 'Layout: de' }).waitFor();
    await open('smear-1.jpg');
    const fitted = await scale();
    await workbench.editor().locator('#viewer').click();
    const keyboard = await workbench.page.context().newCDPSession(workbench.page);
    const strike = async (code: string, key: string, windowsVirtualKeyCode: number, modifiers = 0): Promise<void> => {
      for (const type of ['rawKeyDown', 'keyUp'] as const) await keyboard.send('Input.dispatchKeyEvent', { type, code, key, windowsVirtualKeyCode, modifiers });
    };
    const [MINUS, SHIFT] = [189, 8];
    while ((await scale()) !== '100 %') await strike('Digit0', '0', 48);
    await strike('BracketRight', '+', 187);
    await shows('150 %');
    // '='
    await strike('Digit0', '=', 48, SHIFT);
    await shows('225 %');
    await strike('Slash', '-', MINUS);
    await shows('150 %');
    await strike('Slash', '_', MINUS, SHIFT);
    await shows('100 %');
    await strike('NumpadAdd', '+', 107);
    await shows('150 %');
    await strike('KeyF', 'f', 70);
    await shows(fitted);
    session.changeSettings({});
  });

  it('was refused nothing by a content security policy', () => assert.deepStrictEqual(session.complaints, []));
});
