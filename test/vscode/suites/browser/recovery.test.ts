import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { defaultModel } from '../../../../src/models/defaultModel';
import { choose, overlayPixels, overlayRadio, slide } from '../../harness/look';
import { settingsBecome, WORKSPACE } from '../../harness/places';
import { ROOT } from '../../harness/server';
import { failureScreenshots, Session } from '../../harness/session';

describe('the editor when things go wrong', () => {
  let session: Session;
  before(async () => void (session = await Session.shared()));
  after(() => session.leave());
  failureScreenshots(() => session);

  async function openAnalysed(name: string): Promise<void> {
    await session.workbench.openInSmearLens(name);
    await session.workbench.analysed();
  }

  it('says what is wrong with a file that is no image, and shows the next one', async () => {
    await session.workbench.openInSmearLens('corrupt.jpg');
    const editor = session.workbench.editor();
    await editor.locator('body[data-state="failed"][data-image="failed"]').waitFor();
    assert.match(await editor.locator('#verdict-title').innerText(), /corrupt\.jpg/);
    assert.ok((await editor.locator('#verdict-detail').innerText()).length > 0);
    await session.screenshot('editor-corrupt');
    await openAnalysed('smear-1.jpg');
  });

  it('opens its log', async () => {
    await session.workbench.runCommand('SmearLens: Show Log');
    await session.workbench.page.locator('.output-view .view-lines', { hasText: 'corrupt.jpg' }).first().waitFor();
    await session.workbench.runCommand('View: Toggle Panel Visibility');
  });

  it('analyses the next smear after the inference process was killed', async () => {
    await openAnalysed('smear-1.jpg');
    const pids = session.inferencePids();
    assert.strictEqual(pids.length, 1);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await openAnalysed('smear-2.png');
    assert.notDeepStrictEqual(session.inferencePids(), pids);
  });

  it('shows a file anew when it changes, and says so when it is deleted', async () => {
    const file = path.join(WORKSPACE, 'rewritten.jpg');
    fs.copyFileSync(path.join(WORKSPACE, 'smear-1.jpg'), file);
    await openAnalysed('rewritten.jpg');
    const editor = session.workbench.editor();
    const source = await editor.locator('#image').getAttribute('src');
    fs.copyFileSync(path.join(WORKSPACE, 'SMEAR-6.JPG'), file);
    await editor.locator(`#image:not([src="${source}"])`).waitFor();
    await session.workbench.analysed();
    fs.rmSync(file);
    await editor.locator('body[data-state="deleted"]').waitFor();
  });

  it('keeps the view of a tab that was hidden, and of a window that was reloaded', async () => {
    const { workbench } = session;
    await openAnalysed('smear-1.jpg');
    const editor = workbench.editor();
    await overlayRadio(editor, 'paper').click();
    await choose(editor, 'colour-map', 'Cividis');
    await slide(editor, 'opacity', '0.35');
    const before = await overlayPixels(editor);
    await workbench.runCommand('View: Keep Editor');
    await openAnalysed('smear-2.png');
    await openAnalysed('smear-1.jpg');
    assert.strictEqual(await overlayPixels(editor), before);
    await workbench.reload();
    await session.workbench.analysed();
    assert.strictEqual(await editor.locator('#title').textContent(), 'smear-1.jpg');
    assert.strictEqual(await overlayPixels(editor), before);
  });

  it('reads smears with a model of the workspace once it is chosen', async () => {
    const folder = path.join(WORKSPACE, 'own-model');
    fs.cpSync(path.dirname(defaultModel(ROOT)), folder, { recursive: true });
    try {
      await openAnalysed('smear-1.jpg');
      const status = session.workbench.page.locator('.statusbar-item', { hasText: 'My own model' });
      const manifest = path.join(folder, 'model.json');
      fs.writeFileSync(manifest, JSON.stringify({ ...(JSON.parse(fs.readFileSync(manifest, 'utf8')) as object), name: 'My own model' }));
      await session.workbench.answer('SmearLens: Choose Model', 'Which model reads', 'own-model/model.json');
      await status.waitFor();
      await settingsBecome({ 'smearlens.model': 'own-model/model.json' });
      await session.workbench.answer('SmearLens: Choose Model', 'Which model reads', 'Default model');
      await status.waitFor({ state: 'hidden' });
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
