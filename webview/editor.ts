/** The editor's page: takes snapshots from the host and draws them. */
import type { Analysis, Explanation } from '../src/protocol/analysis';
import type { EditorAction, EditorSnapshot, ToEditor } from '../src/protocol/editor';
import type { ViewState } from '../src/protocol/viewState';
import { chosenMap, Controls } from './controls';
import { byId, say } from './dom';
import { connect, keepView, send } from './host';
import { showSmallPrint } from './smallPrint';
import { Stage } from './stage';
import { defineElements } from './toolkit';
import { showVerdict } from './verdict';

defineElements();

let snapshot: EditorSnapshot | undefined;
let view: ViewState | undefined;

const stage = new Stage(() => send({ kind: 'image-failed' }));

const controls = new Controls((part, settled) => {
  if (!view) return;
  view = { ...view, ...part };
  drawView();
  if (settled) keepView(view);
});

// The ids of the buttons are the names of their actions.
for (const action of ['retry', 'show-log', 'choose-model'] as const satisfies readonly EditorAction[]) {
  byId(action).addEventListener('click', () => send({ kind: 'action', action }));
}

connect((message: ToEditor) => {
  switch (message.kind) {
    case 'snapshot':
      show(message.snapshot);
  }
});

function show(next: EditorSnapshot): void {
  snapshot = next;
  view ??= next.view;
  const { image, state, fileName } = next;
  byId('title').textContent = fileName;
  stage.show(image, fileName);
  showVerdict(state);
  const analysis = state.kind === 'done' ? state.analysis : undefined;
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

/** All that depends on the view. Called at every toggle, without asking the host. */
function drawView(): void {
  const analysis = snapshot?.state.kind === 'done' ? snapshot.state.analysis : undefined;
  const explanation = explanationOf(analysis);
  if (!analysis || !explanation || !view) return stage.clearOverlay();
  const map = chosenMap(analysis, explanation, view);
  controls.describe(view, map);
  if (map && !map.flat) stage.drawOverlay(analysis.image, map, explanation, view);
  else stage.clearOverlay();
}

function explanationOf(analysis: Analysis | undefined): Explanation | undefined {
  return analysis?.explanation && 'maps' in analysis.explanation ? analysis.explanation : undefined;
}
