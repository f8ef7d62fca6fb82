import * as assert from 'node:assert';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';
import { MEDIA_FRAGMENTS } from '../../../../src/annotations/shapes';
import type { Region } from '../../../../src/annotations/types';
import { smearSvg } from '../../harness/images';
import { accessibilityViolations } from '../../harness/look';
import { WORKSPACE } from '../../harness/places';
import { failureScreenshots, Session } from '../../harness/session';

const FOLDER = 'to-mark';
const NAMES = ['one.png', 'two.png'];
const SIDE = 200;
const SMEARLENS = path.join(WORKSPACE, '.smearlens');
const LOG = path.join(SMEARLENS, 'annotations');
const THEMES = { light: 'Default Light Modern', dark: 'Default Dark Modern', contrast: 'Default High Contrast' };

interface Line {
  readonly id: string;
  readonly type: string;
  readonly value: Region | string | { readonly id: string; readonly deleted: true };
  readonly reviewer: string;
  readonly previous: string;
  readonly image: { readonly path: string; readonly sha256: string };
}

describe('regions in a review session', () => {
  let session: Session;
  before(async () => {
    fs.rmSync(SMEARLENS, { recursive: true, force: true });
    fs.mkdirSync(path.join(WORKSPACE, FOLDER), { recursive: true });
    for (const [i, name] of NAMES.entries()) await sharp(smearSvg(500 + i)).resize(SIDE).png().toFile(path.join(WORKSPACE, FOLDER, name));
    session = await Session.shared({ 'smearlens.goOnAfterLabel': false, 'smearlens.reviewer': 'Anna' });
  });
  after(async () => {
    await session.leave();
    fs.rmSync(path.join(WORKSPACE, FOLDER), { recursive: true });
    fs.rmSync(SMEARLENS, { recursive: true, force: true });
  });
  failureScreenshots(() => session);

  const press = (key: string): Promise<void> => session.workbench.page.keyboard.press(key);
  const news = (text: string | RegExp): Promise<void> => session.workbench.editor().locator('#label-state', { hasText: text }).waitFor();
  const chip = (text: string | RegExp): Promise<void> => session.workbench.editor().locator('#marks .chip', { hasText: text }).waitFor();
  const tool = (name: string): Promise<void> => session.workbench.editor().locator(`body[data-tool="${name}"]`).waitFor();
  const target = (name: string): Promise<void> => session.workbench.editor().locator('#label-target').getByText(name, { exact: true }).waitFor();
  const chips = async (): Promise<string[]> => (await session.workbench.editor().locator('#marks .chip').allInnerTexts()).sort();
  const shows = async (number: number): Promise<void> => {
    await session.workbench.editor().locator('#position').getByText(`${number} / ${NAMES.length}`, { exact: true }).waitFor();
    await session.workbench.editor().locator('#label-state', { hasText: /\S/ }).waitFor();
    await session.workbench.analysed();
  };
  const lines = (reviewer = 'Anna'): Line[] => {
    const name = fs.existsSync(LOG) ? fs.readdirSync(LOG).find((file) => file.startsWith(`${reviewer}.`) && file.endsWith('.jsonl')) : undefined;
    return name ? fs.readFileSync(path.join(LOG, name), 'utf8').split('\n').slice(0, -1).map((line) => JSON.parse(line) as Line) : [];
  };
  const regionOf = (line: Line | undefined): Region => {
    assert.ok(line?.type === 'region' && typeof line.value === 'object' && !('deleted' in line.value));
    return line.value;
  };
  const verifies = (): void => {
    for (const name of fs.readdirSync(LOG).filter((file) => file.endsWith('.jsonl'))) {
      let previous = '';
      for (const line of fs.readFileSync(path.join(LOG, name), 'utf8').split('\n').slice(0, -1)) {
        assert.strictEqual((JSON.parse(line) as Line).previous, previous);
        previous = crypto.createHash('sha256').update(line, 'utf8').digest('hex');
      }
    }
  };
  /** In the window, by pixels of the image. */
  const at = async (x: number, y: number): Promise<[number, number]> => {
    const box = await session.workbench.editor().locator('#image').boundingBox();
    assert.ok(box);
    return [box.x + (x * box.width) / SIDE, box.y + (y * box.height) / SIDE];
  };
  const drag = async (from: [number, number], to: [number, number]): Promise<void> => {
    const { mouse } = session.workbench.page;
    await mouse.move(...(await at(...from)));
    await mouse.down();
    await mouse.move(...(await at(...to)), { steps: 5 });
    await mouse.up();
  };
  const click = async (x: number, y: number): Promise<void> => session.workbench.page.mouse.click(...(await at(x, y)));
  const numbers = (text: string): number[] => [...text.matchAll(/\d+(?:\.\d+)?/g)].map(([number]) => Number(number));
  const near = (actual: readonly number[], expected: readonly number[]): void => {
    assert.strictEqual(actual.length, expected.length, actual.join());
    actual.forEach((value, i) => assert.ok(Math.abs(value - (expected[i] ?? NaN)) <= 0.6, `${actual.join()} is not ${expected.join()}`));
  };

  it('are drawn by keys and mouse, get a class and a note, and are on the disk as W3C annotations', async () => {
    const { workbench } = session;
    await workbench.fromExplorer(FOLDER, 'Review Folder');
    await shows(1);
    await workbench.keysWork();
    await press('r');
    await tool('box');
    await drag([20, 30], [80, 90]);
    await chip('no class');
    await target('Box');
    await news(/^Saved: one.png box/);
    await press('3');
    await chip('Pre-B');
    await news(/box, Pre-B/);
    await press('n');
    const note = workbench.editor().locator('#note-text');
    await note.waitFor();
    await note.pressSequentially('2 nucleoli, r e g');
    await press('Enter');
    await chip('Pre-B ✎');
    await news(/^Saved/);
    await press('g');
    await tool('polygon');
    for (const corner of [[120, 110], [170, 120], [150, 170]] satisfies [number, number][]) await click(...corner);
    await press('Enter');
    await target('Polygon');
    await news(/polygon/);
    await press('4');
    await news(/polygon, Pro-B/);
    await press('Escape');
    await target('Image');
    await press('Escape');
    await tool('select');

    const all = lines();
    assert.deepStrictEqual(all.map(({ type, reviewer, image }) => [type, reviewer, image.path]), Array.from({ length: 5 }, () => ['region', 'Anna', `${FOLDER}/one.png`]));
    assert.strictEqual(all[0]?.image.sha256, crypto.createHash('sha256').update(fs.readFileSync(path.join(WORKSPACE, FOLDER, 'one.png'))).digest('hex'));
    const [drawn, classed, noted, , polygon] = all.map(regionOf);
    assert.ok(drawn && classed && noted && polygon);
    assert.match(drawn.id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepStrictEqual([classed.id, noted.id, polygon.id === drawn.id], [drawn.id, drawn.id, false]);
    assert.deepStrictEqual([drawn.type, drawn.target.selector.type, drawn.target.selector.conformsTo], ['Annotation', 'FragmentSelector', MEDIA_FRAGMENTS]);
    near(numbers(drawn.target.selector.value), [20, 30, 60, 60]);
    assert.deepStrictEqual(drawn.body, []);
    assert.deepStrictEqual(noted.body, [
      { type: 'TextualBody', purpose: 'tagging', value: 'Pre' },
      { type: 'TextualBody', purpose: 'commenting', value: '2 nucleoli, r e g' },
    ]);
    assert.match(polygon.target.selector.value, /^<svg><polygon points="[\d., ]+"\/><\/svg>$/);
    near(numbers(polygon.target.selector.value), [120, 110, 170, 120, 150, 170]);
    assert.strictEqual(polygon.body[0]?.value, 'Pro');
    verifies();
    assert.deepStrictEqual(await accessibilityViolations(workbench.editor()), []);
  });

  it('are there again after the window was loaded anew, and are taken back by Z', async () => {
    const { workbench } = session;
    await workbench.reload();
    await workbench.analysed();
    await chip('Pro-B');
    assert.deepStrictEqual(await chips(), ['Pre-B ✎', 'Pro-B']);
    await click(50, 60);
    await target('Box');
    const before = lines().length;
    await press('Delete');
    await news(/region removed/);
    assert.deepStrictEqual(await chips(), ['Pro-B']);
    await press('z');
    await chip('Pre-B ✎');
    const [removed, undone] = lines().slice(before);
    assert.deepStrictEqual([removed?.value, undone?.type, undone?.value], [{ id: regionOf(lines()[0]).id, deleted: true }, 'undo', removed?.id]);
    verifies();
  });

  it('look well on every theme', async () => {
    const { workbench } = session;
    await press('t');
    await tool('point');
    await click(40, 160);
    await target('Point');
    await press('1');
    await chip('Benign');
    for (const [name, theme] of Object.entries(THEMES)) {
      session.changeSettings({ 'smearlens.goOnAfterLabel': false, 'smearlens.reviewer': 'Anna', 'workbench.colorTheme': theme });
      const kind = { light: 'vscode-light', dark: 'vscode-dark', contrast: 'vscode-high-contrast' }[name] ?? '';
      await workbench.editor().locator(`body.${kind}`).waitFor();
      await session.screenshot(`regions-${name}`);
      assert.deepStrictEqual(await accessibilityViolations(workbench.editor()), []);
    }
    await press('Escape');
    await press('Escape');
    await tool('select');
  });

  it('of somebody else stay hidden until there is an own label', async () => {
    const { workbench } = session;
    await press('ArrowRight');
    await shows(2);
    await workbench.editor().locator('#region-state', { hasText: 'No regions' }).waitFor();
    const file = path.join(WORKSPACE, FOLDER, 'two.png');
    const image = { path: `${FOLDER}/two.png`, sha256: crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex') };
    const region = { id: 'b-1', type: 'Annotation', body: [{ type: 'TextualBody', purpose: 'tagging', value: 'Early' }], target: { selector: { type: 'FragmentSelector', value: 'xywh=pixel:50,50,60,60' } } };
    const event = { v: 1, time: new Date().toISOString(), reviewer: 'Bert', image, previous: '' };
    const first = JSON.stringify({ ...event, id: 'b1', type: 'region', value: region });
    const second = JSON.stringify({ ...event, id: 'b2', type: 'label', value: 'Early', previous: crypto.createHash('sha256').update(first, 'utf8').digest('hex') });
    fs.writeFileSync(path.join(LOG, 'Bert.cafe0000.jsonl'), `${first}\n${second}\n`);
    // An own one is shown at once, and by then the other's has been read: an append reads all files.
    await press('e');
    await tool('ellipse');
    await drag([130, 130], [180, 160]);
    await news(/^Saved: two.png ellipse/);
    assert.deepStrictEqual(await chips(), ['no class']);
    await press('Escape');
    await press('Escape');
    await target('Image');
    await tool('select');
    await press('2');
    await chip('Bert: Early Pre-B');
    assert.deepStrictEqual(await chips(), ['Bert: Early Pre-B', 'no class']);
    assert.deepStrictEqual(lines().slice(-2).map(({ type }) => type), ['region', 'label']);
    verifies();
    await session.screenshot('regions-two-reviewers');
    assert.deepStrictEqual(session.complaints, []);
  });
});
