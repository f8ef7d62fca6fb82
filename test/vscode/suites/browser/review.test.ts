import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';
import { accessibilityViolations, overlayPixels, showOverlay } from '../../harness/look';
import { smearSvg } from '../../harness/images';
import { WORKSPACE } from '../../harness/places';
import { failureScreenshots, Session } from '../../harness/session';

/** Below the workspace, in the order of the session. */
const FOLDER = 'series';
const IMAGES = ['Early/a-2.jpg', 'Early/a-10.jpg', 'Pre/b.tif', 'first.png'];
/** Many images of as many different smears. */
const LONG = 'long-series';
const MANY = Array.from({ length: 30 }, (_, i) => `smear-${i + 1}.png`);

describe('the review session', () => {
  let session: Session;
  before(async () => {
    const sources: Record<string, string> = { '.jpg': 'smear-1.jpg', '.tif': 'smear-4.tif', '.png': 'smear-2.png' };
    for (const image of IMAGES) {
      const file = path.join(WORKSPACE, FOLDER, image);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.copyFileSync(path.join(WORKSPACE, sources[path.extname(image)] ?? ''), file);
    }
    for (const folder of [LONG, 'empty']) fs.mkdirSync(path.join(WORKSPACE, folder), { recursive: true });
    await Promise.all(MANY.map((name, i) => sharp(smearSvg(100 + i)).png().toFile(path.join(WORKSPACE, LONG, name))));
    session = await Session.shared();
  });
  after(async () => {
    await session.leave();
    for (const folder of [FOLDER, LONG, 'empty']) fs.rmSync(path.join(WORKSPACE, folder), { recursive: true });
  });
  failureScreenshots(() => session);

  const text = (id: string): Promise<string> => session.workbench.editor().locator(`#${id}`).innerText();
  const press = (key: string): Promise<void> => session.workbench.page.keyboard.press(key);
  const tabs = (): Promise<number> => session.workbench.page.locator('.tab').count();

  async function toFirst(): Promise<void> {
    while (!(await text('position')).startsWith('1 /')) {
      const before = await text('position');
      await press('ArrowLeft');
      await session.workbench.editor().locator('#position').getByText(before, { exact: true }).waitFor({ state: 'hidden' });
    }
  }

  /** The session shows this image of its list, analysed. */
  async function shows(number: number, images: readonly string[] = IMAGES): Promise<void> {
    const { workbench } = session;
    await workbench.editor().locator('#position').getByText(`${number} / ${images.length}`, { exact: true }).waitFor();
    await workbench.analysed();
    assert.strictEqual(await text('file-name'), images[number - 1]);
    await workbench.activeTab(path.basename(images[number - 1] ?? '')).waitFor();
  }

  it('begins with the first image of a folder, and goes through it by the arrow keys', async () => {
    await session.workbench.fromExplorer(FOLDER, 'Review Folder');
    await shows(1);
    await session.workbench.keysWork();
    for (const number of [2, 3, 4]) {
      await press('ArrowRight');
      await shows(number);
    }
    await press('ArrowRight');
    await press('ArrowLeft');
    await shows(3);
    assert.deepStrictEqual(await accessibilityViolations(session.workbench.editor()), []);
    await session.screenshot('review');
  });

  it('keeps the zoom and the overlay from image to image, and explains the class that is predicted there', async () => {
    const { workbench } = session;
    const editor = workbench.editor();
    await workbench.runCommand('SmearLens: Zoom to 1:1');
    await editor.locator('#scale', { hasText: /^100 %$/ }).waitFor();
    await showOverlay(editor, 'paper');
    const before = await overlayPixels(editor);
    await editor.locator('#viewer').click();
    await workbench.keysWork();
    await press('0');
    await press('ArrowLeft');
    await shows(2);
    assert.strictEqual(await text('scale'), '100 %');
    await editor.locator('vscode-radio[aria-checked="true"]', { hasText: 'paper' }).waitFor();
    assert.notStrictEqual(await overlayPixels(editor), before);
  });

  it('is taken up at the same image after the window was reloaded, with its zoom and overlay', async () => {
    const { workbench } = session;
    await workbench.reload();
    await shows(2);
    assert.strictEqual(await text('scale'), '100 %');
    await workbench.editor().locator('vscode-radio[aria-checked="true"]', { hasText: 'paper' }).waitFor();
    await workbench.editor().locator('#viewer').click();
    await workbench.keysWork();
    await press('ArrowRight');
    await shows(3);
  });

  it('comes to the front where the folder is under review already, at the image that was asked for', async () => {
    const { workbench } = session;
    const before = await tabs();
    await workbench.openFromExplorer('notes.txt');
    await workbench.fromExplorer(FOLDER, 'Review Folder');
    await shows(3);
    await workbench.runCommand('View: Close Other Editors in Group');
    assert.strictEqual(await tabs(), before);
  });

  it('begins, from the palette, with the image on show', async () => {
    const { workbench } = session;
    await workbench.runCommand('View: Close All Editors');
    await workbench.openInSmearLens('smear-5.webp');
    await workbench.analysed();
    await workbench.runCommand('SmearLens: Review Folder');
    await workbench.editor().locator('#position').getByText(/^\d+ \/ \d+$/).waitFor();
    await workbench.analysed();
    assert.strictEqual(await text('file-name'), 'smear-5.webp');
    await workbench.runCommand('View: Close All Editors');
  });

  it('follows the folder as images come and go, the one on show included', async () => {
    const { workbench } = session;
    const file = (name: string): string => path.join(WORKSPACE, LONG, name);
    await workbench.fromExplorer(LONG, 'Review Folder');
    await shows(1, MANY);
    fs.copyFileSync(file('smear-1.png'), file('smear-1b.png'));
    const more = [...MANY, 'smear-1b.png'].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    await shows(1, more);
    await press('ArrowRight');
    await shows(more.indexOf('smear-1b.png') + 1, more);
    fs.rmSync(file('smear-1b.png'));
    await workbench.editor().locator('body[data-state="deleted"]').waitFor();
    // It stays as long as it is on show.
    assert.strictEqual(await text('position'), `${more.indexOf('smear-1b.png') + 1} / ${more.length}`);
    await press('ArrowLeft');
    await workbench.editor().locator('#position', { hasText: `/ ${MANY.length}` }).waitFor();
    await workbench.analysed();
  });

  it('ends at the right image, with its own picture and verdict, however fast the keys are pressed', async () => {
    const { workbench } = session;
    const editor = workbench.editor();
    await toFirst();
    for (let i = 0; i < 12; i++) await press('ArrowRight');
    for (let i = 0; i < 3; i++) await press('ArrowLeft');
    await shows(10, MANY);
    const shown = await editor.locator('#image').evaluate((image: HTMLImageElement) => {
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const context = canvas.getContext('2d');
      context?.drawImage(image, 0, 0);
      return [...(context?.getImageData(0, 0, canvas.width, canvas.height).data ?? [])];
    });
    const expected = await sharp(path.join(WORKSPACE, LONG, MANY[9] ?? '')).ensureAlpha().raw().toBuffer();
    assert.ok(expected.equals(Buffer.from(shown)), 'Another picture is on show.');
  });

  it('goes on after the inference process was killed', async () => {
    const { workbench } = session;
    for (const pid of session.inferencePids()) process.kill(pid, 'SIGKILL');
    for (const number of [11, 12, 13, 14]) {
      await press('ArrowRight');
      await shows(number, MANY);
    }
    assert.strictEqual(await tabs(), 1);
    await workbench.runCommand('View: Close All Editors');
  });

  it('passes over nothing that it cannot read: it says what is wrong with it, and goes on', async () => {
    const { workbench } = session;
    const folder = path.join(WORKSPACE, FOLDER, 'Early');
    fs.writeFileSync(path.join(folder, 'a-5.jpg'), 'no image');
    try {
      await workbench.fromExplorer(FOLDER, 'Review Folder');
      // It is taken up where it was left.
      await workbench.editor().locator('#position', { hasText: `/ ${IMAGES.length + 1}` }).waitFor();
      await toFirst();
      await workbench.analysed();
      await press('ArrowRight');
      await workbench.editor().locator('body[data-state="failed"][data-image="failed"]').waitFor();
      assert.match(await text('verdict-title'), /a-5\.jpg/);
      await press('ArrowRight');
      await workbench.analysed();
      assert.strictEqual(await text('file-name'), 'Early/a-10.jpg');
    } finally {
      fs.rmSync(path.join(folder, 'a-5.jpg'));
    }
    await workbench.runCommand('View: Close All Editors');
  });

  it('says so where a folder holds no images, and opens nothing', async () => {
    await session.workbench.fromExplorer('empty', 'Review Folder');
    await session.workbench.page.locator('.notification-toast', { hasText: 'holds no images' }).waitFor();
    assert.strictEqual(await tabs(), 0);
  });

  it('was refused nothing by a content security policy', () => assert.deepStrictEqual(session.complaints, []));
});
