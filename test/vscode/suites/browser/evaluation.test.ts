import * as assert from 'node:assert';
import { createHash } from 'node:crypto';
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
/** Has a validation and a test part. */
const SPLIT_FOLDER = 'in-splits';
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
    for (const [part, count] of [['val', 2], ['test', 3]] as const) {
      for (const name of ['Benign', 'Pre']) {
        fs.mkdirSync(path.join(WORKSPACE, SPLIT_FOLDER, part, name), { recursive: true });
        for (let i = 0; i < count; i++) await sharp(smearSvg(++seed)).png().toFile(path.join(WORKSPACE, SPLIT_FOLDER, part, name, `${i}.png`));
      }
    }
    session = await Session.shared();
  });
  after(async () => {
    await session.leave();
    for (const name of [FOLDER, SPLIT_FOLDER, '.smearlens']) fs.rmSync(path.join(WORKSPACE, name), { recursive: true, force: true });
  });
  failureScreenshots(() => session);

  const report = (): FrameLocator => session.workbench.editor();
  const rows = (): Locator => session.workbench.choices();
  const picker = (placeholder: string): Locator => session.workbench.picker(placeholder);

  const pick = (placeholder: string, text: string): Promise<void> => session.workbench.pick(placeholder, text, { timeout: EVALUATED });

  /** Begins an evaluation of a folder by the default model. */
  async function begin(folder: string, truth: string): Promise<void> {
    await session.workbench.fromExplorer(folder, 'Evaluate Folder');
    await picker('Which models?').waitFor();
    await session.workbench.page.keyboard.press('Enter');
    await pick('Where do the true classes', truth);
    await picker('Is each name taken').waitFor({ timeout: EVALUATED });
  }

  async function drawn(folder = FOLDER): Promise<void> {
    await session.workbench.activeTab(`Evaluation of ${folder}`).waitFor({ timeout: EVALUATED });
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

  it('takes the truth from the annotation log', async () => {
    const sha256 = (file: string): string => createHash('sha256').update(fs.readFileSync(path.join(WORKSPACE, FOLDER, file))).digest('hex');
    const label = (i: number, file: string, value: string, more: object): string =>
      JSON.stringify({ v: 1, id: `e${i}`, time: `2026-01-01T00:00:0${i}Z`, reviewer: 'r', image: { path: `${FOLDER}/${file}`, sha256: sha256(file) }, type: 'label', value, ...more });
    const { sha256: model } = JSON.parse(fs.readFileSync(path.join(session.extension, 'models/all-mobilenetv2/model.json'), 'utf8')) as { sha256: string };
    const events = [label(1, 'Benign/B0.png', 'Benign', {}), label(2, 'Benign/B1.png', 'Pro', {}), label(3, 'Benign/B2.png', 'Early', { sawModelFirst: true, model: { id: 'all-mobilenetv2', sha256: model } })];
    const log = path.join(WORKSPACE, '.smearlens/annotations');
    fs.mkdirSync(log, { recursive: true });
    fs.writeFileSync(path.join(log, 'r.1.jsonl'), events.map((line) => `${line}\n`).join(''));
    await begin(FOLDER, 'Annotation log');
    await rows().filter({ hasText: 'Evaluate 3 images' }).filter({ hasText: '1 Benign (hematogones), 1 Early Pre-B, 0 Pre-B, 1 Pro-B' }).filter({ hasText: '6 have no class' }).waitFor();
    await pick('Is each name taken', 'Evaluate 3 images');
    await drawn();
    // The one labelled after its reviewer saw the model has a row of its own.
    assert.match(await report().locator('#run').innerText(), /^3 images/);
    await report().locator('#models').getByText('labels that are not independent, n = 1').waitFor();
    await session.workbench.runCommand('View: Close All Editors');
  });

  it('fits temperatures on the part that is chosen, which the figures leave out', async () => {
    await begin(SPLIT_FOLDER, 'Folders');
    await rows().filter({ hasText: 'Evaluate 6 images' }).waitFor();
    await pick('Is each name taken', 'Calibrate as well');
    await picker('Which part are the temperatures').waitFor();
    await rows().filter({ hasText: 'validation' }).filter({ hasText: '4 images' }).waitFor();
    await pick('Which part are the temperatures', 'validation');
    await picker('Is each name taken').waitFor({ timeout: EVALUATED });
    await rows().filter({ hasText: 'Calibrate as well' }).filter({ hasText: 'temperatures are fitted on validation' }).waitFor();
    await pick('Is each name taken', 'Evaluate 6 images');
    await drawn(SPLIT_FOLDER);
    assert.match(await report().locator('#models').innerText(), /temperature-scaled, T = \d+\.\d\d/);
    const [out = ''] = fs.readdirSync(path.join(WORKSPACE, '.smearlens/evaluations')).filter((name) => name.startsWith(SPLIT_FOLDER));
    const { images } = JSON.parse(fs.readFileSync(path.join(WORKSPACE, '.smearlens/evaluations', out, 'metrics.json'), 'utf8')) as { images: object };
    assert.deepStrictEqual(images, { headline: 6, validation: 4, otherSplits: 0 });
    await session.screenshot('evaluation-calibrated');
    await session.workbench.runCommand('View: Close All Editors');
  });

  it('keeps what it has done when it is cancelled, and goes on', async () => {
    const { page } = session.workbench;
    const many = path.join(WORKSPACE, FOLDER, 'Benign');
    const smear = await sharp(smearSvg(99)).resize(1200).png().toBuffer();
    // Other bytes each: the same image would be read once.
    for (let i = 0; i < 150; i++) fs.writeFileSync(path.join(many, `many${i}.png`), Buffer.concat([smear, Buffer.from(String(i))]));
    await begin(FOLDER, 'Folders');
    await pick('Is each name taken', 'Evaluate 157 images');
    const notification = page.locator('.notification-toast', { hasText: 'SmearLens evaluates' });
    await notification.getByText(/\d+ of 157 images, [\d.]+ images\/s, \d+ s left/).waitFor({ timeout: EVALUATED });
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
