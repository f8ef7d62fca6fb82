import * as assert from 'node:assert';
import * as path from 'node:path';
import type { FromEditor } from '../../../../src/protocol/editor';
import type { LabelCommand, LabelNews, LabelState } from '../../../../src/protocol/labels';
import type { RegionCommand, RegionContent, ShownRegion } from '../../../../src/protocol/regions';
import { SIDE } from '../../harness/images';
import { accessibilityViolations } from '../../harness/look';
import { SCREENSHOTS } from '../../harness/places';
import { close, ViewerPage, type Box } from './viewerPage';

const CLASSES = ['Benign', 'Early', 'Pre', 'Pro'].map((id) => ({ id, name: id, description: '' }));
const SHA256 = 'ab'.repeat(32);

describe('regions', () => {
  const ui = new ViewerPage();
  /** What the host would have written. */
  let written: ShownRegion[] = [];

  const command = async (...commands: RegionCommand[]): Promise<void> => {
    for (const each of commands) await ui.webview.tell({ kind: 'region-command', command: each });
    await ui.frames();
  };
  const key = async (label: LabelCommand): Promise<void> => {
    await ui.webview.tell({ kind: 'label-command', command: label });
    await ui.frames();
  };
  const tell = async (regions: readonly ShownRegion[] = written, news?: LabelNews, part: Partial<LabelState> = {}): Promise<void> => {
    const state: LabelState = { sha256: SHA256, classes: CLASSES, others: [], adjudicates: false, blind: false, regions, ...part };
    await ui.webview.tell({ kind: 'labels', id: 'smear.png', state, news });
    await ui.frames();
  };
  /** The page opened on a smear whose labels are known. */
  const open = async (regions: readonly ShownRegion[] = []): Promise<void> => {
    written = [...regions];
    await ui.open();
    await tell();
  };
  const requests = (): FromEditor[] => ui.webview.sent.filter(({ kind }) => kind === 'region' || kind === 'delete-region' || kind === 'label' || kind === 'note');
  /** What the page asked for last; the host then writes it and says so. */
  const write = async (): Promise<RegionContent> => {
    const last = requests().at(-1);
    assert.ok(last?.kind === 'region');
    assert.strictEqual(last.sha256, SHA256);
    written = [...written.filter(({ id }) => id !== last.region.id), { ...last.region, reviewer: 'Anna', own: true }];
    await tell(written, { text: 'Saved', failed: false });
    return last.region;
  };
  /** A place of the window by that of the image, in its pixels. */
  const at = async (x: number, y: number): Promise<[number, number]> => {
    const image = await ui.box('image');
    return [image.x + (x * image.width) / SIDE, image.y + (y * image.height) / SIDE];
  };
  const drag = async (from: [number, number], to: [number, number]): Promise<void> => {
    const { mouse } = ui.webview.page;
    await mouse.move(...(await at(...from)));
    await mouse.down();
    await mouse.move(...(await at(...to)), { steps: 4 });
    await mouse.up();
    await ui.frames();
  };
  const click = async (x: number, y: number): Promise<void> => {
    await ui.webview.page.mouse.click(...(await at(x, y)));
    await ui.frames();
  };
  const near = (actual: readonly number[], expected: readonly number[]): void => {
    assert.strictEqual(actual.length, expected.length);
    actual.forEach((value, i) => close(value, expected[i] ?? NaN, 0.6));
  };
  const state = (): Promise<string> => ui.webview.page.locator('#region-state').innerText();
  const target = (): Promise<string> => ui.webview.page.locator('#label-target').innerText();
  const chips = (): Promise<string[]> => ui.webview.page.locator('#marks .chip').allInnerTexts();
  const outline = (): Promise<Box> => ui.webview.page.locator('#marks .line').first().evaluate((line) => line.getBoundingClientRect().toJSON() as Box);

  it('are drawn with the mouse, to a tenth of a pixel, and no click makes an empty one', async () => {
    await open();
    const before = await ui.box('image');
    await command('box');
    await click(30, 30);
    assert.deepStrictEqual(requests(), []);
    await drag([20, 30], [60, 90]);
    const box = (await write()).shape;
    assert.ok(box?.kind === 'box');
    near([box.x, box.y, box.width, box.height], [20, 30, 40, 60]);
    assert.strictEqual(box.x, Math.round(box.x * 10) / 10);
    await command('ellipse');
    await drag([150, 150], [110, 130]);
    const ellipse = (await write()).shape;
    assert.ok(ellipse?.kind === 'ellipse');
    near([ellipse.cx, ellipse.cy, ellipse.rx, ellipse.ry], [130, 140, 20, 10]);
    await command('point');
    await click(200, 20);
    const point = (await write()).shape;
    assert.ok(point?.kind === 'point');
    near([point.x, point.y], [200, 20]);
    assert.deepStrictEqual(await ui.box('image'), before, 'Drawing moved the picture.');
    assert.strictEqual((await chips()).length, 3);
    // Beyond the edge of the image is its edge.
    await command('box');
    await drag([190, 190], [260, 222]);
    const clipped = (await write()).shape;
    assert.ok(clipped?.kind === 'box');
    near([clipped.x + clipped.width], [SIDE]);
  });

  it('as polygons are closed by Enter, or by a click on the first corner; Delete takes one back, Escape all', async () => {
    await open();
    await command('polygon');
    for (const corner of [[40, 40], [100, 40], [150, 150], [100, 100]] satisfies [number, number][]) await click(...corner);
    await command('delete');
    assert.deepStrictEqual(requests(), []);
    await key('agree');
    const first = (await write()).shape;
    assert.ok(first?.kind === 'polygon');
    near(first.points.flat(), [40, 40, 100, 40, 150, 150]);
    for (const corner of [[20, 120], [60, 120], [60, 180], [20, 120]] satisfies [number, number][]) await click(...corner);
    const second = (await write()).shape;
    assert.ok(second?.kind === 'polygon');
    near(second.points.flat(), [20, 120, 60, 120, 60, 180]);
    for (const corner of [[20, 20], [60, 20], [60, 30]] satisfies [number, number][]) await click(...corner);
    await command('leave');
    await key('agree');
    assert.strictEqual(requests().filter(({ kind }) => kind === 'region').length, 2);
    assert.strictEqual(await ui.webview.page.locator('body').getAttribute('data-tool'), 'polygon');
    await command('leave');
    await command('leave');
    assert.strictEqual(await ui.webview.page.locator('body').getAttribute('data-tool'), 'select');
  });

  it('take the keys of the classes and of the note while one is selected, and the page says so', async () => {
    await open();
    assert.strictEqual(await target(), 'Image');
    await command('box');
    await drag([20, 30], [60, 90]);
    await write();
    assert.strictEqual(await target(), 'Box');
    await key(3);
    assert.strictEqual((await write()).classId, 'Pre');
    assert.match(await state(), /Box: Pre/);
    await key('note');
    const note = ui.webview.page.locator('#note-text');
    await note.waitFor();
    assert.strictEqual(await ui.webview.page.locator('#note-label').innerText(), 'Note on the box');
    await note.fill('two nucleoli');
    await note.press('Enter');
    await ui.frames();
    const noted = await write();
    assert.deepStrictEqual([noted.classId, noted.note], ['Pre', 'two nucleoli']);
    assert.deepStrictEqual(await chips(), ['Pre ✎']);
    assert.deepStrictEqual(await accessibilityViolations(ui.webview.page), []);
    await ui.webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-regions.png') });
    await key('unsure');
    assert.strictEqual((await write()).classId, null);
    await command('leave');
    assert.strictEqual(await target(), 'Image');
    await key(2);
    const last = requests().at(-1);
    assert.ok(last?.kind === 'label' && last.choice === 2);
  });

  it('are selected by a click or a key, moved, changed at a handle, and deleted', async () => {
    const region = (id: string, x: number, width: number): ShownRegion => ({ id, shape: { kind: 'box', x, y: 40, width, height: 100 }, classId: 'Pro', note: '', reviewer: 'Anna', own: true });
    await open([region('large', 20, 180), region('small', 60, 40)]);
    await click(80, 80);
    assert.strictEqual(await ui.webview.page.locator('#marks .handle').count(), 4);
    await drag([80, 80], [90, 70]);
    const moved = await write();
    assert.ok(moved.id === 'small' && moved.shape?.kind === 'box');
    near([moved.shape.x, moved.shape.y, moved.shape.width, moved.shape.height], [70, 30, 40, 100]);
    await drag([110, 130], [130, 180]);
    const resized = await write();
    assert.ok(resized.shape?.kind === 'box');
    near([resized.shape.x, resized.shape.y, resized.shape.width, resized.shape.height], [70, 30, 60, 150]);
    await command('select');
    assert.match(await state(), /Box: Pro/);
    await command('delete');
    const last = requests().at(-1);
    assert.ok(last?.kind === 'delete-region');
    assert.deepStrictEqual([last.region, last.sha256], ['large', SHA256]);
    written = written.filter(({ id }) => id !== 'large');
    await tell();
    assert.strictEqual(await target(), 'Image');
    await command('delete');
    assert.match(await state(), /no region is selected/);
    // Beside all of them the picture is moved.
    await ui.run('zoom-in');
    const before = await ui.box('image');
    await drag([150, 100], [140, 95]);
    assert.notDeepStrictEqual(await ui.box('image'), before);
  });

  it('stay in place when the picture is moved and enlarged, with lines that stay thin', async () => {
    await open([{ id: 'r', shape: { kind: 'ellipse', cx: 112, cy: 100, rx: 20, ry: 10 }, classId: 'Pre', note: '', reviewer: 'Anna', own: true }]);
    for (const step of ['fit', 'zoom-in', 'pan-left', 'zoom-in', 'actual-size'] as const) {
      await ui.run(step);
      const [x, y] = await at(92, 90);
      const [line, pixel] = [await outline(), (await ui.box('image')).width / SIDE];
      // A bounding box may or may not take in the line itself.
      close(line.x, x, 2.1);
      close(line.y, y, 2.1);
      close(line.width, 40 * pixel, 4.1);
    }
    assert.strictEqual(await ui.webview.page.locator('#marks .line').first().evaluate((line) => getComputedStyle(line).vectorEffect), 'non-scaling-stroke');
    await command('toggle');
    assert.strictEqual(await ui.webview.page.locator('#marks').isVisible(), false);
    assert.match(await state(), /1 region · hidden/);
    await command('toggle');
    assert.strictEqual(await ui.webview.page.locator('#marks').isVisible(), true);
  });

  it('of others are shown and cannot be changed, and what cannot be drawn is counted', async () => {
    await open([
      { id: 'r', shape: { kind: 'box', x: 50, y: 50, width: 90, height: 90 }, classId: 'Pre', note: '', reviewer: 'Bert', own: false },
      { id: 'q', classId: 'Pro', note: 'a path', reviewer: 'Anna', own: true },
    ]);
    assert.deepStrictEqual(await chips(), ['Bert: Pre']);
    assert.match(await state(), /2 regions · 1 cannot be shown/);
    await click(90, 90);
    assert.strictEqual(await target(), 'Image');
    await command('select');
    assert.strictEqual(await target(), 'Region');
    await key(1);
    const changed = await write();
    assert.deepStrictEqual([changed.id, changed.shape, changed.classId, changed.note], ['q', undefined, 'Benign', 'a path']);
  });

  it('that could not be written are kept, marked, and sent again with the next change', async () => {
    await open();
    await command('box');
    await drag([20, 30], [60, 90]);
    await tell([], { text: 'The disk is full.', failed: true });
    await command('leave');
    assert.match(await state(), /not saved/);
    assert.strictEqual(await ui.webview.page.locator('#marks .line.unsaved').count(), 1);
    await command('select', 'select');
    await key(4);
    const again = await write();
    assert.deepStrictEqual([again.classId, again.shape?.kind], ['Pro', 'box']);
    assert.doesNotMatch(await state(), /not saved/);
  });

  it('are not drawn before the image was read, and go with their image', async () => {
    await ui.open();
    await tell([], undefined, { sha256: undefined });
    await command('box');
    await drag([20, 30], [60, 90]);
    assert.match(await state(), /still being read/);
    assert.deepStrictEqual(requests(), []);
    await tell([]);
    await drag([20, 30], [60, 90]);
    await write();
    await ui.webview.show({ id: 'another.png' });
    await ui.frames();
    assert.deepStrictEqual([await chips(), await target()], [[], 'Image']);
  });
});
