import * as assert from 'node:assert';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import type { Analysis } from '../../../../src/protocol/analysis';
import { DEFAULT_VIEW, type ViewState } from '../../../../src/protocol/viewState';
import { accessibilityViolations, choose, overlayPixel, overlayPixels, overlayRadio, slide } from '../../harness/look';
import { SCREENSHOTS } from '../../harness/places';
import { launchBrowser } from '../../harness/server';
import { imageUri, WebviewPage, type PageSetup } from '../../harness/webviewPage';
import { analysis, CLASSES, explanation, OUTSIDE, spike } from './analyses';

describe("the editor's page", () => {
  let browser: Browser;
  let webview: WebviewPage;
  before(async () => void (browser = await launchBrowser()));
  after(() => browser.close());
  afterEach(async () => {
    const { complaints } = webview;
    await webview.close();
    assert.deepStrictEqual(complaints, [], 'The browser complained.');
  });

  async function open(setup: PageSetup = {}): Promise<void> {
    webview = await WebviewPage.open(browser, setup);
  }

  async function showAnalysis(change: Partial<Analysis> = {}, view: Partial<ViewState> = {}): Promise<void> {
    await webview.show({ state: { kind: 'done', analysis: analysis(change) }, view: { ...DEFAULT_VIEW, ...view } });
    await webview.page.locator('body[data-image="shown"]:not([data-state="running"]):not([data-state="loading"])').waitFor();
  }

  const text = async (id: string): Promise<string> => (await webview.page.locator(`#${id}`).innerText()).trim();
  const visible = (id: string): Promise<boolean> => webview.page.locator(`#${id}`).isVisible();
  const rows = async (): Promise<string[]> => (await webview.page.locator('#probability-rows tr').allInnerTexts()).map((row) => row.replace(/\s+/g, ' ').trim());

  describe('verdict', () => {
    it('names the class, its probability and what it is', async () => {
      await open();
      await showAnalysis();
      assert.strictEqual(await text('verdict-title'), 'Early');
      assert.strictEqual(await text('verdict-detail'), 'Probability 97.0 %, malignant. Early pre-B lymphoblasts.');
      assert.deepStrictEqual(await rows(), ['Benign 0.2 %', 'Early 97.0 %', 'Pre 2.8 %', 'Pro < 0.1 %']);
      assert.strictEqual(await webview.page.locator('#probability-rows .predicted th').innerText(), 'Early');
      await webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-verdict.png') });
    });

    it('offers no class for an image outside the domain: the scores are there for who opens them', async () => {
      await open();
      await showAnalysis({ domain: OUTSIDE });
      assert.strictEqual(await text('verdict-title'), "Unlike this model's training images: no class offered");
      assert.strictEqual(await visible('probabilities'), false);
      assert.strictEqual(await overlayPixels(webview.page), 'hidden');
      await webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-outside.png') });
      await webview.page.locator('#raw-scores summary').click();
      assert.deepStrictEqual(await rows(), ['Benign 0.2 %', 'Early 97.0 %', 'Pre 2.8 %', 'Pro < 0.1 %']);
      assert.strictEqual(await webview.page.locator('.predicted').count(), 0);
    });

    it('brings the table back when the next image is in the domain', async () => {
      await open();
      await showAnalysis({ domain: OUTSIDE });
      await showAnalysis();
      await webview.page.locator('#scores > #probabilities').waitFor();
      assert.strictEqual(await visible('raw-scores'), false);
    });

    it('gives a verdict by a model that does not know its domain', async () => {
      await open();
      await showAnalysis({ domain: undefined });
      assert.strictEqual(await text('verdict-title'), 'Early');
    });

    it('never says 100 % or 0 %', async () => {
      await open();
      await showAnalysis({ probabilities: [0, 1, 0, 0] });
      assert.deepStrictEqual(await rows(), ['Benign < 0.1 %', 'Early > 99.9 %', 'Pre < 0.1 %', 'Pro < 0.1 %']);
    });

    it('lists the likeliest classes of a model that has many', async () => {
      await open();
      const classes = Array.from({ length: 1000 }, (_, i) => ({ id: String(i), name: String(i) }));
      const probabilities = classes.map((_, i) => i / 499_500);
      await showAnalysis({ model: { ...analysis().model, classes }, probabilities, predicted: 999, explanation: undefined });
      assert.strictEqual((await rows()).length, 12);
      assert.strictEqual((await rows())[0], '999 0.2 %');
      assert.strictEqual(await text('more-classes'), 'The likeliest 12 of 1000 classes.');
    });

    it('is a live region, so that a screen reader says it when it arrives', async () => {
      await open();
      await webview.show({});
      const region = webview.page.locator('#verdict[role="status"]');
      assert.match(await region.innerText(), /Analysing/);
      await showAnalysis();
      assert.match(await region.innerText(), /Early/);
    });
  });

  describe('states', () => {
    it('shows the picture while the analysis runs', async () => {
      await open();
      await webview.show({});
      await webview.page.locator('body[data-image="shown"][data-state="running"]').waitFor();
      assert.ok(await visible('progress'));
      assert.strictEqual(await visible('explanation'), false);
    });

    it('says what went wrong and what to do, beside the picture', async () => {
      await open();
      await webview.show({ state: { kind: 'failed', error: { code: 'model-not-found', message: 'There is no model.', hint: 'Choose one.' } } });
      await webview.page.locator('body[data-image="shown"][data-state="failed"]').waitFor();
      assert.deepStrictEqual([await text('verdict-title'), await text('verdict-detail')], ['There is no model.', 'Choose one.']);
      assert.strictEqual(await visible('scores'), false);
      await webview.page.locator('#retry').click();
      await webview.page.locator('#choose-model').click();
      await webview.page.locator('#show-log').click();
      assert.deepStrictEqual(webview.sent.slice(1), ['retry', 'choose-model', 'show-log'].map((action) => ({ kind: 'action', action })));
      await webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-failed.png') });
    });

    it('tells the host of a picture that the browser cannot decode, and shows what the host decodes instead', async () => {
      await open();
      await webview.show({ image: { kind: 'uri', uri: imageUri('broken.png') } });
      await webview.hasSent(2);
      assert.deepStrictEqual(webview.sent[1], { kind: 'image-failed', id: 'smear.png' });
      await webview.show({ image: { kind: 'unshowable' } });
      await webview.page.locator('#no-image').waitFor();
    });

    it('says that a file has been deleted', async () => {
      await open();
      await webview.show({ state: { kind: 'deleted' } });
      await webview.page.locator('body[data-state="deleted"]').waitFor();
      assert.strictEqual(await text('verdict-title'), 'This file has been deleted.');
    });

    it('predicts where it cannot explain, and says why it cannot', async () => {
      await open();
      await showAnalysis({ explanation: { error: { code: 'op-not-differentiable', message: 'Node 7 is a Loop.', hint: 'Choose another layer.' } } });
      assert.strictEqual(await text('verdict-title'), 'Early');
      assert.strictEqual(await text('explanation-failure-text'), 'Node 7 is a Loop. Choose another layer.');
      // Score-CAM needs no gradient.
      assert.deepStrictEqual(await webview.page.locator('#overlay-choice vscode-radio').allTextContents(), ['Off', "Score-CAM (authors')"]);
      await showAnalysis({ explanation: { error: { code: 'no-explanation-layer', message: 'No layer has pixels.', hint: 'Choose another model.' } } });
      await webview.page.locator('#controls').waitFor({ state: 'hidden' });
      assert.strictEqual(await text('explanation-failure-text'), 'No layer has pixels. Choose another model.');
    });
  });

  describe('overlay', () => {
    it('lies exactly over the picture', async () => {
      for (const [width, height] of [[1100, 760], [500, 900]] as const) {
        await open({ width, height });
        await showAnalysis();
        const [image, overlay] = await Promise.all(['image', 'overlay'].map((id) => webview.page.locator(`#${id}`).boundingBox()));
        assert.deepStrictEqual(overlay, image);
        if (width === 1100) await webview.close();
      }
    });

    it('is Grad-CAM of the predicted class at first, in viridis at half opacity', async () => {
      await open();
      await showAnalysis();
      assert.ok(await overlayRadio(webview.page, 'Grad-CAM').first().evaluate((radio) => radio.getAttribute('aria-checked') === 'true'));
      // The hill of class 1 is at column 2, row 2 of 7: its top, in the middle of 32 × 32 pixels, is viridis' brightest colour.
      const [r = 0, g = 0, b = 0, alpha] = await overlayPixel(webview.page, 80, 80);
      assert.strictEqual(alpha, 128);
      // A canvas keeps colours multiplied by their alpha, which costs a unit or two.
      [r - 253, g - 231, b - 37].forEach((difference) => assert.ok(Math.abs(difference) <= 2, `${r}, ${g}, ${b}`));
    });

    it('changes with every control, without a message from the host', async () => {
      await open();
      await showAnalysis();
      await webview.page.evaluate(() => window.addEventListener('message', () => document.body.append('a message came')));
      const seen = [await overlayPixels(webview.page)];
      const changes: (() => Promise<void>)[] = [
        () => overlayRadio(webview.page, 'paper').click(),
        () => overlayRadio(webview.page, 'normalised').click(),
        () => choose(webview.page, 'class-choice', 'Pro'),
        () => choose(webview.page, 'colour-map', 'Inferno'),
        () => slide(webview.page, 'opacity', '0.8'),
        () => slide(webview.page, 'threshold', '0.3'),
        () => overlayRadio(webview.page, 'Off').click(),
      ];
      for (const change of changes) {
        await change();
        const pixels = await overlayPixels(webview.page);
        assert.ok(!seen.includes(pixels), `Change ${seen.length} shows what was shown before.`);
        seen.push(pixels);
      }
      assert.strictEqual(seen.at(-1), 'hidden');
      assert.strictEqual(await webview.page.getByText('a message came').count(), 0);
      const last: ViewState = { ...DEFAULT_VIEW, overlay: 'off', classId: 'pro', opacity: 0.8, colourMap: 'inferno', threshold: 0.3 };
      // One notice a change, for the host to keep, and none has a reply.
      assert.strictEqual(webview.sent.length, 1 + changes.length);
      assert.deepStrictEqual(webview.sent.at(-1), { kind: 'view', view: last });
    });

    it('says that a flat map is flat, and draws none', async () => {
      await open();
      const maps = explanation().maps.map((map) => (map.classIndex === 3 ? { ...map, raw: new Float32Array(49), flat: true } : map));
      await showAnalysis({ explanation: explanation({ maps }) }, { classId: 'pro' });
      assert.strictEqual(await text('overlay-note'), 'This map is flat: nothing stands out for this class.');
      assert.strictEqual(await overlayPixels(webview.page), 'hidden');
      await choose(webview.page, 'class-choice', 'Early');
      assert.strictEqual(await visible('overlay-note'), false);
    });

    it("covers the part of the image that the network's input shows", async () => {
      await open();
      const maps = [{ method: 'grad-cam', variant: 'none', classIndex: 1, raw: spike(0, 0), flat: false }] as const;
      const image = { ...analysis().image, field: { x: 56, y: 0, width: 112, height: 224 } };
      await showAnalysis({ image, explanation: explanation({ maps }) }, { opacity: 1 });
      assert.deepStrictEqual(await overlayPixel(webview.page, 0, 0), [253, 231, 37, 255]);
      const [picture, field] = await Promise.all(['image', 'overlay'].map((id) => webview.page.locator(`#${id}`).evaluate((e) => e.getBoundingClientRect().toJSON() as DOMRect)));
      assert.ok(picture && field);
      const shares = [(field.x - picture.x) / picture.width, (field.y - picture.y) / picture.height, field.width / picture.width, field.height / picture.height];
      [0.25, 0, 0.5, 1].forEach((share, i) => assert.ok(Math.abs((shares[i] ?? NaN) - share) < 1e-4, String(shares)));
    });

    it('says where agreement of the methods is arithmetic', async () => {
      await open();
      await showAnalysis({ explanation: explanation({ uniformGradient: true }) });
      assert.match(await text('agreement-note'), /arithmetic, not corroboration/);
      await showAnalysis();
      await webview.page.locator('#agreement-note').waitFor({ state: 'hidden' });
    });
  });

  describe('view', () => {
    it('hands what it kept to the host when it starts', async () => {
      const state: ViewState = { ...DEFAULT_VIEW, colourMap: 'magma' };
      await open({ state: { view: state } });
      assert.deepStrictEqual(webview.sent, [{ kind: 'ready', state: { view: state } }]);
    });

    it('shows the view that the host sends first, in the controls too, and keeps its own afterwards', async () => {
      await open();
      await showAnalysis({}, { overlay: 'grad-cam++ paper', classId: 'pre', opacity: 0.25, colourMap: 'cividis', threshold: 0.1 });
      const values = (): Promise<string[]> =>
        Promise.all(['overlay-choice', 'class-choice', 'opacity', 'colour-map', 'threshold'].map((id) => webview.page.locator(`#${id}`).evaluate((e) => (e as HTMLInputElement).value)));
      assert.deepStrictEqual(await values(), ['grad-cam++ paper', 'pre', '0.25', 'cividis', '0.1']);
      await slide(webview.page, 'opacity', '0.75');
      await showAnalysis({}, { opacity: 0.1 });
      assert.deepStrictEqual(await values(), ['grad-cam++ paper', 'pre', '0.75', 'cividis', '0.1']);
    });

    it('falls back on the predicted class where the model has no class of that name', async () => {
      await open();
      await showAnalysis({}, { classId: 'of another model' });
      assert.strictEqual(await webview.page.locator('#class-choice').evaluate((e) => (e as HTMLInputElement).value), 'early');
    });
  });

  describe('access', () => {
    it('reaches every control by Tab and changes the overlay by keys alone', async () => {
      await open();
      await showAnalysis();
      const reached: string[] = [];
      for (let i = 0; i < 40; i++) {
        await webview.page.keyboard.press('Tab');
        const id = await webview.page.evaluate(() => document.activeElement?.closest('[id]')?.id ?? '');
        if (!id || reached.includes(id)) break;
        reached.push(id);
        if (id === 'overlay-choice') {
          const before = await overlayPixels(webview.page);
          await webview.page.keyboard.press('ArrowDown');
          assert.notStrictEqual(await overlayPixels(webview.page), before);
        }
      }
      assert.deepStrictEqual(reached, [
        ...['region-select', 'region-box', 'region-ellipse', 'region-polygon', 'region-point', 'region-delete', 'region-toggle'],
        ...['label-unsure', 'label-note', 'label-exclude', 'label-undo'],
        ...['previous', 'next', 'zoom-out', 'zoom-in', 'fit', 'actual-size', 'toggle-panel'],
        ...['overlay-choice', 'more-methods', 'class-choice', 'choose-layer', 'style-choice', 'threshold', 'opacity', 'colour-map', 'check-map', 'copy-result', 'export-overlay', 'contact-sheet'],
      ]);
    });

    it('has the panel beside the picture when wide, and below it when narrow', async () => {
      await open({ width: 1100 });
      await showAnalysis();
      const place = async (id: string): Promise<{ x: number; y: number; width: number; height: number }> => {
        const box = await webview.page.locator(`#${id}`).boundingBox();
        assert.ok(box);
        return box;
      };
      assert.ok((await place('panel')).x >= (await place('stage')).x + (await place('stage')).width);
      await webview.page.setViewportSize({ width: 480, height: 900 });
      assert.ok((await place('panel')).y >= (await place('stage')).y + (await place('stage')).height);
      assert.strictEqual(await webview.page.evaluate(() => document.documentElement.scrollWidth), 480);
      await webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-narrow.png'), fullPage: true });
    });

    it('keeps class names of several words, and long ones, within the panel', async () => {
      await open();
      const [first, ...rest] = CLASSES;
      for (const name of ['Benign (hematogones)', 'Pseudomonomegakaryoblastoid']) {
        await showAnalysis({ model: { ...analysis().model, classes: [{ ...first, name }, ...rest] }, predicted: 0 });
        await webview.page.locator('#verdict-title', { hasText: name }).waitFor();
        assert.strictEqual(await webview.page.locator('#panel').evaluate((panel) => panel.scrollWidth - panel.clientWidth), 0, name);
      }
    });

    it('gives axe-core nothing to find', async () => {
      for (const domain of [undefined, OUTSIDE]) {
        await open();
        await showAnalysis({ domain });
        if (domain) await webview.page.locator('#raw-scores summary').click();
        assert.deepStrictEqual(await accessibilityViolations(webview.page), []);
        if (!domain) await webview.close();
      }
    });
  });
});
