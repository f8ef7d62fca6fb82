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
    session = await Session.shared();
  });
  after(async () => {
    await session.leave();
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

  it('is there fast, then exactly when that is asked for, and says which of the two is on show', async () => {
    await session.workbench.fromExplorer(FOLDER, 'Review Folder');
    await shows('a.png');
    await overlayRadio(editor(), 'Score-CAM').click();
    await editor().locator('#inquiry-result', { hasText: /^Fast: / }).waitFor();
    const fast = await overlayPixels(editor());
    assert.notStrictEqual(fast, 'hidden');
    await editor().locator('#inquiry-action', { hasText: 'Compute exactly' }).click();
    await editor().locator('#inquiry-progress', { hasText: /^Score-CAM, exact: \d+ of \d+ channels; this picture is still the fast one$/ }).waitFor();
    await session.screenshot('score-cam-running');
    assert.deepStrictEqual(await accessibilityViolations(editor()), []);
    await editor().locator('#inquiry-result', { hasText: /^Exact: / }).waitFor({ timeout: COMPUTED });
    assert.notStrictEqual(await overlayPixels(editor()), fast);
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
    const fast = editor().locator('#inquiry-result', { hasText: /^Fast: / });
    const beginsExactly = async (): Promise<void> => {
      await editor().locator('#inquiry-action', { hasText: 'Compute exactly' }).click();
      await editor().locator('#inquiry-progress', { hasText: 'still the fast one' }).waitFor();
    };
    await go('Next', 'b.png');
    await fast.waitFor();
    await beginsExactly();
    await go('Previous', 'a.png');
    await editor().locator('#inquiry-result', { hasText: known }).waitFor();
    assert.strictEqual(await editor().locator('#inquiry-bar').isVisible(), false);
    assert.notStrictEqual(await overlayPixels(editor()), 'hidden');
    await go('Next', 'b.png');
    await fast.waitFor();
    await beginsExactly();
    await editor().locator('#inquiry-action', { hasText: 'Stop' }).click();
    await fast.waitFor();
    assert.notStrictEqual(await overlayPixels(editor()), 'hidden');
    await go('Previous', 'a.png');
    await editor().locator('#inquiry-result', { hasText: known }).waitFor();
  });

  it('is checked: what removing it does, what it lies on, changed images, random weights', async () => {
    await editor().locator('#check-map').click();
    await editor().locator('#check-road').waitFor({ timeout: COMPUTED });
    const findings = await editor().locator('#findings li').allTextContents();
    for (const about of [/^(Removing the marked areas|The map marks so evenly|The image blurred)/, /of the map's energy lies on nuclei|No nuclei were found/, /^Without colour the verdict/, /last weights/]) {
      assert.ok(findings.some((sentence) => about.test(sentence)), `${about}: ${findings.join(' | ')}`);
    }
    assert.match(await editor().locator('#checked-map').innerText(), /^Score-CAM \(authors'\) for /);
    assert.deepStrictEqual(await accessibilityViolations(editor()), []);
    await editor().locator('#findings').scrollIntoViewIfNeeded();
    await session.screenshot('checks');
    await choose(editor(), 'class-choice', (await editor().locator('#class-choice vscode-option').allTextContents())[0] ?? '');
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
      await workbench.givePath(file, `.${format}`);
      await workbench.toast(`Exported to saved.${format}`).waitFor();
      const { width = 0, height = 0 } = await sharp(file).metadata();
      assert.ok(width > 800 && height > 600, `${width} × ${height}`);
      fs.rmSync(file);
    }
    await workbench.runCommand('View: Close All Editors');
  });

  it('was refused nothing by a content security policy', () => assert.deepStrictEqual(session.complaints, []));
});
