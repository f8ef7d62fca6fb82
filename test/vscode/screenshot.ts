/** `node test/vscode/run.mjs screenshot`: the picture in README.md, of the review session on the drawn samples. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import sharp from 'sharp';
import { CodeServer, launchBrowser, linkExtension, ROOT } from './harness/server';
import { Workbench } from './harness/workbench';

const SAMPLES = path.join(ROOT, 'out/samples');
const PICTURE = path.join(ROOT, 'docs/images/review.png');
/** A drawn field that the default model offers a class for. */
const SAMPLE = 'drawn-pre-2.jpg';

async function main(): Promise<void> {
  const draw = `import('./scripts/samples/draw.mjs').then(({ drawSamples }) => drawSamples('${SAMPLES}'))`;
  if (spawnSync(process.execPath, ['-e', draw], { cwd: ROOT, stdio: 'inherit' }).status !== 0) throw new Error('The samples could not be drawn.');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'smearlens-screenshot-'));
  linkExtension(folder, ROOT);
  const server = await CodeServer.start({ folder, settings: { 'workbench.colorTheme': 'Dark Modern' } });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    const workbench = await Workbench.open(page, server, SAMPLES);
    await workbench.fromExplorer(SAMPLE, 'Review Folder');
    const editor = await workbench.analysed();
    await editor.locator('#opacity').fill('0.4');
    // No control keeps the focus, and with it its outline.
    await editor.locator('#viewer').click();
    await page.mouse.move(0, 0);
    fs.mkdirSync(path.dirname(PICTURE), { recursive: true });
    await sharp(await page.screenshot()).png({ palette: true, effort: 10 }).toFile(PICTURE);
  } finally {
    await browser.close();
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

void main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
