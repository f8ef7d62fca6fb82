import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';
import { colourTable } from '../../../../src/explain/colourMaps';
import type { Exported, ToEditor } from '../../../../src/protocol/editor';
import type { ViewState } from '../../../../src/protocol/viewState';
import { SIDE } from '../../harness/images';
import { SCREENSHOTS } from '../../harness/places';
import { ViewerPage } from './viewerPage';
import { analysis, explanation, spike } from './analyses';

/** Pixels a side of the exported picture: the least whole multiple that is wide enough for a caption. */
const LARGE = 3 * SIDE;

describe('an exported overlay', () => {
  const ui = new ViewerPage();

  async function exported(): Promise<Exported> {
    const before = ui.webview.sent.length;
    const message: ToEditor = { kind: 'export', request: 7, what: 'overlay' };
    await ui.webview.page.evaluate((data) => window.postMessage(data, '*'), message);
    await ui.webview.hasSent(before + 1);
    const answer = ui.webview.sent.at(-1);
    if (answer?.kind !== 'exported') throw new Error(`The page answered ${JSON.stringify(answer)}.`);
    assert.strictEqual(answer.request, 7);
    return answer.result;
  }

  async function pixels(view: Partial<ViewState>): Promise<{ at: (x: number, y: number) => number[]; width: number; height: number; name: string }> {
    // A map whose one hot cell lies in the middle of the upper left quarter of the 7 × 7 grid.
    const maps = [{ method: 'grad-cam', variant: 'none', classIndex: 1, raw: spike(1, 1), flat: false } as const];
    await ui.open({}, { overlay: 'grad-cam', opacity: 1, ...view }, { explanation: explanation({ maps }) });
    await ui.webview.page.locator('body[data-image="shown"]').waitFor();
    const result = await exported();
    if ('error' in result) throw new Error(result.error.message);
    // The page's bytes have crossed as JSON here; VS Code sends them as they are.
    const png = Buffer.from(Object.values(result.png));
    fs.writeFileSync(path.join(SCREENSHOTS, `exported-${view.style ?? 'heat'}.png`), png);
    const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    return { at: (x, y) => [...data.subarray(3 * (y * info.width + x), 3 * (y * info.width + x) + 3)], width: info.width, height: info.height, name: result.name };
  }

  it('is the picture, enlarged by a whole factor, with the overlay at its place and a caption below', async () => {
    const { at, width, height, name } = await pixels({});
    assert.strictEqual(width, LARGE);
    assert.ok(height > LARGE + 50 && height < 1.4 * LARGE, String(height));
    assert.strictEqual(name, 'grad-cam Early');
    const table = [...colourTable('viridis')];
    const centre = Math.round((1.5 / 7) * LARGE);
    // Half a pixel beside the peak: a colour or two of the table's 256 below its last.
    at(centre, centre).forEach((value, i) => assert.ok(Math.abs(value - (table.slice(-3)[i] ?? NaN)) <= 6, String(at(centre, centre))));
    at(LARGE - 5, LARGE - 5).forEach((value, i) => assert.ok(Math.abs(value - (table[i] ?? NaN)) <= 1));
    assert.deepStrictEqual(at(1, LARGE + 1), [255, 255, 255]);
    const band = Array.from({ length: width * (height - LARGE) }, (_, i) => at(i % width, LARGE + Math.floor(i / width)));
    assert.ok(band.filter(([red = 255, green = 255, blue = 255]) => red + green + blue < 200).length > 500, 'The caption is empty.');
  });

  it('lets the smear show through, and leaves it alone where the map is hidden', async () => {
    const [through, hidden] = [await pixels({ opacity: 0.5 }), await pixels({ threshold: 0.5 })];
    const bare = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#5a2d82' } }).raw().toBuffer();
    const nucleus = LARGE / 2;
    assert.deepStrictEqual(hidden.at(nucleus, nucleus), [...bare]);
    const darkest = [...colourTable('viridis').subarray(0, 3)];
    through.at(nucleus, nucleus).forEach((value, i) => assert.ok(Math.abs(value - ((bare[i] ?? 0) + (darkest[i] ?? 0)) / 2) <= 2));
  });

  it('has the contour where the page draws it', async () => {
    const { at } = await pixels({ style: 'contour', threshold: 0.5 });
    const row = Math.round((1.5 / 7) * LARGE);
    // From the middle of the hot cell to its neighbour's the map falls from 1 to 0: half of it lies half way.
    const edge = Math.round((2 / 7) * LARGE);
    const dark = Array.from({ length: 9 }, (_, i) => at(edge - 4 + i, row)).some((pixel) => pixel.every((value) => value < 40));
    assert.ok(dark, 'There is no line.');
  });

  it('is refused where there is no overlay, and says what to do', async () => {
    await ui.open({}, { overlay: 'off' });
    const result = await exported();
    assert.ok('error' in result && /no overlay/.test(result.error.message) && result.error.hint.length > 0);
  });

  it('names in its file name what would not be allowed there in other words', async () => {
    const [first, ...others] = analysis().model.classes;
    await ui.open({}, { overlay: 'grad-cam++ paper', classId: 'benign' }, { model: { ...analysis().model, classes: [{ id: first?.id ?? '', name: 'A/B: "c"' }, ...others] } });
    await ui.webview.page.locator('body[data-image="shown"]').waitFor();
    const result = await exported();
    assert.ok('name' in result);
    assert.strictEqual(result.name, 'grad-cam++ paper A_B_ _c_');
  });
});
