import * as assert from 'node:assert';
import type { Browser } from 'playwright-core';
import { DEFAULT_VIEW } from '../../../../src/protocol/viewState';
import golden from '../../../fixtures/overlay/golden.json';
import { launchBrowser } from '../../harness/server';
import { WebviewPage } from '../../harness/webviewPage';
import { analysis, explanation } from './analyses';

/** Of 255: two roundings of one value may fall on either side of a border between two colours. */
const STEP = 1;

describe('the colours over the picture', () => {
  let browser: Browser;
  before(async () => void (browser = await launchBrowser()));
  after(() => browser.close());

  const table = Buffer.from(golden.viridis, 'base64');
  const colour = (entry: number): string => [...table.subarray(3 * entry, 3 * entry + 3)].join(' ');

  for (const { height, width, raw, canvas, entries } of golden.maps) {
    it(`are those of cv2 and matplotlib at every pixel, ${width} × ${height} to ${canvas.width} × ${canvas.height}`, async () => {
      const webview = await WebviewPage.open(browser);
      const maps = [{ method: 'grad-cam', variant: 'none', classIndex: 1, raw: Float32Array.from(raw), flat: false }] as const;
      const image = { ...analysis().image, field: { x: 0, y: 0, ...canvas } };
      await webview.show({ state: { kind: 'done', analysis: analysis({ image, explanation: explanation({ height, width, maps }) }) }, view: { ...DEFAULT_VIEW, opacity: 1 } });
      const overlay = webview.page.locator('#overlay');
      await overlay.waitFor();
      const painted = await overlay.evaluate((element: HTMLCanvasElement) => {
        const data = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? [];
        return { width: element.width, height: element.height, pixels: [...data] };
      });
      await webview.close();
      assert.deepStrictEqual([painted.width, painted.height], [canvas.width, canvas.height]);
      const expected = Buffer.from(entries, 'base64');
      assert.strictEqual(painted.pixels.length, 4 * expected.length);
      for (const [i, entry] of expected.entries()) {
        const [r, g, b, alpha] = painted.pixels.slice(4 * i, 4 * i + 4);
        const where = `x ${i % canvas.width}, y ${Math.floor(i / canvas.width)}`;
        assert.strictEqual(alpha, 255, where);
        const allowed = [entry, entry - STEP, entry + STEP].map(colour);
        assert.ok(allowed.includes(`${r} ${g} ${b}`), `${where}: ${r} ${g} ${b} is not ${allowed[0]} or a neighbour of it.`);
      }
    });
  }
});
