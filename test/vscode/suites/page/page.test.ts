import * as assert from 'node:assert';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import { SCREENSHOTS } from '../../harness/places';
import { launchBrowser } from '../../harness/server';
import { WebviewPage } from '../../harness/webviewPage';
import { analysis } from './analyses';

describe('tmp', () => {
  let browser: Browser;
  before(async () => void (browser = await launchBrowser()));
  after(() => browser.close());
  it('shows', async () => {
    const webview = await WebviewPage.open(browser);
    await webview.page.evaluate(() => document.addEventListener('securitypolicyviolation', (e) => console.error('V', e.sourceFile, e.lineNumber, e.columnNumber, e.sample, (e.target as HTMLElement)?.outerHTML?.slice(0,200))));
    await webview.show({ state: { kind: 'done', analysis: analysis() } });
    await webview.page.waitForTimeout(1000);
    console.log('before shot', webview.complaints);
    await webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-done.png') });
    console.log(webview.complaints, webview.sent);
    assert.ok(true);
  });
});
