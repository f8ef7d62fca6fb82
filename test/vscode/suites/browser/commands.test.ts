import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import { showOverlay } from '../../harness/look';
import { SIDE } from '../../harness/images';
import { settingsBecome, WORKSPACE } from '../../harness/places';
import { failureScreenshots, Session } from '../../harness/session';

const EXPORTED = path.join(WORKSPACE, 'exported.png');

describe('commands on the smear on show', () => {
  let session: Session;
  before(async () => void (session = await Session.shared()));
  after(() => session.leave());
  failureScreenshots(() => session);

  const page = (): Session['workbench']['page'] => session.workbench.page;
  const press = (key: string): Promise<void> => page().keyboard.press(key);
  const toast = (text: string | RegExp): Locator => session.workbench.toast(text);
  const rows = (): Locator => session.workbench.choices();

  async function open(name: string): Promise<void> {
    await session.workbench.openInSmearLens(name);
    await session.workbench.analysed();
  }

  const saveAs = (file: string): Promise<void> => session.workbench.givePath(file, '.png');

  it('are not offered where no smear is on show', async () => {
    await press('F1');
    for (const title of ['Next Image', 'Copy Result', 'Export Overlay', 'Zoom In']) {
      await page().locator('.quick-input-widget input.input').fill('>SmearLens: Review Folder');
      await rows().filter({ hasText: 'SmearLens: Review Folder' }).waitFor();
      await page().locator('.quick-input-widget input.input').fill(`>SmearLens: ${title}`);
      await rows().filter({ hasText: 'SmearLens: Review Folder' }).waitFor({ state: 'hidden' });
      assert.strictEqual(await rows().filter({ hasText: `SmearLens: ${title}` }).count(), 0, title);
    }
    await press('Escape');
  });

  it('open the next image of the folder in the same tab, with zoom and overlay, and stop at its end', async () => {
    const { workbench } = session;
    await open('smear-1.jpg');
    const editor = workbench.editor();
    await workbench.runCommand('SmearLens: Zoom to 1:1');
    await editor.locator('#scale', { hasText: /^100 %$/ }).waitFor();
    await showOverlay(editor, 'paper');
    await editor.locator('#viewer').click();
    await workbench.keysWork();
    await press('0');
    await editor.locator('#scale', { hasText: /^100 %$/ }).waitFor();
    await press('ArrowRight');
    await workbench.activeTab('smear-2.png').waitFor();
    await workbench.analysed();
    await editor.locator('#title', { hasText: 'smear-2.png' }).waitFor({ state: 'attached' });
    await editor.locator('#scale', { hasText: /^100 %$/ }).waitFor();
    await editor.locator('vscode-radio[aria-checked="true"]', { hasText: 'paper' }).waitFor();
    assert.strictEqual(await page().locator('.tab').count(), 1);
    await press('ArrowLeft');
    await workbench.activeTab('smear-1.jpg').waitFor();
    await workbench.analysed();
    await workbench.runCommand('View: Close All Editors');
    await open('SMEAR-6.JPG');
    await workbench.runCommand('SmearLens: Next Image');
    await page().locator('.statusbar-item', { hasText: 'the last image of the folder' }).waitFor();
  });

  it('export the overlay to a file of the name that is given, with a caption', async () => {
    await open('smear-1.jpg');
    await showOverlay(session.workbench.editor());
    await session.workbench.editor().locator('#export-overlay').click();
    await saveAs(EXPORTED);
    await toast('Exported to exported.png').waitFor();
    const { data, info } = await sharp(EXPORTED).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    fs.rmSync(EXPORTED);
    assert.strictEqual(info.width, 3 * SIDE);
    assert.ok(info.height > info.width + 50);
    const smear = await sharp(path.join(WORKSPACE, 'smear-1.jpg')).resize(info.width, info.width, { kernel: 'nearest' }).removeAlpha().raw().toBuffer();
    assert.ok(!data.subarray(0, smear.length).equals(smear), 'There is no overlay.');
  });

  it('export nothing where no overlay is shown, and never over the smear itself', async () => {
    const { workbench } = session;
    const file = path.join(WORKSPACE, 'smear-2.png');
    const smear = fs.readFileSync(file);
    await open('smear-2.png');
    await showOverlay(workbench.editor());
    await workbench.runCommand('SmearLens: Export Overlay');
    await saveAs(file);
    await page().locator('.quick-input-widget input[aria-label*="already exists"]').waitFor();
    await press('Enter');
    await toast('is the smear itself').waitFor();
    assert.ok(fs.readFileSync(file).equals(smear));
    await showOverlay(workbench.editor(), 'Off');
    await workbench.runCommand('SmearLens: Export Overlay');
    await toast('no overlay on show').waitFor();
    await workbench.runCommand('Notifications: Clear All Notifications');
  });

  it('copy the result as a table', async () => {
    await page().context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await session.workbench.editor().locator('#copy-result').click();
    await page().locator('.statusbar-item', { hasText: 'copied' }).waitFor();
    const copied = await page().evaluate(() => navigator.clipboard.readText());
    const classes = await session.workbench.editor().locator('#probability-rows th').allTextContents();
    const table = copied.split('\n').map((line) => line.split('\t'));
    const numbers = classes.map((name) => Number(table.find(([first]) => first === name)?.[1]));
    assert.ok(Math.abs(numbers.reduce((sum, p) => sum + p, 0) - 1) < 1e-6, copied);
    assert.match(copied, /^sha256\t[0-9a-f]{64}$/m);
    assert.match(copied, /Research use only/);
  });

  it('explain another layer, of all smears of the model, and the automatic one again', async () => {
    const { workbench } = session;
    const editor = workbench.editor();
    const maps = editor.locator('#facts');
    await maps.getByText('7 × 7, from 1280 channels').waitFor();
    // Of an overlay that is off, there is nothing to choose in the panel.
    await showOverlay(editor);
    const automatic = await editor.locator('#layer-name').innerText();
    await editor.locator('#choose-layer').click();
    await rows().filter({ hasText: `Automatic` }).filter({ hasText: automatic }).waitFor();
    const other = rows().filter({ hasText: /14 × 14/ }).first();
    await page().locator('.quick-input-widget input.input').fill('14 × 14');
    await other.waitFor();
    const name = (await other.locator('.label-name').first().innerText()).trim();
    await press('Enter');
    await maps.getByText(/^14 × 14, from/).waitFor();
    assert.strictEqual(await editor.locator('#layer-name').innerText(), name);
    await open('smear-2.png');
    await maps.getByText(/^14 × 14, from/).waitFor();
    await workbench.answer('SmearLens: Choose Explained Layer', 'Now: ', 'Automatic');
    await maps.getByText('7 × 7, from 1280 channels').waitFor();
  });

  it('choose an execution provider, which the status bar then names', async () => {
    await session.workbench.answer('SmearLens: Choose Execution Provider', 'Where shall models run?', 'CPU');
    await page().locator('.statusbar-item', { hasText: '· CPU' }).waitFor();
    await settingsBecome({ 'smearlens.provider': 'cpu' });
    await session.workbench.answer('SmearLens: Choose Execution Provider', 'Where shall models run?', 'Automatic');
    await settingsBecome({});
  });

  it('have every image of the workspace open in SmearLens, until that is taken back', async () => {
    const { workbench } = session;
    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand('SmearLens: Use for Images in This Workspace');
    await toast('now open in SmearLens').waitFor();
    await workbench.openFromExplorer('smear-1.jpg');
    await workbench.analysed();
    await toast('now open in SmearLens').getByText('Stop Using for Workspace').click();
    await toast('now open in SmearLens').waitFor({ state: 'hidden' });
    await settingsBecome({});
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFromExplorer('smear-1.jpg');
    await page().locator('.editor-actions, .title-actions').locator('[aria-label*="Open in SmearLens"]').first().waitFor();
  });
});
