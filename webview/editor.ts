/** The editor's page: takes snapshots from the host and draws them. */
import type { Analysis, Explanation } from '../src/protocol/analysis';
import type { EditorAction, EditorSnapshot, ToEditor, ViewCommand } from '../src/protocol/editor';
import type { OverlayChoice, ViewState } from '../src/protocol/viewState';
import { reportFocus } from './canvasFocus';
import { chosenMap, Controls, effectiveOverlay, offeredOverlays } from './controls';
import { byId, say } from './dom';
import { connect, keepView, send } from './host';
import { showSmallPrint } from './smallPrint';
import { Stage } from './stage';
import { connectStrip, showScale } from './strip';
import { defineElements } from './toolkit';
import { showVerdict } from './verdict';
import { Viewer } from './viewer';

defineElements();

let snapshot: EditorSnapshot | undefined;
let view: ViewState | undefined;

/** What 'toggle overlay' brings back. */
let hiddenOverlay: OverlayChoice = 'grad-cam';

const viewer = new Viewer(byId('viewer'), byId('picture'), { moved: (place) => keep({ place }), scaled: showScale });
const stage = new Stage(viewer, () => send({ kind: 'image-failed' }));

const controls = new Controls((part, settled) => {
  if (!view) return;
  view = { ...view, ...part };
  drawView();
  if (settled) keepView(view);
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

// The ids of the buttons are the names of their actions.
for (const action of ['retry', 'show-log', 'choose-model'] as const satisfies readonly EditorAction[]) {
  byId(action).addEventListener('click', () => send({ kind: 'action', action }));
}

connect((message: ToEditor) => {
  switch (message.kind) {
    case 'snapshot':
      return show(message.snapshot);
    case 'command':
      return COMMANDS[message.command]();
  }
});
reportFocus(viewer.canvas);

function show(next: EditorSnapshot): void {
  snapshot = next;
  const { image, state, fileName } = next;
  if (!view) {
    view = next.view;
    viewer.goTo(view.place);
    showPanel();
  }
  byId('title').textContent = fileName;
  showVerdict(state);
  const analysis = state.kind === 'done' ? state.analysis : undefined;
  stage.show(image, fileName, analysis?.image);
  const explanation = explanationOf(analysis);
  showSmallPrint(analysis, explanation);
  showExplanation(analysis, explanation, view);
  drawView();
}

function showExplanation(analysis: Analysis | undefined, explanation: Explanation | undefined, chosen: ViewState): void {
  const failure = analysis?.explanation && 'error' in analysis.explanation ? analysis.explanation.error : undefined;
  byId('explanation').hidden = !explanation && !failure;
  byId('controls').hidden = !explanation;
  say(byId('explanation-failure'), failure && `${failure.message} ${failure.hint}`);
  if (analysis && explanation) controls.offer(analysis, explanation, chosen);
}

/** Changes the view where nothing needs to be drawn for it. */
function keep(part: Partial<ViewState>): void {
  if (!view) return;
  view = { ...view, ...part };
  keepView(view);
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

function currentAnalysis(): Analysis | undefined {
  return snapshot?.state.kind === 'done' ? snapshot.state.analysis : undefined;
}

function explanationOf(analysis: Analysis | undefined): Explanation | undefined {
  return analysis?.explanation && 'maps' in analysis.explanation ? analysis.explanation : undefined;
}
