import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import sharp from 'sharp';
import { overlayPixels, overlayRadio } from '../../harness/look';
import { smearSvg } from '../../harness/images';
import { WORKSPACE } from '../../harness/places';
import { failureScreenshots, Session } from '../../harness/session';

const NAME = 'asked.png';
/** Milliseconds: some hundred passes of the default model on a busy machine. */
const COMPUTED = 120_000;

describe('Score-CAM in the editor of one smear', function () {
  this.timeout(2 * COMPUTED);
  let session: Session;
  before(async () => {
    await draw('a');
    session = await Session.shared();
  });
  after(async () => {
    await session.leave();
    fs.rmSync(path.join(WORKSPACE, NAME), { force: true });
  });
  failureScreenshots(() => session);

  const editor = (nth = 0): FrameLocator => session.workbench.editor(nth);
  const answered = (nth = 0): Locator => editor(nth).locator('#inquiry-result', { hasText: /^(Fast|Exact): / });

  /** At once, as a copy that is under way may be read half. */
  async function draw(seed: string): Promise<void> {
    const half = path.join(WORKSPACE, 'half');
    await sharp(smearSvg(seed.charCodeAt(0))).png().toFile(half);
    fs.renameSync(half, path.join(WORKSPACE, NAME));
  }

  it('is computed by the contact sheet where nobody has asked for it', async () => {
    const { workbench } = session;
    await workbench.openInSmearLens(NAME);
    await workbench.analysed();
    await workbench.runCommand('SmearLens: Show Contact Sheet');
    await workbench.activeTab(`${NAME}: contact sheet`).waitFor({ timeout: COMPUTED });
    await editor().locator('#sheet[src]').waitFor({ timeout: COMPUTED });
    // The smear, which was in the preview tab, has not made room for the sheet.
    await workbench.page.locator('.tab').filter({ hasText: NAME }).filter({ hasNotText: 'contact sheet' }).click();
    await workbench.analysed();
  });

  it('is there in both halves of an editor that is split, and asked for once', async () => {
    const { workbench } = session;
    await overlayRadio(editor(), 'Score-CAM').click();
    await answered().waitFor({ timeout: COMPUTED });
    await workbench.runCommand('View: Split Editor Right');
    await workbench.editor(1).locator('body').waitFor();
    await workbench.analysed(1);
    await overlayRadio(editor(1), 'Score-CAM').click();
    await answered(1).waitFor({ timeout: COMPUTED });
    assert.strictEqual(await answered(1).innerText(), await answered(0).innerText());
    assert.strictEqual(await overlayPixels(editor(1)), await overlayPixels(editor(0)));
    await workbench.runCommand('View: Close All Editors');
    await workbench.openInSmearLens(NAME);
    await workbench.analysed();
  });

  it('is dropped and computed anew when the file changes, and when another layer is explained', async () => {
    const { workbench } = session;
    const shown = async (): Promise<string> => {
      await answered().waitFor({ timeout: COMPUTED });
      return overlayPixels(editor());
    };
    await overlayRadio(editor(), 'Score-CAM').click();
    const seen = [await shown()];
    const another = async (bringAbout: () => Promise<void>): Promise<void> => {
      const source = await editor().locator('#facts').innerText();
      const picture = await editor().locator('#image').getAttribute('src');
      await bringAbout();
      await editor().locator('body').evaluate(
        (_body, [facts, src]) =>
          new Promise<void>((done) => {
            const look = (): void => {
              const changed = document.querySelector<HTMLElement>('#facts')?.innerText !== facts || document.querySelector('#image')?.getAttribute('src') !== src;
              if (changed && ['done', 'outside'].includes(document.body.dataset['state'] ?? '')) done();
              else requestAnimationFrame(look);
            };
            look();
          }),
        [source, picture] as const,
      );
      const now = await shown();
      assert.ok(now !== 'hidden' && !seen.includes(now), 'The map of before is on show.');
      seen.push(now);
    };
    await another(() => draw('b'));
    await another(async () => {
      await workbench.answer('SmearLens: Choose Explained Layer', 'Now: ', '14 × 14');
      await editor().locator('#facts').getByText(/^14 × 14, from/).waitFor();
    });
    await workbench.answer('SmearLens: Choose Explained Layer', 'Now: ', 'Automatic');
    await editor().locator('#facts').getByText('7 × 7, from 1280 channels').waitFor();
    await shown();
    // Known again: the same picture, explained by the same layer.
    assert.strictEqual(await overlayPixels(editor()), seen[1]);
    await workbench.runCommand('View: Close All Editors');
  });

  it('was refused nothing by a content security policy', () => assert.deepStrictEqual(session.complaints, []));
});
