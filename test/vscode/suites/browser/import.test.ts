import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Locator } from 'playwright-core';
import { settingsBecome, WORKSPACE } from '../../harness/places';
import { ROOT } from '../../harness/server';
import { failureScreenshots, Session } from '../../harness/session';

const MODEL = path.join(WORKSPACE, 'keras.onnx');
const MANIFEST = path.join(WORKSPACE, 'model.json');
const CLASSES = ['one', 'two', 'three', 'four'];
/** Milliseconds: a process is started and a model opened for each look at it. */
const LOOKED = 60_000;
const THEMES = { 'Light Modern': 'vs', 'Dark Modern': 'vs-dark', 'Default High Contrast': 'hc-black' } as const;

describe('the import of a model', function () {
  this.timeout(4 * LOOKED);
  let session: Session;
  before(async () => {
    fs.copyFileSync(path.join(ROOT, 'test/fixtures/imports/keras-tf/keras.onnx'), MODEL);
    session = await Session.shared();
  });
  after(async () => {
    await session.leave();
    for (const file of [MODEL, MANIFEST]) fs.rmSync(file, { recursive: true, force: true });
  });
  failureScreenshots(() => session);

  const page = (): Session['workbench']['page'] => session.workbench.page;
  const press = (key: string): Promise<void> => page().keyboard.press(key);
  const row = (text: string | RegExp): Locator => session.workbench.choices().filter({ hasText: text }).first();
  const picker = (placeholder: string): Locator => session.workbench.picker(placeholder);

  async function pick(placeholder: string, text: string): Promise<void> {
    await picker(placeholder).waitFor({ timeout: LOOKED });
    await picker(placeholder).fill(text);
    await row(text).waitFor();
    await press('Enter');
  }

  async function begin(): Promise<void> {
    await session.workbench.fromExplorer('keras.onnx', 'Import Model');
    await picker('What the file tells').waitFor({ timeout: LOOKED });
  }

  async function screenshots(name: string): Promise<void> {
    for (const [theme, kind] of Object.entries(THEMES)) {
      session.changeSettings({ 'workbench.colorTheme': theme });
      await page().locator(`.monaco-workbench.${kind}`).waitFor();
      await session.screenshot(`import-${name}-${kind}`);
    }
  }

  it('shows what the file tells, asks for the rest, tries an image, and saves what the editor then uses', async () => {
    const { workbench } = session;
    await workbench.openInSmearLens('smear-1.jpg');
    await workbench.analysed();
    await begin();
    for (const fact of ['input_1: 32 × 24 pixels', 'Fed zero: keras_learning_phase', 'dense/Softmax:0: 4 classes, softmax inside the model', 'not known yet', 'of model/re_lu_1/Relu:0']) await row(fact).waitFor();
    await screenshots('facts');
    await press('Escape');
    await picker('What the file tells').waitFor({ state: 'hidden' });

    await begin();
    await pick('What the file tells', 'Go on: classes to be said');
    await pick('What are the classes called?', 'Type the names');
    const input = page().locator('.quick-input-widget input.input');
    await page().locator('.quick-input-widget', { hasText: 'Names of the 4 classes' }).waitFor();
    await input.fill('one, two');
    await page().locator('.quick-input-widget', { hasText: 'The model has 4 classes; these are 2 names.' }).waitFor();
    await input.fill(CLASSES.join(', '));
    await press('Enter');
    await row('one, two, three, four').waitFor({ timeout: LOOKED });
    await pick('What the file tells', 'Go on: try it on an image');
    await pick('Which image is it tried on?', 'smear-1.jpg');
    await picker('Which preprocessing').waitFor({ timeout: LOOKED });
    for (const preset of ['0 to 1', 'ImageNet mean/std', "Keras 'caffe'", "Keras 'tf'", '0 to 255']) await row(preset).filter({ hasText: / %/ }).waitFor();
    await screenshots('presets');
    assert.strictEqual(fs.existsSync(MANIFEST), false);
    await pick('Which preprocessing', "Keras 'tf'");
    await pick('Where is the imported model', 'Beside the model');
    const toast = session.workbench.toast('keras is imported: model.json');
    await toast.waitFor({ timeout: LOOKED });
    const manifest = JSON.parse(fs.readFileSync(MANIFEST, 'utf8')) as { classes: { id: string }[]; input: { mean: number[] } };
    assert.deepStrictEqual([manifest.classes.map((c) => c.id), manifest.input.mean], [CLASSES, [1, 1, 1]]);
    await toast.getByText('Use in This Workspace').click();
    await settingsBecome({ 'smearlens.model': 'model.json' });
    await workbench.editor().locator('#probability-rows th', { hasText: 'three' }).waitFor();
    await workbench.analysed();
    assert.deepStrictEqual((await workbench.editor().locator('#probability-rows th').allTextContents()).sort(), [...CLASSES].sort());
    await session.screenshot('import-used');
  });
});
