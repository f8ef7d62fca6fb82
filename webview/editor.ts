/** The editor's page: takes snapshots from the host and draws them. */
import type { Analysis, Explanation } from '../src/protocol/analysis';
import type { ShownOverlay } from '../src/protocol/caption';
import type { EditorAction, EditorSnapshot, ToEditor, ViewCommand } from '../src/protocol/editor';
import { ofAnotherSmear, type OverlayChoice, type ViewState } from '../src/protocol/viewState';
import { reportFocus } from './canvasFocus';
import { chosenMap, Controls, effectiveOverlay, offeredOverlays } from './controls';
import { byId, say } from './dom';
import { exportPicture } from './exportPicture';
import { connect, remember, send } from './host';
import { showSmallPrint } from './smallPrint';
import { Stage } from './stage';
import { connectStrip, showPosition, showScale } from './strip';
import { defineElements } from './toolkit';
import { showVerdict } from './verdict';
import { Viewer } from './viewer';

defineElements();

let snapshot: EditorSnapshot | undefined;
let view: ViewState | undefined;

/** What 'toggle overlay' brings back. */
let hiddenOverlay: OverlayChoice = 'grad-cam';

const viewer = new Viewer(byId('viewer'), byId('picture'), { moved: (place) => keep({ place }), scaled: showScale });
const stage = new Stage(viewer, (id) => send({ kind: 'image-failed', id }));

const controls = new Controls((part, settled) => {
  if (!view) return;
  view = { ...view, ...part };
  drawView();
  if (settled) keepState();
});

const COMMANDS: Record<ViewCommand, () => void> = {
  'zoom-in': () => viewer.zoomIn(),
  'zoom-out': () => viewer.zoomOut(),
  'fit': () => viewer.fit(),
  'actual-size': () => viewer.actualSize(),
  'pan-left': () => viewer.pan(-1, 0),
  'pan-right': () => viewer.pan(1, 0),
  'pan-up': () => viewer.pan(0, -1),
  'pan-down': () => viewer.pan(0, 1),
  'toggle-overlay': () => chooseOverlay((current) => (current === 'off' ? hiddenOverlay : 'off')),
  'next-method': () => chooseOverlay((current, offered) => offered[(offered.indexOf(current) + 1) % offered.length]),
  'toggle-panel': () => {
    keep({ panelOpen: !view?.panelOpen });
    showPanel();
  },
};

connectStrip(viewer, stage, (command) => COMMANDS[command]());

for (const button of document.querySelectorAll<HTMLElement>('[data-action]')) {
  button.addEventListener('click', () => send({ kind: 'action', action: button.dataset['action'] as EditorAction }));
}

connect((message: ToEditor) => {
  switch (message.kind) {
    case 'snapshot':
      return show(message.snapshot);
    case 'command':
      return COMMANDS[message.command]();
    case 'prefetch':
      return stage.prefetch(message.images);
    case 'export':
      return void exportShown(message.request);
  }
});
reportFocus(viewer.canvas);

function show(next: EditorSnapshot): void {
  const { id, image, state, fileName, position } = next;
  const isAnother = id !== snapshot?.id;
  if (!view) {
    view = next.view;
    viewer.goTo(view.place);
    showPanel();
  } else if (isAnother) view = ofAnotherSmear(view);
  snapshot = next;
  byId('title').textContent = fileName;
  showVerdict(state);
  showPosition(fileName, position);
  const analysis = currentAnalysis();
  stage.show({ id, fileName, source: image, analysed: analysis?.image });
  const explanation = explanationOf(analysis);
  showSmallPrint(analysis, explanation);
  showExplanation(analysis, explanation, view);
  drawView();
  remember({ view, resume: next.resume });
}

function showExplanation(analysis: Analysis | undefined, explanation: Explanation | undefined, chosen: ViewState): void {
  const failure = analysis?.explanation && 'error' in analysis.explanation ? analysis.explanation.error : undefined;
  byId('explanation').hidden = !explanation && !failure;
  byId('controls').hidden = !explanation;
  byId('results').hidden = !analysis;
  byId('explanation-failure').hidden = !failure;
  say(byId('explanation-failure-text'), failure && `${failure.message} ${failure.hint}`);
  byId('layer-name').textContent = explanation?.layer ?? '';
  if (analysis && explanation) controls.offer(analysis, explanation, chosen);
}

/** Changes the view where nothing needs to be drawn for it. */
function keep(part: Partial<ViewState>): void {
  if (!view) return;
  view = { ...view, ...part };
  keepState();
}

/** Twice: with the page, and with the host, which has it for as long as the window lives. */
function keepState(): void {
  if (!view) return;
  remember({ view, resume: snapshot?.resume });
  send({ kind: 'view', view });
}

function showPanel(): void {
  const open = view?.panelOpen ?? true;
  document.body.dataset['panel'] = open ? 'open' : 'closed';
  byId('toggle-panel').setAttribute('aria-expanded', String(open));
}

/** By a key, as if the reviewer had chosen it in the controls. Nothing happens where there are no maps. */
function chooseOverlay(next: (current: OverlayChoice, offered: readonly OverlayChoice[]) => OverlayChoice | undefined): void {
  const analysis = currentAnalysis();
  const explanation = explanationOf(analysis);
  if (!analysis || !explanation || !view) return;
  const current = effectiveOverlay(analysis, view);
  if (current !== 'off') hiddenOverlay = current;
  const overlay = next(current, offeredOverlays(explanation));
  if (overlay) controls.chooseOverlay(overlay);
}

/** All that depends on the view. Called at every toggle, without asking the host. */
function drawView(): void {
  const analysis = currentAnalysis();
  const explanation = explanationOf(analysis);
  if (!analysis || !explanation || !view) return stage.clearOverlay();
  const map = chosenMap(analysis, explanation, view);
  controls.describe(view, map);
  if (map && !map.flat) stage.drawOverlay(analysis.image, map, explanation, view);
  else stage.clearOverlay();
}

/** Answers with the picture, its overlay and a caption, as they are on show. */
async function exportShown(request: number): Promise<void> {
  const result = await exportPicture(stage.picture, snapshot?.fileName ?? '', shownOverlay());
  send({ kind: 'exported', request, result });
}

function shownOverlay(): ShownOverlay | undefined {
  const analysis = currentAnalysis();
  const explanation = explanationOf(analysis);
  if (!analysis || !explanation || !view) return undefined;
  const map = chosenMap(analysis, explanation, view);
  return map && { analysis, explanation, view, map };
}

function currentAnalysis(): Analysis | undefined {
  return snapshot?.state.kind === 'done' ? snapshot.state.analysis : undefined;
}

function explanationOf(analysis: Analysis | undefined): Explanation | undefined {
  return analysis?.explanation && 'maps' in analysis.explanation ? analysis.explanation : undefined;
}
