import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Locator } from 'playwright-core';
import sharp from 'sharp';
import { smearSvg } from '../../harness/images';
import { accessibilityViolations } from '../../harness/look';
import { WORKSPACE } from '../../harness/places';
import { failureScreenshots, Session } from '../../harness/session';

const FOLDER = 'queued';
const COUNT = 12;
const NAMES = Array.from({ length: COUNT }, (_, i) => `field-${i + 1}.png`);
const SMEARLENS = path.join(WORKSPACE, '.smearlens');
const CLASSES = ['Benign', 'Early', 'Pre', 'Pro'].map((id) => ({ id, name: id }));

describe('the review queue', () => {
  let session: Session;
  before(async () => {
    fs.rmSync(SMEARLENS, { recursive: true, force: true });
    fs.mkdirSync(path.join(WORKSPACE, FOLDER), { recursive: true });
    fs.mkdirSync(SMEARLENS);
    fs.writeFileSync(path.join(SMEARLENS, 'project.json'), JSON.stringify({ schemaVersion: 1, classes: CLASSES }));
    await Promise.all(NAMES.map((name, i) => sharp(smearSvg(500 + i)).resize(200).png().toFile(path.join(WORKSPACE, FOLDER, name))));
    // The last one looks like the first.
    await sharp(path.join(WORKSPACE, FOLDER, 'field-1.png')).flop().jpeg({ quality: 80 }).toFile(path.join(WORKSPACE, FOLDER, 'z-again.jpg'));
    fs.copyFileSync(path.join(WORKSPACE, 'smear-4.tif'), path.join(WORKSPACE, FOLDER, 'scan.tif'));
    session = await Session.shared({ 'smearlens.reviewer': 'Anna' });
  });
  after(async () => {
    await session.leave();
    for (const folder of [path.join(WORKSPACE, FOLDER), SMEARLENS]) fs.rmSync(folder, { recursive: true });
  });
  failureScreenshots(() => session);

  const press = (key: string): Promise<void> => session.workbench.page.keyboard.press(key);
  const row = (text: string | RegExp): Locator => session.workbench.page.locator('.pane-body .monaco-list-row', { hasText: text });
  const events = (): { type: string; value: unknown; bulk?: boolean; sawModelFirst?: boolean; model?: { id: string }; image: { path: string } }[] =>
    fs
      .readdirSync(path.join(SMEARLENS, 'annotations'))
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => fs.readFileSync(path.join(SMEARLENS, 'annotations', name), 'utf8').split('\n').slice(0, -1))
      .map((line) => JSON.parse(line) as ReturnType<typeof events>[number]);
  const cells = (): Locator => session.workbench.editor().locator('[role="option"]');
  const selected = async (count: number): Promise<void> => session.workbench.editor().locator('#count', { hasText: `${count} selected` }).waitFor();
  const news = (text: string | RegExp): Promise<void> => session.workbench.editor().locator('#news', { hasText: text }).waitFor();

  /** Resolves once VS Code knows that the grid has the focus, by a key that changes nothing: there is nothing to give again. */
  const keysWork = (): Promise<void> => session.workbench.pressUntil('Shift+Z', session.workbench.editor().locator('#news', { hasText: 'There is nothing to redo.' }));

  it('lists the images of a folder by their states', async () => {
    await session.workbench.fromExplorer(FOLDER, 'Show Review Queue', 'SmearLens');
    await row(/Not labelled\s*14/).waitFor();
    await row('Not labelled').click();
    await row('field-10.png').waitFor();
  });

  it('labels what is selected in the grid with one key, and takes it back with one', async () => {
    const { workbench } = session;
    await workbench.runCommand('SmearLens: Label in Grid');
    await cells().nth(COUNT + 1).waitFor();
    assert.deepStrictEqual(await accessibilityViolations(workbench.editor()), []);
    await workbench.editor().locator('#grid').focus();
    await keysWork();
    await press('Shift+ArrowRight');
    await press('Shift+ArrowRight');
    await selected(3);
    await press('3');
    await news('Saved: 3 × Pre');
    await workbench.editor().locator('.chip:not([hidden])', { hasText: 'Pre' }).nth(2).waitFor();
    assert.deepStrictEqual(events().map(({ type, value, bulk }) => [type, value, bulk]), Array.from({ length: 3 }, () => ['label', 'Pre', true]));
    await row(/Labelled\s*3/).waitFor();
    await session.screenshot('queue-grid');
    await press('z');
    await news('Taken back: 3 labels');
    await row(/Not labelled\s*14/).waitFor();
    await press('Shift+Z');
    await news('Given again: 3 labels');
    await row(/Labelled\s*3/).waitFor();
  });

  it('shows the labels on the names in the Explorer', async () => {
    const { workbench } = session;
    await workbench.runCommand('File: Focus on Files Explorer');
    await workbench.page.locator('.explorer-folders-view .monaco-list-row', { hasText: FOLDER }).click();
    // The badge is the key of the class.
    const labelled = workbench.page.locator('.explorer-folders-view .monaco-list-row', { has: workbench.page.getByText(events()[0]?.image.path.split('/').pop() ?? '', { exact: true }) });
    const badge = (): Promise<string> => labelled.locator('.monaco-icon-label').first().evaluate((element) => getComputedStyle(element, '::after').content);
    while (!(await badge()).includes('3')) await workbench.toAndFro();
    await session.screenshot('queue-decorations');
  });

  it('puts like images beside each other', async () => {
    const { workbench } = session;
    await workbench.editor().locator('#order').selectOption({ label: 'Likeness' });
    const one = '.cell:has(.name:text-is("field-1.png"))';
    const other = '.cell:has(.name:text-is("z-again.jpg"))';
    await workbench.editor().locator(`${one} + ${other}, ${other} + ${one}`).waitFor();
  });

  it('shows what no browser decodes, and filters by state', async () => {
    const { workbench } = session;
    const scan = workbench.editor().locator('.cell', { hasText: 'scan.tif' });
    await scan.scrollIntoViewIfNeeded();
    await scan.locator('img[src^="blob:"]').waitFor();
    await workbench.editor().locator('#state').selectOption('labelled');
    await workbench.editor().locator('#count', { hasText: /^3 images/ }).waitFor();
    await workbench.editor().locator('#state').selectOption('');
  });

  it('opens an image in the review session', async () => {
    const { workbench } = session;
    await workbench.editor().locator('.cell', { hasText: 'field-7.png' }).dblclick();
    await workbench.activeTab('field-7.png').waitFor();
    await workbench.analysed();
  });

  it('ranks the images by how sure the model is, and shows each one\'s reason', async () => {
    const { workbench } = session;
    await workbench.answer('SmearLens: Rank Review Queue…', 'Which images are to be looked at first?', 'Uncertain: margin');
    await row(/Smallest margin first\s*14/).waitFor();
    await row(/Outside the model's domain: |[Ss]ure: .* \(margin/).first().waitFor();
    await session.screenshot('queue-ranked');
  });

  it('keeps with a label what its reason showed of the model', async () => {
    const { workbench } = session;
    await workbench.runCommand('SmearLens: Label in Grid');
    await cells().nth(COUNT + 1).waitFor();
    await workbench.editor().locator('#grid').focus();
    await keysWork();
    await cells().first().click();
    await press('2');
    await news('Saved: 1 × Early');
    const last = events().at(-1);
    assert.deepStrictEqual([last?.value, last?.sawModelFirst, last?.model?.id], ['Early', true, 'all-mobilenetv2']);
    await press('z');
    await news('Taken back: 1 label');
  });

  for (const theme of ['Default Dark Modern', 'Default High Contrast', 'Default High Contrast Light']) {
    it(`can be read in ${theme}`, async () => {
      const { workbench } = session;
      session.changeSettings({ 'smearlens.reviewer': 'Anna', 'workbench.colorTheme': theme });
      await workbench.runCommand('View: Show SmearLens');
      await workbench.runCommand('SmearLens: Label in Grid');
      await cells().nth(COUNT + 1).waitFor();
      await workbench.editor().locator(theme.includes('Light') ? 'body.vscode-high-contrast-light' : theme.includes('Contrast') ? 'body.vscode-high-contrast' : 'body.vscode-dark').waitFor();
      assert.deepStrictEqual(await accessibilityViolations(workbench.editor()), []);
      await session.screenshot(`queue-${theme.replaceAll(' ', '-')}`);
    });
  }
});
