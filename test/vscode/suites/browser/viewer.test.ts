import * as assert from 'node:assert';
import { overlayPixels } from '../../harness/look';
import { failureScreenshots, Session } from '../../harness/session';

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

describe('the viewer in the workbench', () => {
  let session: Session;
  before(async () => void (session = await Session.start()));
  after(() => session.stop());
  failureScreenshots(() => session);

  const press = (key: string): Promise<void> => session.workbench.page.keyboard.press(key);
  const scale = (): Promise<string> => session.workbench.editor().locator('#scale').innerText();
  const image = (): Promise<Box> => session.workbench.editor().locator('#image').evaluate((element) => element.getBoundingClientRect().toJSON() as Box);

  async function open(name: string): Promise<void> {
    await session.workbench.openInSmearLens(name);
    await session.workbench.analysed();
  }

  const shows = (text: string): Promise<void> => session.workbench.editor().locator('#scale').getByText(text, { exact: true }).waitFor();

  /** VS Code hears of the focus after the click, so the first press may come too early; 'z' and 'f' can be pressed twice. */
  async function pressUntil(key: 'z' | 'f', text: string, nth = 0): Promise<void> {
    const shown = session.workbench.editor(nth).locator('#scale');
    while ((await shown.innerText()) !== text) {
      await press(key);
      await rested(nth);
    }
  }

  /** The view has come to rest when two frames show the same. */
  async function rested(nth = 0): Promise<Box> {
    return session.workbench.editor(nth).locator('#image').evaluate(async (element) => {
      const frame = (): Promise<Box> => new Promise((done) => requestAnimationFrame(() => done(element.getBoundingClientRect().toJSON() as Box)));
      for (let last = await frame(); ; ) {
        const next = await frame();
        if (JSON.stringify(next) === JSON.stringify(last)) return next;
        last = next;
      }
    });
  }

  it('obeys its keys straight after opening', async () => {
    await open('smear-1.jpg');
    const fitted = await scale();
    await press('z');
    await shows('100 %');
    await press('=');
    await shows('150 %');
    await press('-');
    await shows('100 %');
    await press('f');
    await shows(fitted);
    // A drawn smear may be outside the domain, and then has no overlay at first: 'm' shows the first method.
    if ((await overlayPixels(session.workbench.editor())) === 'hidden') await press('m');
    await session.workbench.editor().locator('#overlay').waitFor();
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

  it('leaves the same keys alone in other places', async () => {
    const { workbench } = session;
    await workbench.focusExplorer();
    for (const key of ['z', '=', 'p', 'o']) await press(key);
    await press('Escape');
    await workbench.openFromExplorer('notes.txt');
    await workbench.page.locator('.editor-instance .monaco-editor').click();
    await workbench.page.keyboard.type('zop=');
    await workbench.page.locator('.view-line', { hasText: 'zop=' }).waitFor();
    await workbench.runCommand('File: Revert File');
    await open('smear-1.jpg');
    // Had the picture taken the keys, it would stand at 1:1 or half as large again. What fits depends on the workbench's layout.
    const before = await scale();
    assert.ok(!['100 %', '150 %'].includes(before), before);
    assert.ok(await workbench.editor().locator('#panel').isVisible());
    // On the page's own buttons, too.
    await workbench.editor().locator('#toggle-panel').focus();
    await workbench.toAndFro();
    await press('z');
    await press('f');
    assert.strictEqual(await scale(), before);
    await workbench.editor().locator('#viewer').click();
    await pressUntil('z', '100 %');
    await press('f');
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
    await pressUntil('z', '100 %');
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
    await pressUntil('z', '100 %');
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
    const fitted = await workbench.editor(0).locator('#scale').innerText();
    await workbench.editor(1).locator('#viewer').click();
    await pressUntil('z', '100 %', 1);
    assert.strictEqual(await workbench.editor(0).locator('#scale').innerText(), fitted);
    await workbench.editor(0).locator('#viewer').click();
    await pressUntil('z', '100 %', 0);
    await workbench.editor(1).locator('#viewer').click();
    await pressUntil('f', fitted, 1);
    assert.strictEqual(await workbench.editor(0).locator('#scale').innerText(), '100 %');
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

  it('was refused nothing by a content security policy', () => assert.deepStrictEqual(session.complaints, []));
});
