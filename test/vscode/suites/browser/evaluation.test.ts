import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import sharp from 'sharp';
import { smearSvg } from '../../harness/images';
import { accessibilityViolations } from '../../harness/look';
import { WORKSPACE } from '../../harness/places';
import { failureScreenshots, Session } from '../../harness/session';

const FOLDER = 'to-evaluate';
/** Its sub-folders and how many drawn smears each holds. */
const TRUTH = { 'Benign': 3, '[Malignant] Pre-B': 3, 'mystery': 2 };
/** Milliseconds: models are opened, images read, pictures drawn, on a busy machine. */
const EVALUATED = 120_000;

describe('the evaluation of a folder', function () {
  this.timeout(2 * EVALUATED);
  let session: Session;
  before(async () => {
    let seed = 0;
    for (const [name, count] of Object.entries(TRUTH)) {
      fs.mkdirSync(path.join(WORKSPACE, FOLDER, name), { recursive: true });
      for (let i = 0; i < count; i++) await sharp(smearSvg(++seed)).png().toFile(path.join(WORKSPACE, FOLDER, name, `${name[0] ?? ''}${i}.png`));
    }
    fs.writeFileSync(path.join(WORKSPACE, FOLDER, 'Benign', 'broken.jpg'), 'no image');
    session = await Session.start();
  });
  after(async () => {
    await session.stop();
    for (const name of [FOLDER, '.smearlens']) fs.rmSync(path.join(WORKSPACE, name), { recursive: true, force: true });
  });
  failureScreenshots(() => session);

  const report = (): FrameLocator => session.workbench.editor();
  const rows = (): Locator => session.workbench.page.locator('.quick-input-list .monaco-list-row');
  const picker = (placeholder: string): Locator => session.workbench.page.locator(`.quick-input-widget input.input[placeholder*="${placeholder}"]`);

  /** The commands of a quick pick take no click in their first moments; the keyboard they do. */
  async function pick(placeholder: string, text: string): Promise<void> {
    await picker(placeholder).waitFor({ timeout: EVALUATED });
    await picker(placeholder).fill(text);
    await rows().filter({ hasText: text }).first().waitFor();
    await session.workbench.page.keyboard.press('Enter');
    await picker(placeholder).waitFor({ state: 'hidden' });
  }

  async function drawn(): Promise<void> {
    await session.workbench.activeTab(`Evaluation of ${FOLDER}`).waitFor({ timeout: EVALUATED });
    await report().locator('body[data-state="drawn"]').waitFor();
  }

  it('asks for models and truth, shows what names are taken for, and takes corrections', async () => {
    await session.workbench.fromExplorer(FOLDER, 'Evaluate Folder');
    await picker('Which models?').waitFor();
    await rows().filter({ hasText: 'Default model' }).locator('input[type="checkbox"]:checked, .monaco-checkbox.checked, [aria-checked="true"]').first().waitFor();
    await session.workbench.page.keyboard.press('Enter');
    await pick('Where do the true classes', 'Folders');
    await picker('Is each name taken').waitFor({ timeout: EVALUATED });
    await rows().filter({ hasText: '[Malignant] Pre-B' }).filter({ hasText: 'is taken for Pre-B' }).waitFor();
    await rows().filter({ hasText: 'mystery' }).filter({ hasText: 'no class, left out' }).waitFor();
    await rows().filter({ hasText: 'Evaluate 7 images' }).waitFor();
    await session.screenshot('evaluation-mapping');
    await pick('Is each name taken', 'mystery');
    await pick("What does 'mystery' stand for", 'Pro-B');
    await picker('Is each name taken').waitFor({ timeout: EVALUATED });
    await rows().filter({ hasText: 'mystery' }).filter({ hasText: 'is taken for Pro-B' }).waitFor();
    await pick('Is each name taken', 'Evaluate 9 images');
  });

  it('shows the report, with what could not be read, and writes it as a file', async () => {
    await drawn();
    assert.match(await report().locator('#leakage-summary').innerText(), /^group-disjoint: unknown/);
    assert.match(await report().locator('#research-use').innerText(), /Research use only/);
    await report().locator('#unreadable-rows').getByText('Benign/broken.jpg').first().waitFor();
    await report().locator('#mapping').getByText('mystery').waitFor();
    assert.deepStrictEqual(await accessibilityViolations(report()), []);
    await session.screenshot('evaluation-report');
    const [out = ''] = fs.readdirSync(path.join(WORKSPACE, '.smearlens/evaluations'));
    const files = fs.readdirSync(path.join(WORKSPACE, '.smearlens/evaluations', out));
    for (const name of ['report.html', 'metrics.json', 'predictions-all-mobilenetv2.csv', 'run.json']) assert.ok(files.includes(name), `${name}: ${files.join(', ')}`);
  });

  it('is there again after the window was reloaded', async () => {
    await session.workbench.reload();
    await drawn();
  });

  it('opens the images of a cell of the confusion matrix in a review session, each with a note', async () => {
    const cell = report().locator('#confusion button:not([disabled])').first();
    const count = Number(/\d+/.exec(await cell.innerText())?.[0]);
    assert.ok(count > 0, await cell.innerText());
    await cell.click();
    await session.workbench.analysed();
    await report().locator('#position').getByText(`1 / ${count}`, { exact: true }).waitFor();
    assert.match(await report().locator('#review-note').innerText(), /^Truth: .*: .* %\.$/);
    await session.screenshot('evaluation-review');
    await session.workbench.runCommand('View: Close All Editors');
  });

  it('is opened again by a command', async () => {
    await session.workbench.runCommand('SmearLens: Open Evaluation Report');
    await pick('Which evaluation?', FOLDER);
    await drawn();
    await session.workbench.runCommand('View: Close All Editors');
  });

  it('keeps what it has done when it is cancelled, and goes on', async () => {
    const { page } = session.workbench;
    const many = path.join(WORKSPACE, FOLDER, 'Benign');
    const smear = await sharp(smearSvg(99)).resize(1200).png().toBuffer();
    // Other bytes each: the same image would be read once.
    for (let i = 0; i < 150; i++) fs.writeFileSync(path.join(many, `many${i}.png`), Buffer.concat([smear, Buffer.from(String(i))]));
    await session.workbench.fromExplorer(FOLDER, 'Evaluate Folder');
    await picker('Which models?').waitFor();
    await page.keyboard.press('Enter');
    await pick('Where do the true classes', 'Folders');
    await pick('Is each name taken', 'Evaluate 157 images');
    const notification = page.locator('.notification-toast', { hasText: 'SmearLens evaluates' });
    await notification.getByText(/\d+ of 157 images, [\d.]+ a second, \d+ s left/).waitFor({ timeout: EVALUATED });
    await session.screenshot('evaluation-progress');
    await notification.getByRole('button', { name: 'Cancel' }).click();
    const told = page.locator('.notification-toast', { hasText: /The evaluation was stopped after \d+ of 157 images/ });
    await told.waitFor({ timeout: EVALUATED });
    await session.workbench.fromExplorer(FOLDER, 'Evaluate Folder');
    await rows().filter({ hasText: 'Go on with the evaluation that was stopped' }).waitFor();
    await page.keyboard.press('Enter');
    await drawn();
    assert.match(await report().locator('#run').innerText(), /^156 images/);
    await session.workbench.runCommand('View: Close All Editors');
  });

  it('was refused nothing by a content security policy', () => assert.deepStrictEqual(session.complaints, []));
});
