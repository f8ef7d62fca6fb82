import * as assert from 'node:assert';
import * as path from 'node:path';
import type { MapChecks } from '../../../../src/protocol/mapChecks';
import { accessibilityViolations, choose } from '../../harness/look';
import { SCREENSHOTS } from '../../harness/places';
import { ViewerPage } from './viewerPage';

const OF_EARLY: MapChecks = { map: { method: 'grad-cam', variant: 'none', classIndex: 1 }, sentences: ['Removing the marked areas lowers the score more.', '40 % of the energy lies on nuclei.'] };

describe('the checks of a map on the page', () => {
  const ui = new ViewerPage();
  const button = (id: string): Promise<boolean> => ui.webview.page.locator(`#${id}`).isVisible();
  const knows = async (checks: MapChecks): Promise<void> => {
    await ui.webview.inquired({}, 'smear.png', checks);
    await ui.frames();
  };

  it('are asked for with the map on show', async () => {
    await ui.open();
    await ui.webview.page.locator('#check-map').click();
    const [asked] = ui.webview.sent.filter(({ kind }) => kind === 'check');
    assert.ok(asked?.kind === 'check');
    assert.deepStrictEqual([asked.asked, asked.map.method, asked.map.classIndex, asked.map.raw.length], ['all', 'grad-cam', 1, asked.map.height * asked.map.width]);
  });

  it('are told as they come, can be stopped, and offer ROAD at their end', async () => {
    await ui.open();
    await knows({ ...OF_EARLY, running: 'Making the last weights random…' });
    assert.deepStrictEqual(await ui.webview.page.locator('#findings li').allTextContents(), OF_EARLY.sentences);
    assert.strictEqual(await ui.webview.page.locator('#checks-state').innerText(), 'Making the last weights random…');
    assert.deepStrictEqual([await button('check-map'), await button('check-road'), await button('stop-checks')], [false, false, true]);
    await ui.webview.page.locator('#stop-checks').click();
    assert.ok(ui.webview.sent.some(({ kind }) => kind === 'stop-checks'));
    await knows(OF_EARLY);
    assert.deepStrictEqual([await button('check-map'), await button('check-road'), await button('stop-checks')], [false, true, false]);
    assert.deepStrictEqual(await accessibilityViolations(ui.webview.page), []);
    await ui.webview.page.locator('#check-road').scrollIntoViewIfNeeded();
    await ui.webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-checks.png') });
  });

  it('name the map that they are of, and offer to check another one', async () => {
    await ui.open();
    await knows(OF_EARLY);
    await choose(ui.webview.page, 'class-choice', 'Pro');
    assert.match(await ui.webview.page.locator('#checked-map').innerText(), /^Grad-CAM for Early:$/);
    assert.deepStrictEqual([await button('check-map'), await button('check-road')], [true, false]);
  });

  it('say what went wrong, and can be tried again', async () => {
    await ui.open();
    await knows({ ...OF_EARLY, error: { code: 'inference-failed', message: 'It failed.', hint: 'Try again.' } });
    assert.strictEqual(await ui.webview.page.locator('#checks-state').innerText(), 'It failed. Try again.');
    assert.strictEqual(await button('check-map'), true);
  });
});
