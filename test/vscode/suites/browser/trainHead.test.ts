import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import sharp from 'sharp';
import { smearSvg } from '../../harness/images';
import { accessibilityViolations } from '../../harness/look';
import { WORKSPACE } from '../../harness/places';
import { failureScreenshots, Session } from '../../harness/session';

const FOLDER = 'to-train';
/** First numbers of the file runs of each class; a run has three files. */
const RUNS = [1, 11, 21, 31];
/** Milliseconds: the network is opened, features are computed, on a busy machine. */
const TRAINED = 120_000;

describe('training a head', function () {
  this.timeout(2 * TRAINED);
  let session: Session;
  before(async () => {
    let seed = 100;
    for (const name of ['stained', 'pale']) {
      fs.mkdirSync(path.join(WORKSPACE, FOLDER, name), { recursive: true });
      for (const run of RUNS) for (let i = run; i < run + 3; i++) await drawn(++seed, name, path.join(FOLDER, name, `smear-${i}.png`));
    }
    await drawn(++seed, 'pale', path.join(FOLDER, 'unlabelled.png'));
    session = await Session.shared();
  });
  after(async () => {
    await session.leave();
    for (const folder of [path.join(WORKSPACE, FOLDER), path.join(WORKSPACE, 'models'), path.join(WORKSPACE, '.smearlens')]) fs.rmSync(folder, { recursive: true, force: true });
  });
  failureScreenshots(() => session);

  async function drawn(seed: number, name: string, file: string): Promise<void> {
    const image = sharp(smearSvg(seed));
    await (name === 'pale' ? image.modulate({ saturation: 0.3, brightness: 1.1 }) : image).png().toFile(path.join(WORKSPACE, file));
  }

  const panel = (): FrameLocator => session.workbench.editor();
  const rows = (): Locator => session.workbench.choices();

  const pick = (placeholder: string, text: string): Promise<void> => session.workbench.pick(placeholder, text, { timeout: TRAINED });

  it('asks in few steps, shows curves, and ends with figures of images that nothing was decided by', async () => {
    await session.workbench.fromExplorer(FOLDER, 'Train a Head on My Labels', 'SmearLens');
    await pick('Which network', 'MobileNetV2 of ImageNet');
    await pick('Where do the labels', 'Folders');
    await pick('Train, or choose a setting', 'Optimiser');
    await pick('How is the head trained', 'RMSprop');
    await rows().filter({ hasText: 'RMSprop, Whole groups, None, As frequent as they are' }).waitFor();
    await pick('Train, or choose a setting', 'Train');
    await panel().locator('body[data-step="done"]').waitFor({ timeout: TRAINED });
    assert.match(await panel().locator('#status').innerText(), /^\d+ epochs in \d+\.\d s \(.*\); the head of epoch \d+ was kept\.$/);
    assert.deepStrictEqual((await panel().locator('#plan li').allInnerTexts()).slice(0, 4), [
      'Backbone imagenet-mobilenetv2, frozen.',
      '12 images to train on, 6 held out, 6 for the figures; split by runs of file numbers.',
      'Left out: 1 without a label.',
      'Groups were guessed from runs of file numbers.',
    ]);
    assert.match(await panel().locator('#latest').innerText(), /^Epoch \d+: training loss \d\.\d{4}, accuracy .* %; held-out loss/);
    for (const chart of ['loss', 'accuracy']) assert.strictEqual(await panel().locator(`#${chart} svg path[stroke^="var(--class-"]`).evaluateAll((lines) => lines.filter((line) => (line.getAttribute('d') ?? '').includes('L')).length), 2, `Two curves of ${chart}.`);
    assert.match(await panel().locator('#about').innerText(), /^Figures of 6 images of the test part, which nothing was decided by\./);
    assert.strictEqual(await panel().locator('#confusion .right').count(), 2);
    assert.match(await panel().locator('#research-use').innerText(), /Research use only/);
  });

  for (const [name, theme] of [['light', 'Light Modern'], ['dark', 'Dark Modern'], ['high-contrast', 'Default High Contrast']] as const) {
    it(`can be read in the theme '${theme}'`, async () => {
      session.changeSettings({ 'workbench.colorTheme': theme });
      await panel().locator(`body[data-vscode-theme-id="${theme}"]`).waitFor();
      await session.screenshot(`training-${name}`);
      await panel().locator('#result-heading').scrollIntoViewIfNeeded();
      await session.screenshot(`training-result-${name}`);
      assert.deepStrictEqual(await accessibilityViolations(panel()), []);
    });
  }

  it('makes the new model the one in use', async () => {
    await panel().locator('#use').click();
    await session.workbench.page.getByText("Smears are now read by 'to-train head'.").first().waitFor();
    const { 'smearlens.model': model } = JSON.parse(fs.readFileSync(path.join(WORKSPACE, '.vscode/settings.json'), 'utf8')) as { 'smearlens.model': string };
    assert.strictEqual(model, 'models/to-train head/model.json');
  });

  it('ranks the review queue with it, by what it has not seen', async () => {
    await panel().locator('#rank').click();
    const queue = session.workbench.page.locator('.pane-body .monaco-list-row');
    await queue.filter({ hasText: 'Unseen by the new head, least sure first' }).waitFor({ timeout: TRAINED });
    await queue.filter({ hasText: 'unlabelled.png' }).first().waitFor();
    await session.screenshot('training-queue');
    const seen = fs.readFileSync(path.join(WORKSPACE, 'models/to-train head/images.csv'), 'utf8').split('\n').filter((line) => /,(train|validation)$/.test(line));
    assert.strictEqual(seen.length, 18);
    assert.deepStrictEqual(session.complaints, []);
  });
});
