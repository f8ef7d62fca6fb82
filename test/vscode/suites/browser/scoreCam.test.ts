import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import sharp from 'sharp';
import { accessibilityViolations, choose, overlayPixels, overlayRadio } from '../../harness/look';
import { smearSvg } from '../../harness/images';
import { WORKSPACE } from '../../harness/places';
import { failureScreenshots, Session } from '../../harness/session';

/** Below the workspace. */
const FOLDER = 'score-cam';
/** Milliseconds: some hundred passes of the default model on a busy machine. */
const COMPUTED = 120_000;

describe('Score-CAM in the workbench', function () {
  this.timeout(2 * COMPUTED);
  let session: Session;
  before(async () => {
    fs.mkdirSync(path.join(WORKSPACE, FOLDER), { recursive: true });
    for (const name of ['a.png', 'b.png']) await sharp(smearSvg(name.charCodeAt(0))).png().toFile(path.join(WORKSPACE, FOLDER, name));
    session = await Session.start();
  });
  after(async () => {
    await session.stop();
    fs.rmSync(path.join(WORKSPACE, FOLDER), { recursive: true });
  });
  failureScreenshots(() => session);

  const editor = (): FrameLocator => session.workbench.editor();
  const result = (): Promise<string> => editor().locator('#inquiry-result').innerText();

  async function shows(name: string): Promise<void> {
    await session.workbench.activeTab(name).waitFor();
    await editor().locator('#title', { hasText: name }).waitFor({ state: 'attached' });
    await session.workbench.analysed();
  }

  async function go(command: 'Next' | 'Previous', name: string): Promise<void> {
    await session.workbench.runCommand(`SmearLens: ${command} Image`);
    await shows(name);
  }

  it('shows a picture while it is computed, and says how far that is, until it is whole', async () => {
    await session.workbench.fromExplorer(FOLDER, 'Review Folder');
    await shows('a.png');
    await overlayRadio(editor(), 'Score-CAM').click();
    await editor().locator('#inquiry-progress', { hasText: /^Score-CAM: \d+ of \d+ channels; this picture is not final yet$/ }).waitFor();
    const partial = await overlayPixels(editor());
    assert.notStrictEqual(partial, 'hidden');
    await session.screenshot('score-cam-running');
    assert.deepStrictEqual(await accessibilityViolations(editor()), []);
    await editor().locator('#inquiry-result', { hasText: /^(Exact|Fast): / }).waitFor({ timeout: COMPUTED });
    assert.notStrictEqual(await overlayPixels(editor()), partial);
    assert.strictEqual(await editor().locator('#inquiry-bar').isVisible(), false);
    await session.screenshot('score-cam');
  });

  it('shows every class without asking again', async () => {
    await editor().locator('body').evaluate(() => {
      Object.assign(window, { messages: 0 });
      window.addEventListener('message', () => (window as unknown as { messages: number }).messages++);
    });
    const maps = new Set<string>();
    for (const label of await editor().locator('#class-choice vscode-option').allTextContents()) {
      await choose(editor(), 'class-choice', label);
      maps.add(await overlayPixels(editor()));
    }
    assert.ok(maps.size > 1, 'Every class has the same map.');
    assert.strictEqual(await editor().locator('body').evaluate(() => (window as unknown as { messages: number }).messages), 0);
  });

  it('is computed for the next image too, as long as that is on show, and kept where it is known', async () => {
    const known = await result();
    await go('Next', 'b.png');
    await editor().locator('#inquiry-progress', { hasText: 'not final yet' }).waitFor();
    await go('Previous', 'a.png');
    await editor().locator('#inquiry-result', { hasText: known }).waitFor();
    assert.strictEqual(await editor().locator('#inquiry-bar').isVisible(), false);
    assert.notStrictEqual(await overlayPixels(editor()), 'hidden');
    // It was left, not stopped: what there was is there, and it goes on.
    await go('Next', 'b.png');
    await editor().locator('#inquiry-progress', { hasText: 'not final yet' }).waitFor();
    await editor().locator('#inquiry-action', { hasText: 'Stop' }).click();
    await editor().locator('#inquiry-result', { hasText: /^Unfinished: \d+ of \d+ channels\.$/ }).waitFor();
    assert.notStrictEqual(await overlayPixels(editor()), 'hidden');
    await go('Previous', 'a.png');
    await go('Next', 'b.png');
    await editor().locator('#inquiry-action', { hasText: 'Go on' }).waitFor();
    await go('Previous', 'a.png');
  });

  it('is there again when its tab was hidden', async () => {
    const [known, map] = [await result(), await overlayPixels(editor())];
    await session.workbench.openFromExplorer('notes.txt');
    await session.workbench.page.locator('.tab', { hasText: 'a.png' }).click();
    await shows('a.png');
    await editor().locator('#inquiry-result', { hasText: known }).waitFor();
    assert.strictEqual(await overlayPixels(editor()), map);
  });

  for (const [name, theme] of [['dark', 'Dark Modern'], ['high-contrast', 'Default High Contrast'], ['light', 'Light Modern']] as const) {
    it(`is legible in the theme '${theme}', its further methods too`, async () => {
      session.changeSettings({ 'workbench.colorTheme': theme });
      await editor().locator(`body[data-vscode-theme-id="${theme}"]`).waitFor();
      if (!(await editor().locator('#more-choice').isVisible())) await editor().locator('#more-methods summary').click();
      await session.workbench.page.mouse.move(0, 0);
      await session.screenshot(`score-cam-${name}`);
      assert.deepStrictEqual(await accessibilityViolations(editor()), []);
    });
  }

  it('is part of the contact sheet, which opens in a tab and is saved as a drawing', async () => {
    const { workbench } = session;
    await workbench.runCommand('SmearLens: Show Contact Sheet');
    await workbench.activeTab('a.png: contact sheet').waitFor();
    await editor().locator('#sheet[src]').waitFor();
    const size = await editor().locator('#sheet').evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      return [image.naturalWidth, image.naturalHeight];
    });
    assert.ok((size[0] ?? 0) > 800 && (size[1] ?? 0) > 600, String(size));
    assert.deepStrictEqual(await accessibilityViolations(editor()), []);
    await session.screenshot('contact-sheet');
    for (const format of ['svg', 'png']) {
      const file = path.join(WORKSPACE, FOLDER, `saved.${format}`);
      await editor().locator(`#save-${format}`).click();
      const input = workbench.page.locator('.quick-input-widget input.input');
      await input.waitFor();
      await input.evaluate((element: HTMLInputElement, ending) => new Promise<void>((done) => {
        const look = (): void => void (element.value.endsWith(ending) ? done() : requestAnimationFrame(look));
        look();
      }), `.${format}`);
      await input.fill(file);
      await workbench.page.keyboard.press('Enter');
      await workbench.page.locator('.notification-toast', { hasText: `Exported to saved.${format}` }).waitFor();
      const { width = 0, height = 0 } = await sharp(file).metadata();
      assert.ok(width > 800 && height > 600, `${width} × ${height}`);
      fs.rmSync(file);
    }
    await workbench.runCommand('View: Close All Editors');
  });

  it('was refused nothing by a content security policy', () => assert.deepStrictEqual(session.complaints, []));
});
