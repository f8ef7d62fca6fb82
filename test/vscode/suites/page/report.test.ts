import * as assert from 'node:assert';
import { EventEmitter, once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { reportPage } from '../../../../src/evaluation/report/html';
import type { ReportData } from '../../../../src/evaluation/report/types';
import { writeReport } from '../../../../src/evaluation/report/writeReport';
import { metricsOf } from '../../../../src/evaluation/metrics/metrics';
import { abstaining, withThresholds } from '../../../../src/evaluation/metrics/decisions';
import type { FromReport } from '../../../../src/protocol/report';
import { CLASSES, predictionSet, sampleReport } from '../../harness/evaluation';
import { accessibilityViolations, slide } from '../../harness/look';
import { SCREENSHOTS } from '../../harness/places';
import { launchBrowser, ROOT } from '../../harness/server';

const ASSETS = path.join(ROOT, 'dist/webview');
const ORIGIN = 'http://report.test';
const COUNT = 600;

type Theme = 'light' | 'dark' | 'high-contrast';

/** What VS Code's themes give the page, as far as it reads them. */
const THEMES: Record<Theme, Record<string, string>> = {
  light: { 'foreground': '#3b3b3b', 'editor-background': '#ffffff', 'descriptionForeground': '#555555', 'textLink-foreground': '#005fb8', 'dropdown-background': '#ffffff', 'dropdown-foreground': '#3b3b3b' },
  dark: { 'foreground': '#cccccc', 'editor-background': '#1f1f1f', 'descriptionForeground': '#9d9d9d', 'textLink-foreground': '#4daafc', 'dropdown-background': '#313131', 'dropdown-foreground': '#cccccc' },
  'high-contrast': { 'foreground': '#ffffff', 'editor-background': '#000000', 'descriptionForeground': '#ffffff', 'textLink-foreground': '#21a6ff', 'contrastBorder': '#6fc3df', 'focusBorder': '#f38518', 'dropdown-background': '#000000', 'dropdown-foreground': '#ffffff' },
};

describe("the evaluation's report", () => {
  let browser: Browser;
  let data: ReportData;
  let file: string;
  let page: Page;
  let complaints: string[];
  let requests: string[];
  let sent: FromReport[];
  const arrivals = new EventEmitter();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'report-'));

  before(async () => {
    browser = await launchBrowser();
    data = await sampleReport(COUNT);
    file = await writeReport(folder, data, ASSETS);
  });
  after(async () => {
    await browser.close();
    fs.rmSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await page.close();
    assert.deepStrictEqual(complaints, [], 'The browser complained.');
  });

  async function newPage(options: Parameters<Browser['newPage']>[0] = {}): Promise<void> {
    page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
    complaints = [];
    requests = [];
    sent = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => !request.url().startsWith('data:') && requests.push(request.url()));
  }

  const drawn = (): Promise<void> => page.locator('body[data-state="drawn"]').waitFor();

  async function openFile(options: Parameters<Browser['newPage']>[0] = {}): Promise<void> {
    await newPage(options);
    await page.goto(pathToFileURL(file).href);
    await drawn();
  }

  /** The page as VS Code serves it. */
  async function openWebview(theme: Theme): Promise<void> {
    await newPage();
    await page.exposeFunction('hostReceives', (message: FromReport) => {
      sent.push(message);
      arrivals.emit('message');
    });
    await page.addInitScript(() => {
      let state: unknown = JSON.parse(sessionStorage.getItem('state') ?? 'null');
      const keep = (next: unknown): void => sessionStorage.setItem('state', JSON.stringify((state = next)));
      const receives = (window as unknown as { hostReceives: (message: unknown) => void }).hostReceives;
      Object.assign(window, { acquireVsCodeApi: () => ({ postMessage: receives, getState: () => state, setState: keep }) });
    });
    const variables = Object.entries(THEMES[theme]).map(([name, value]) => `--vscode-${name}:${value}`).join(';');
    const served = reportPage(data, { cspSource: ORIGIN, script: `${ORIGIN}/report.js`, style: `${ORIGIN}/report.css`, nonce: 'bm9uY2U' });
    const html = served.replace("style-src", "style-src-attr 'unsafe-inline'; style-src").replace('<html ', `<html style="${variables}" `).replace('<body', `<body class="vscode-${theme}"`);
    await page.route(`${ORIGIN}/**`, (route) => {
      const name = new URL(route.request().url()).pathname.slice(1);
      return name === 'page.html' ? route.fulfill({ contentType: 'text/html', body: html }) : route.fulfill({ path: path.join(ASSETS, name) });
    });
    await page.goto(`${ORIGIN}/page.html`);
    await drawn();
  }

  async function hasSent(count: number): Promise<void> {
    while (sent.length < count) await once(arrivals, 'message');
  }

  const listed = (n: number): Promise<void> => page.locator('#image-filters [role=status]', { hasText: `${n} ${n === 1 ? 'image' : 'images'} of ${COUNT}.` }).waitFor();
  const liveFigure = (name: string): Promise<string> => page.locator('#live tr', { has: page.getByRole('rowheader', { name, exact: true }) }).locator('td').nth(1).innerText();
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

  it('is one file that asks for nothing else, its charts drawn under its policy', async () => {
    await openFile();
    assert.deepStrictEqual(requests, [pathToFileURL(file).href]);
    // One line a class in each of the two curve charts, and the diagonal of the first.
    assert.strictEqual(await page.locator('#roc .mark-line path').count(), CLASSES.length + 1);
    assert.strictEqual(await page.locator('#pr .mark-line path').count(), CLASSES.length);
    const bins = data.result.models[0].metrics.calibration.bins.filter(({ count }) => count > 0).length;
    assert.strictEqual(await page.locator('#reliability .mark-rect path').count(), 2 * bins);
  });

  it('begins with what the leakage gate found, and shows markup in names as text', async () => {
    await openFile();
    assert.strictEqual((await page.locator('body').innerText()).trim().split('\n')[0], data.result.leakage.summary);
    await page.locator('#leakage summary').click();
    assert.match(await page.locator('#leakage').innerText(), /Benign\/cat <b>\.jpg/);
    assert.match(await page.locator('#unreadable').innerText(), /broken <\/script><script>alert\(1\)<\/script>\.jpg/);
    assert.strictEqual(await page.locator('#leakage').getAttribute('data-finding'), 'found');
  });

  it('has a row a model, in bold those that cannot be told from the best', async () => {
    await openFile();
    const rows = page.locator('#models tbody tr');
    assert.strictEqual(await rows.count(), data.result.models.length);
    const { models, notDistinguishable } = data.result;
    const best = models.filter(({ id }) => notDistinguishable.includes(id)).map(({ name }) => name);
    assert.ok(best.length > 0 && best.length < models.length);
    assert.deepStrictEqual(await page.locator('#models .best button').allInnerTexts(), best);
    const [, accuracy] = (await rows.nth(2).innerText()).split('\t');
    assert.strictEqual(accuracy, percent(data.result.models[2].metrics.accuracy));
  });

  it('moves the figures with the thresholds, to those of the metrics themselves', async () => {
    await openFile();
    const set = predictionSet(COUNT, 4, 11);
    await slide(page, 'threshold-3', '0.8');
    await slide(page, 'abstain', '0.6');
    const expected = metricsOf(abstaining(withThresholds(set, [0.5, 0.5, 0.5, 0.8]), 0.6), { intervals: false });
    assert.notStrictEqual(percent(expected.accuracy), percent(data.result.models[0].metrics.accuracy));
    await page.locator('#live strong').first().waitFor();
    assert.deepStrictEqual(
      [await liveFigure('Accuracy'), await liveFigure('F1 (macro)'), await liveFigure('MCC'), await liveFigure('Sensitivity for malignant')],
      [percent(expected.accuracy), percent(expected.macro.f1), expected.mcc.toFixed(3), percent(expected.twoClass?.sensitivity ?? NaN)],
    );
    const counts = await page.locator('#confusion td :is(strong, .none)').allInnerTexts();
    const matrix = expected.confusionMatrix.flatMap((row, truth) => [...row, expected.unidentified?.[truth] ?? 0]);
    assert.deepStrictEqual(counts.map(Number), matrix);
    await page.locator('#reset-thresholds').click();
    await page.locator('#live strong').first().waitFor({ state: 'detached' });
    assert.strictEqual(await liveFigure('Accuracy'), percent(data.result.models[0].metrics.accuracy));
  });

  it('shows the images of a cell of the confusion matrix, one of them larger, and lets go of them', async () => {
    await openFile();
    const n = data.result.models[0].metrics.confusionMatrix[1][3];
    await page.getByRole('button', { name: /^Truth Early Pre-B, predicted Pro-B/ }).click();
    await page.locator('#image-filters .picked', { hasText: 'Truth Early Pre-B, predicted Pro-B' }).waitFor();
    await listed(n);
    await page.locator('#images .tabulator-row button').first().click();
    const detail = await page.locator('#image-detail').innerText();
    assert.match(detail, /^Early\/Smear \d+ é\.jpg\n+Truth: Early Pre-B\. MobileNetV2: Pro-B, \d/);
    assert.strictEqual(await page.locator('#image-detail img').count(), 2);
    await page.getByRole('button', { name: 'Show all images' }).click();
    await listed(COUNT);
  });

  it('lists the wrong ones first, the surest first, and filters and sorts them', async () => {
    await openFile();
    const wrong = predictionSet(COUNT, 4, 11).rows.filter(({ label, predicted }) => label !== predicted);
    const surest = wrong.sort((a, b) => Math.max(...b.probabilities) - Math.max(...a.probabilities))[0];
    const first = page.locator('#images .tabulator-row').first();
    assert.match(await first.innerText(), new RegExp(surest.path));
    const made = await page.locator('#images .tabulator-row').count();
    assert.ok(made > 5 && made < 60, `${made} rows exist.`);
    await page.locator('#show-images').selectOption('wrong');
    await listed(wrong.length);
    await page.locator('#search-images').fill('benign/');
    await listed(wrong.filter(({ path: name }) => name.startsWith('Benign/')).length);
    await page.locator('#show-images').selectOption('all');
    await page.locator('#search-images').fill('');
    await page.locator('#order-images').selectOption('path');
    await first.getByText('Benign/Smear').waitFor();
    await page.locator('#images').getByRole('columnheader', { name: 'Image' }).dblclick();
    await first.getByText('Pro/Smear').waitFor();
  });

  it('shows the heat maps when asked to', async () => {
    await openFile();
    const source = (): Promise<string | null> => page.locator('#images img.thumbnail').first().getAttribute('src');
    const before = await source();
    await page.locator('#heat-maps').check();
    await page.waitForFunction((old) => document.querySelector('#images img.thumbnail')?.getAttribute('src') !== old, before);
    assert.ok(Object.values(data.thumbnails).some(({ cam }) => cam !== undefined));
    await page.locator('#heat-maps').uncheck();
    await page.waitForFunction((old) => document.querySelector('#images img.thumbnail')?.getAttribute('src') === old, before);
  });

  it('shows another model when its row is chosen', async () => {
    await openFile();
    await page.locator('#models').getByRole('button', { name: 'SqueezeNet 1.1' }).click();
    assert.strictEqual(await page.locator('#model-select').inputValue(), 'squeezenet');
    const [first] = await page.locator('#figures .value').allInnerTexts();
    assert.strictEqual(first, percent(data.result.models[2].metrics.twoClass?.sensitivity ?? NaN));
    assert.strictEqual(await liveFigure('Accuracy'), percent(data.result.models[2].metrics.accuracy));
  });

  for (const theme of ['light', 'dark', 'high-contrast'] as const) {
    it(`opens a review session from cell, curve and row in VS Code, and is accessible (${theme})`, async () => {
      await openWebview(theme);
      await page.screenshot({ path: path.join(SCREENSHOTS, `report-${theme}.png`), fullPage: true });
      for (const fold of await page.locator('summary').all()) await fold.click();
      assert.deepStrictEqual(await accessibilityViolations(page), []);
      await page.getByRole('button', { name: /^Truth Pre-B, predicted Early Pre-B/ }).click();
      const expected = predictionSet(COUNT, 4, 11).rows.filter(({ label, predicted }) => label === 2 && predicted === 1);
      await hasSent(1);
      assert.deepStrictEqual(sent[0]?.paths, expected.map(({ path: name }) => name));
      assert.deepStrictEqual([sent[0]?.title, sent[0]?.model], ['Truth Pre-B, predicted Early Pre-B', 'all-mobilenetv2']);
      assert.match(sent[0]?.notes[expected[0].path] ?? '', /^Truth: Pre-B\. MobileNetV2: Early Pre-B, /);

      // Near the corner up left, where all curves pass.
      await page.locator('#roc .chart svg').click({ position: await cornerOf(page) });
      await hasSent(2);
      assert.match(sent[1].title, /at p ≥ [\d.e-]+: \d+ missed, \d+ falsely called$/);

      await page.locator('#images .tabulator-row button').nth(1).click();
      await hasSent(3);
      assert.strictEqual(sent[2].paths[0], await page.locator('#images .tabulator-row button').nth(1).innerText());
    });
  }

  it('keeps model and thresholds while its tab is hidden', async () => {
    await openWebview('light');
    await page.locator('#model-select').selectOption('resnet50');
    await slide(page, 'abstain', '0.7');
    await page.locator('#live strong').first().waitFor();
    const before = await page.locator('#live').innerText();
    await page.reload();
    await drawn();
    assert.strictEqual(await page.locator('#model-select').inputValue(), 'resnet50');
    assert.strictEqual(await page.locator('#live').innerText(), before);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`is readable as a file, narrow and wide, and accessible (${colorScheme})`, async () => {
      for (const width of [400, 1500]) {
        await openFile({ viewport: { width, height: 900 }, colorScheme });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `The page is ${overflow} pixels too wide at ${width}.`);
        assert.deepStrictEqual(await accessibilityViolations(page), []);
        await page.screenshot({ path: path.join(SCREENSHOTS, `report-file-${colorScheme}-${width}.png`), fullPage: true });
        if (width === 400) await page.close();
      }
    });
  }
});

/** A tenth in from the plot's left and upper edge. */
async function cornerOf(page: Page): Promise<{ x: number; y: number }> {
  return page.locator('#roc .chart svg').evaluate((svg) => {
    const plot = svg.querySelector('.mark-group.role-frame .background')?.getBoundingClientRect();
    const own = svg.getBoundingClientRect();
    return plot ? { x: plot.x - own.x + 0.02 * plot.width, y: plot.y - own.y + 0.05 * plot.height } : { x: 0, y: 0 };
  });
}
