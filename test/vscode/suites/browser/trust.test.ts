import * as fs from 'node:fs';
import * as assert from 'node:assert';
import * as path from 'node:path';
import { defaultModel } from '../../../../src/models/defaultModel';
import { SETTINGS, WORKSPACE } from '../../harness/places';
import { ROOT } from '../../harness/server';
import { failureScreenshots, Session } from '../../harness/session';

const MODEL = path.join(WORKSPACE, 'own-model');
/** What the workspace calls its model. */
const NAME = 'A model that came with the folder';

describe('a workspace that is not trusted', () => {
  let session: Session;
  before(async () => {
    fs.cpSync(path.dirname(defaultModel(ROOT)), MODEL, { recursive: true });
    const manifest = path.join(MODEL, 'model.json');
    fs.writeFileSync(manifest, JSON.stringify({ ...(JSON.parse(fs.readFileSync(manifest, 'utf8')) as object), name: NAME }));
    fs.mkdirSync(path.dirname(SETTINGS), { recursive: true });
    fs.writeFileSync(SETTINGS, JSON.stringify({ 'smearlens.model': 'own-model/model.json' }));
    session = await Session.start({ 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' }, { workspaceTrust: true });
  });
  after(async () => {
    await session.leave();
    fs.rmSync(MODEL, { recursive: true });
  });
  failureScreenshots(() => session);

  it('has its smears read with the default model, and does not offer its own', async () => {
    const { workbench } = session;
    await workbench.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await workbench.openInSmearLens('smear-1.jpg');
    const editor = await workbench.analysed();
    const model = editor.locator('#facts dd').first();
    await model.waitFor();
    assert.notStrictEqual(await model.innerText(), NAME);
    await workbench.runCommand('SmearLens: Choose Model');
    const rows = workbench.choices();
    await rows.filter({ hasText: 'Browse…' }).waitFor();
    assert.strictEqual(await rows.filter({ hasText: 'own-model' }).count(), 0);
    await workbench.page.keyboard.press('Escape');
  });

  it('has them read with its own model once it is trusted', async () => {
    const { workbench } = session;
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await workbench.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor({ state: 'hidden' });
    // It is asked for in an editor that covers the others.
    await workbench.page.locator('.modal-editor-action-container, .monaco-modal-editor-block').getByRole('button', { name: /^Close/ }).click();
    await workbench.page.locator('.monaco-modal-editor-block').waitFor({ state: 'hidden' });
    await workbench.openInSmearLens('smear-2.png');
    const editor = await workbench.analysed();
    await editor.locator('#facts dd', { hasText: NAME }).waitFor();
  });
});
