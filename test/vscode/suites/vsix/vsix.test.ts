/** What `npm run package` writes, as users get it: installed into a server that knows nothing of this project. */
import * as assert from 'node:assert';
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { InferenceClient } from '../../../../src/inference/client';
import type { Analysis } from '../../../../src/protocol/analysis';
import { overlayPixels, overlayRadio } from '../../harness/look';
import { WORKSPACE } from '../../harness/places';
import { ROOT } from '../../harness/server';
import { failureScreenshots, Session } from '../../harness/session';

const TARGET = `${process.platform}-${process.arch}`;
/** Files of ONNX Runtime and libvips, its telemetry's too, as a process has them in its memory. */
const NATIVE = /onnxruntime|libvips|sharp.*\.node/;

describe(`the VSIX for ${TARGET}`, () => {
  let session: Session;
  before(async () => {
    await promisify(execFile)(process.execPath, ['scripts/package.mjs', '--target', TARGET], { cwd: ROOT });
    const { name, version } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Record<string, string>;
    session = await Session.start({}, { vsix: path.join(ROOT, 'out', `${name}-${TARGET}-${version}.vsix`) });
  });
  after(() => session.stop());
  failureScreenshots(() => session);

  it('shows probabilities and an overlay of a smear', async () => {
    await session.workbench.openInSmearLens('smear-1.jpg');
    const editor = await session.workbench.analysed();
    // Of a smear unlike the training images the scores are folded away.
    const folded = editor.locator('#raw-scores:not([open]) > summary');
    if (await folded.isVisible()) await folded.click();
    await editor.locator('#probability-rows .percent').first().waitFor({ state: 'visible' });
    const percentages = await editor.locator('#probability-rows .percent').allInnerTexts();
    assert.strictEqual(percentages.length, 4);
    for (const percentage of percentages) assert.match(percentage, /%$/);
    await overlayRadio(editor, 'Grad-CAM').first().click();
    const overlay = await overlayPixels(editor);
    await overlayRadio(editor, 'Off').click();
    assert.strictEqual(await overlayPixels(editor), 'hidden');
    assert.ok(overlay.startsWith('data:image/png'), overlay);
    await overlayRadio(editor, 'Grad-CAM').first().click();
    await session.screenshot('vsix');
    assert.deepStrictEqual(session.complaints, []);
  });

  it('runs native libraries of its own', () => {
    const [pid, ...others] = session.inferencePids();
    assert.ok(pid && others.length === 0);
    const loaded = nativeFiles(pid);
    for (const name of ['libonnxruntime', 'onnxruntime_binding.node', 'libvips', 'sharp-']) {
      assert.ok(loaded.some((file) => path.basename(file).startsWith(name)), `${name} is not loaded: ${loaded.join(', ')}`);
    }
    assert.deepStrictEqual(loaded.filter((file) => !file.startsWith(session.extension + path.sep)), []);
  });

  it('reads the same from a smear with the WebAssembly build of sharp, which desktop VS Code on Linux needs', async () => {
    const native = await analyse('');
    const wasm = await analyse('wasm');
    assert.ok(native.files.some((file) => file.includes('libvips')));
    assert.deepStrictEqual(wasm.files.filter((file) => !file.includes('onnxruntime')), []);
    assert.ok(wasm.files.length > 0);
    assert.deepStrictEqual(wasm.analysis.logits, native.analysis.logits);
  });

  it('comes with the licences of all that is in it', () => {
    const notices = fs.readFileSync(path.join(session.extension, 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    const modules = path.join(session.extension, 'dist/node_modules');
    const manifests = fs.readdirSync(modules, { recursive: true, encoding: 'utf8' }).filter((file) => /^(@[^/]+\/)?[^/]+\/package\.json$/.test(file));
    assert.ok(manifests.length > 5);
    for (const manifest of manifests) {
      const { name, version, license } = JSON.parse(fs.readFileSync(path.join(modules, manifest), 'utf8')) as Record<string, string>;
      assert.ok(notices.includes(`\n- ${name} ${version}: ${license}\n`), `${name} ${version} is not named.`);
      assert.ok(notices.includes(`\n\n${name} ${version}\nLicence: ${license}\n\n`), `${name} ${version} has no licence text.`);
    }
    for (const bundled of ['openseadragon', 'd3-contour', 'd3-color', 'd3-scale-chromatic', 'ajv', '@bufbuild/protobuf', '@vscode/webview-ui-toolkit']) {
      assert.match(notices, new RegExp(`^- ${bundled} \\d+\\.\\d+\\.\\d+: `, 'm'));
    }
    for (const part of ['THIRD PARTY SOFTWARE NOTICES', 'GNU LESSER GENERAL PUBLIC LICENSE', 'may be replaced there', '| libheif ']) assert.ok(notices.includes(part), part);
  });

  /** What the installed inference process gives with one build of sharp, and the native files it then has in memory. */
  async function analyse(build: string): Promise<{ analysis: Analysis; files: string[] }> {
    const client = new InferenceClient({ entry: path.join(session.extension, 'dist/inference.js'), log: () => undefined, env: { SMEARLENS_SHARP: build } });
    try {
      const model = { path: path.join(session.extension, 'models/all-mobilenetv2'), provider: 'cpu', layer: 'auto' } as const;
      const analysis = await client.call('analyse', { imagePath: path.join(WORKSPACE, 'smear-1.jpg'), model, explain: true });
      assert.ok(client.pid);
      return { analysis, files: nativeFiles(client.pid) };
    } finally {
      await client.dispose();
    }
  }
});

/** Files of the native libraries that a process has loaded. */
function nativeFiles(pid: number): string[] {
  const lines = fs.readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n').map((line) => /\s(\/.*)$/.exec(line)?.[1] ?? '');
  return [...new Set(lines)].filter((file) => NATIVE.test(file));
}
