import * as assert from 'node:assert';
import * as path from 'node:path';
import type { Analysis } from '../../../../src/protocol/analysis';
import type { FromEditor } from '../../../../src/protocol/editor';
import type { MapAnswer } from '../../../../src/protocol/inquiry';
import type { InquiryState } from '../../../../src/protocol/inquiryState';
import type { ViewState } from '../../../../src/protocol/viewState';
import { accessibilityViolations, choose, overlayPixels, overlayRadio } from '../../harness/look';
import { SCREENSHOTS } from '../../harness/places';
import { ViewerPage } from './viewerPage';
import { analysis, explanation, scoreCam } from './analyses';

const FAST = { kind: 'score-cam', mode: 'fast' } as const;
const EXACT = { kind: 'score-cam', mode: 'exact' } as const;
const AUTHORS = { overlay: 'score-cam authors' } as const;

const running = (done: number, answer: MapAnswer | undefined = scoreCam(done)): InquiryState => ({ asked: FAST, answer, running: { done, total: 472 } });

describe('Score-CAM on the page', () => {
  const ui = new ViewerPage();
  const text = (id: string): Promise<string> => ui.webview.page.locator(`#${id}`).innerText();
  const action = (label: string): Promise<void> => ui.webview.page.locator('#inquiry-action', { hasText: label }).click();

  /** What the page asked of the host, in turn. */
  const asked = (): FromEditor[] => ui.webview.sent.filter(({ kind }) => kind === 'inquire' || kind === 'stop-inquiry');

  /** On an analysed smear of which the host knows this. */
  async function open(state?: InquiryState, view: Partial<ViewState> = {}, change: Partial<Analysis> = {}): Promise<void> {
    await ui.open({}, view, change);
    await knows(state);
  }

  async function knows(state: InquiryState | undefined): Promise<void> {
    await ui.webview.inquired(state ? { 'score-cam': state } : {});
    await ui.frames();
  }

  it('is asked for when it is chosen, once, and by its fast mode', async () => {
    await open();
    assert.deepStrictEqual(asked(), []);
    await overlayRadio(ui.webview.page, 'Score-CAM').click();
    assert.strictEqual(await overlayPixels(ui.webview.page), 'hidden');
    await choose(ui.webview.page, 'class-choice', 'Pro');
    await knows({ asked: FAST, running: { done: 0, total: 0 } });
    assert.deepStrictEqual(asked(), [{ kind: 'inquire', id: 'smear.png', inquiry: FAST }]);
    assert.strictEqual(await text('inquiry-progress'), 'Score-CAM: starting');
  });

  it('is drawn as far as it has come, and says how far that is', async () => {
    await open(running(0, undefined), AUTHORS);
    const seen: string[] = [];
    for (const done of [4, 128, 300]) {
      await knows(running(done));
      assert.strictEqual(await text('inquiry-progress'), `Score-CAM: ${done} of 472 channels; this picture is not final yet`);
      assert.strictEqual(await ui.webview.page.locator('#inquiry-bar').evaluate((bar: HTMLProgressElement) => bar.value / bar.max), done / 472);
      seen.push(await overlayPixels(ui.webview.page));
    }
    assert.strictEqual(new Set(seen).size, 3);
    assert.ok(!seen.includes('hidden'));
    await ui.webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-score-cam-running.png') });
    assert.deepStrictEqual(await accessibilityViolations(ui.webview.page), []);
    await knows({ asked: FAST, answer: scoreCam() });
    assert.strictEqual(await text('inquiry-result'), 'Exact: a pass for each channel. 472 passes, 3.2 s.');
    assert.ok(!seen.includes(await overlayPixels(ui.webview.page)));
    assert.deepStrictEqual([await ui.webview.page.locator('#inquiry-bar').isVisible(), await ui.webview.page.locator('#inquiry-action').isVisible()], [false, false]);
    assert.deepStrictEqual(asked(), []);
  });

  it('shows every class and the other variant without asking again', async () => {
    await open({ asked: FAST, answer: scoreCam() }, AUTHORS);
    const seen = [await overlayPixels(ui.webview.page)];
    for (const label of ['Benign', 'Pre', 'Pro']) {
      await choose(ui.webview.page, 'class-choice', label);
      seen.push(await overlayPixels(ui.webview.page));
    }
    await ui.webview.page.locator('#more-methods summary').click();
    await ui.webview.page.locator('#more-choice vscode-radio').first().click();
    seen.push(await overlayPixels(ui.webview.page));
    assert.strictEqual(new Set(seen).size, 5);
    assert.deepStrictEqual(asked(), []);
  });

  it('is one choice with the further methods, which are folded away', async () => {
    const checked = (): Promise<string[]> => ui.webview.page.locator('#explanation vscode-radio[aria-checked="true"]').allTextContents();
    await open({ asked: FAST, answer: scoreCam() });
    assert.strictEqual(await ui.webview.page.locator('#more-choice').isVisible(), false);
    await ui.webview.page.locator('#more-methods summary').click();
    await ui.webview.page.locator('#more-choice vscode-radio').first().click();
    assert.deepStrictEqual(await checked(), ['Score-CAM (channel softmax)', 'Heat map']);
    await overlayRadio(ui.webview.page, 'paper').click();
    assert.deepStrictEqual(await checked(), ['Grad-CAM++ (paper)', 'Heat map']);
    await ui.webview.page.locator('#more-choice vscode-radio').first().click();
    assert.deepStrictEqual(await checked(), ['Score-CAM (channel softmax)', 'Heat map']);
    assert.deepStrictEqual(await accessibilityViolations(ui.webview.page), []);
    await ui.webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-more-methods.png') });
  });

  it('unfolds the further methods where one of them is on show', async () => {
    await open({ asked: FAST, answer: scoreCam() }, { overlay: 'score-cam channel-softmax' });
    assert.ok(await ui.webview.page.locator('#more-choice vscode-radio[aria-checked="true"]').isVisible());
  });

  it('stops, keeps what there is, and goes on', async () => {
    await open(running(128), AUTHORS);
    await action('Stop');
    assert.deepStrictEqual(asked(), [{ kind: 'stop-inquiry', id: 'smear.png', inquiry: 'score-cam' }]);
    const before = await overlayPixels(ui.webview.page);
    await knows({ asked: FAST, answer: scoreCam(128), stopped: true });
    assert.strictEqual(await text('inquiry-result'), 'Unfinished: 128 of 472 channels.');
    assert.strictEqual(await overlayPixels(ui.webview.page), before);
    await ui.webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-score-cam-stopped.png') });
    await action('Go on');
    assert.deepStrictEqual(asked().slice(1), [{ kind: 'inquire', id: 'smear.png', inquiry: FAST }]);
    await knows(running(64, scoreCam(128)));
    assert.strictEqual(await text('inquiry-progress'), 'Score-CAM: 64 of 472 channels; this picture is of 128 and not final yet');
  });

  it('says that it is fast, and is computed exactly on request, while the fast one stays', async () => {
    const fast = scoreCam(64, { mode: 'fast', total: 64 });
    await open({ asked: FAST, answer: fast }, AUTHORS);
    assert.match(await text('inquiry-result'), /^Fast: estimated from some of the channels; expected agreement .* 64 passes/);
    const before = await overlayPixels(ui.webview.page);
    await ui.webview.page.screenshot({ path: path.join(SCREENSHOTS, 'page-score-cam-fast.png') });
    await action('Compute exactly');
    assert.deepStrictEqual(asked(), [{ kind: 'inquire', id: 'smear.png', inquiry: EXACT }]);
    await knows({ asked: EXACT, answer: fast, running: { done: 128, total: 472 } });
    assert.strictEqual(await text('inquiry-progress'), 'Score-CAM, exact: 128 of 472 channels; this picture is still the fast one');
    assert.strictEqual(await overlayPixels(ui.webview.page), before);
  });

  it('goes on by itself where it was left, and not where it was stopped', async () => {
    await open({ asked: EXACT, answer: scoreCam(128) }, AUTHORS);
    assert.deepStrictEqual(asked(), [{ kind: 'inquire', id: 'smear.png', inquiry: EXACT }]);
    await ui.webview.close();
    await open({ asked: FAST, answer: scoreCam(128), stopped: true }, AUTHORS);
    assert.deepStrictEqual(asked(), []);
  });

  it('is asked for of each smear, once that is analysed, and not before the host has said what it knows', async () => {
    await open({ asked: FAST, answer: scoreCam() }, AUTHORS);
    await ui.webview.show({ id: 'b', fileName: 'b.png' });
    await ui.webview.inquired({}, 'b');
    await ui.frames();
    assert.strictEqual(await overlayPixels(ui.webview.page), 'hidden');
    assert.deepStrictEqual(asked(), []);
    await ui.webview.show({ id: 'b', fileName: 'b.png', state: { kind: 'done', analysis: analysis() } });
    await ui.frames();
    assert.deepStrictEqual(asked(), [{ kind: 'inquire', id: 'b', inquiry: FAST }]);
    await ui.webview.show({ id: 'c', fileName: 'c.png', state: { kind: 'done', analysis: analysis() } });
    // Of another smear: it is late.
    await ui.webview.inquired({ 'score-cam': running(300) }, 'b');
    await ui.frames();
    assert.strictEqual(await overlayPixels(ui.webview.page), 'hidden');
    assert.strictEqual(asked().length, 1);
  });

  it('says why it could not be computed, and is tried again on request', async () => {
    await open({ asked: FAST, error: { code: 'numeric', message: 'Score 3 is not a number.', hint: 'Choose another provider.' } }, AUTHORS);
    assert.strictEqual(await text('overlay-note'), 'Score 3 is not a number. Choose another provider.');
    assert.strictEqual(await text('inquiry-result'), 'Score-CAM could not be computed.');
    assert.deepStrictEqual(asked(), []);
    await action('Try again');
    assert.deepStrictEqual(asked(), [{ kind: 'inquire', id: 'smear.png', inquiry: FAST }]);
  });

  it('says under the map where its channels weigh nearly the same', async () => {
    const maps = scoreCam().maps.map((map) => ({ ...map, weightVariation: 0.02 }));
    await open({ asked: FAST, answer: scoreCam(472, { maps }) }, AUTHORS);
    assert.match(await text('overlay-note'), /^Weights nearly equal/);
    await overlayRadio(ui.webview.page, 'paper').click();
    assert.strictEqual(await ui.webview.page.locator('#overlay-note').isVisible(), false);
    assert.strictEqual(await ui.webview.page.locator('#inquiry').isVisible(), false);
  });

  it("is passed by the key 'm' until it is there", async () => {
    const overlay = (): unknown => ui.webview.sent.flatMap((message) => (message.kind === 'view' ? message.view.overlay : [])).at(-1);
    const round = async (): Promise<unknown[]> => {
      const seen: unknown[] = [];
      for (let i = 0; i < 5; i++) {
        await ui.run('next-method');
        seen.push(overlay());
      }
      return seen;
    };
    await open(running(128));
    assert.deepStrictEqual(await round(), ['grad-cam++ paper', 'grad-cam++ normalised', 'grad-cam', 'grad-cam++ paper', 'grad-cam++ normalised']);
    await knows({ asked: FAST, answer: scoreCam() });
    assert.deepStrictEqual(await round(), ['score-cam authors', 'score-cam channel-softmax', 'grad-cam', 'grad-cam++ paper', 'grad-cam++ normalised']);
    assert.deepStrictEqual(asked(), []);
  });

  it('is offered, and shown, where gradients do not reach the layer', async () => {
    const error = { code: 'op-not-differentiable', message: 'Node 7 is a Loop.', hint: 'Choose another layer.' } as const;
    await open(undefined, {}, { explanation: { error } });
    assert.deepStrictEqual(asked(), []);
    await ui.run('toggle-overlay');
    assert.deepStrictEqual(asked(), [{ kind: 'inquire', id: 'smear.png', inquiry: FAST }]);
    await knows({ asked: FAST, answer: scoreCam() });
    assert.notStrictEqual(await overlayPixels(ui.webview.page), 'hidden');
    assert.strictEqual(await text('layer-name'), 'features.18/relu');
  });

  it('leaves the other overlays as they are', async () => {
    await open(running(128), {}, { explanation: explanation({ uniformGradient: true }) });
    const before = await overlayPixels(ui.webview.page);
    await knows(running(300));
    assert.strictEqual(await overlayPixels(ui.webview.page), before);
    assert.strictEqual(await ui.webview.page.locator('#inquiry').isVisible(), false);
  });
});
