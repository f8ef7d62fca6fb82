/** The editor's page: takes snapshots from the host and draws them. */
import type { Analysis } from '../src/protocol/analysis';
import type { ShownOverlay } from '../src/protocol/caption';
import type { EditorAction, EditorSnapshot, Export, ToEditor, ViewCommand } from '../src/protocol/editor';
import type { MapInquiry } from '../src/protocol/inquiry';
import { isWanted, type InquiryStates } from '../src/protocol/inquiryState';
import type { MapChecks } from '../src/protocol/mapChecks';
import type { MapInQuestion } from '../src/protocol/trust';
import { ofAnotherSmear, type OverlayChoice, type ViewState } from '../src/protocol/viewState';
import { reportFocus } from './canvasFocus';
import { exportSheet } from './contactSheet';
import { Controls } from './controls';
import { byId, say } from './dom';
import { exportPicture } from './exportPicture';
import { connect, remember, send } from './host';
import { ChecksPanel } from './checksPanel';
import { InquiryPanel } from './inquiryPanel';
import { LabelBar } from './labels';
import { chosenInquiry, chosenMap, effectiveOverlay, mapsOf, offeredOverlays, readyOverlays, similarityNote, type Maps } from './maps';
import { Regions } from './regions';
import { showSmallPrint } from './smallPrint';
import { Stage } from './stage';
import { connectStrip, showPosition, showScale } from './strip';
import { defineElements } from './toolkit';
import { showVerdict } from './verdict';
import { Viewer } from './viewer';

defineElements();

let snapshot: EditorSnapshot | undefined;
let view: ViewState | undefined;

/** Of the smear on show; undefined until the host has said what there is. */
let inquiries: InquiryStates | undefined;
let checks: MapChecks | undefined;

/** What the host had said when it was last asked for more: it is asked once. */
let askedOn: InquiryStates | undefined;

/** What 'toggle overlay' brings back. */
let hiddenOverlay: OverlayChoice = 'grad-cam';

const viewer = new Viewer(byId('viewer'), byId('picture'), { moved: (place) => keep({ place }), scaled: showScale, sized: (size) => regions.resize(size) });
const stage = new Stage(viewer, (id) => send({ kind: 'image-failed', id }));

const controls = new Controls((part, settled) => {
  if (!view) return;
  view = { ...view, ...part };
  drawView();
  if (settled) keepState();
});

const inquiryPanel = new InquiryPanel({
  ask: (inquiry) => ask(inquiry),
  stop: ({ kind }) => snapshot && send({ kind: 'stop-inquiry', id: snapshot.id, inquiry: kind }),
});

const checksPanel = new ChecksPanel({
  check: (asked) => {
    const map = mapInQuestion();
    if (snapshot && map) send({ kind: 'check', id: snapshot.id, map, asked });
  },
  stop: () => snapshot && send({ kind: 'stop-checks', id: snapshot.id }),
});

const labelBar = new LabelBar({
  shown: () => snapshot && { id: snapshot.id, sawModel: snapshot.state.kind === 'done' },
  send,
  leave: () => viewer.canvas.focus({ preventScroll: true }),
});

const regions = new Regions({
  canvas: viewer.canvas,
  place: (x, y) => (stage.picture ? viewer.placeAt(x, y) : undefined),
  shown: () => snapshot?.id,
  send,
  about: (subject) => labelBar.about(subject),
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
  'toggle-overlay': () => chooseOverlay((current, maps) => (current === 'off' ? hiddenOrFirst(maps) : 'off')),
  'next-method': () => chooseOverlay((current, maps) => {
    const ready = readyOverlays(maps);
    return ready[(ready.indexOf(current) + 1) % ready.length];
  }),
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
    case 'inquiries':
      return takeInquiries(message);
    case 'command':
      return COMMANDS[message.command]();
    case 'labels':
      // Of a smear that is not on show any more.
      if (message.id !== snapshot?.id) return;
      labelBar.show(message.state, message.news);
      return regions.show(message.state, message.news);
    case 'label-command':
      return void (regions.takes(message.command) || labelBar.run(message.command));
    case 'region-command':
      return regions.run(message.command);
    case 'prefetch':
      return stage.prefetch(message.images);
    case 'export':
      return void exportShown(message.request, message.what);
  }
});
reportFocus(viewer.canvas);

function show(next: EditorSnapshot): void {
  const { id, image, state, fileName, position, note } = next;
  const isAnother = id !== snapshot?.id;
  if (!view) {
    view = next.view;
    viewer.goTo(view.place);
    showPanel();
  } else if (isAnother) view = ofAnotherSmear(view);
  snapshot = next;
  if (isAnother) {
    inquiries = checks = undefined;
    labelBar.closeNote();
    labelBar.show(undefined);
    regions.show(undefined);
  }
  // The host answers no inquiry before there is an analysis.
  askedOn = undefined;
  byId('title').textContent = fileName;
  showVerdict(state);
  showPosition(fileName, position);
  say(byId('review-note'), note);
  const analysis = currentAnalysis();
  stage.show({ id, fileName, source: image, analysed: analysis?.image });
  const maps = currentMaps();
  showSmallPrint(analysis, maps?.explanation);
  showExplanation(analysis, maps, view);
  drawView();
  remember({ view, resume: next.resume });
}

function takeInquiries({ id, states, checks: found }: Extract<ToEditor, { kind: 'inquiries' }>): void {
  if (id !== snapshot?.id || !view) return;
  inquiries = states;
  checks = found;
  const maps = currentMaps();
  if (maps) controls.offerClasses(maps, view);
  drawView();
}

function showExplanation(analysis: Analysis | undefined, maps: Maps | undefined, chosen: ViewState): void {
  const failure = analysis?.explanation && 'error' in analysis.explanation ? analysis.explanation.error : undefined;
  byId('explanation').hidden = !maps && !failure;
  byId('controls').hidden = !maps;
  byId('results').hidden = !analysis;
  byId('explanation-failure').hidden = !failure;
  say(byId('explanation-failure-text'), failure && `${failure.message} ${failure.hint}`);
  if (maps) controls.offer(maps, chosen);
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
function chooseOverlay(next: (current: OverlayChoice, maps: Maps) => OverlayChoice | undefined): void {
  const maps = currentMaps();
  if (!maps || !view) return;
  const current = effectiveOverlay(maps, view);
  if (current !== 'off') hiddenOverlay = current;
  const overlay = next(current, maps);
  if (overlay) controls.chooseOverlay(overlay);
}

/** The overlay that was hidden or, where this model has none such, its first. */
function hiddenOrFirst(maps: Maps): OverlayChoice | undefined {
  const offered = offeredOverlays(maps);
  return offered.includes(hiddenOverlay) ? hiddenOverlay : offered[0];
}

/** All that depends on the view. Called at every toggle; the host is asked only for a map that takes an inquiry. */
function drawView(): void {
  const maps = currentMaps();
  if (!maps || !view) {
    inquiryPanel.show(undefined);
    checksPanel.show(undefined, undefined, []);
    return stage.clearOverlay();
  }
  const shown = chosenMap(maps, view);
  const chosen = chosenInquiry(maps, view);
  if (chosen && inquiries && inquiries !== askedOn && isWanted(chosen.state)) {
    askedOn = inquiries;
    ask(chosen.state?.asked ?? chosen.inquiry);
  }
  byId('layer-name').textContent = shown?.layer.layer ?? maps.explanation?.layer ?? '';
  inquiryPanel.show(chosen?.state);
  checksPanel.show(checks, shown && !shown.map.flat ? shown.map : undefined, maps.analysis.model.classes);
  controls.describe(view, shown?.map, chosen);
  say(byId('similarity-note'), shown && similarityNote(maps, shown));
  if (shown && !shown.map.flat) stage.drawOverlay(maps.analysis.image, shown.map, shown.layer, view);
  else stage.clearOverlay();
}

function ask(inquiry: MapInquiry): void {
  if (snapshot) send({ kind: 'inquire', id: snapshot.id, inquiry });
}

/** Answers with the picture, its overlay and a caption, as they are on show, or with the contact sheet. */
async function exportShown(request: number, what: Export): Promise<void> {
  const fileName = snapshot?.fileName ?? '';
  const result = what === 'overlay' ? await exportPicture(stage.picture, fileName, shownOverlay()) : await exportSheet(stage.picture, fileName, currentMaps(), view);
  send({ kind: 'exported', request, result });
}

function shownOverlay(): ShownOverlay | undefined {
  const maps = currentMaps();
  const shown = maps && view && chosenMap(maps, view);
  return shown && view && { analysis: maps.analysis, view, ...shown };
}

function mapInQuestion(): MapInQuestion | undefined {
  const maps = currentMaps();
  const shown = maps && view && chosenMap(maps, view);
  if (!shown || shown.map.flat) return undefined;
  const { map: { method, variant, classIndex, raw }, layer: { height, width } } = shown;
  return { method, variant, classIndex, raw, height, width };
}

function currentAnalysis(): Analysis | undefined {
  return snapshot?.state.kind === 'done' ? snapshot.state.analysis : undefined;
}

function currentMaps(): Maps | undefined {
  return mapsOf(currentAnalysis(), inquiries ?? {});
}
