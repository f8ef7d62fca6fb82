/** The controls of the overlay. They change the view and tell the page; the host has no part in it. */
import { colourTable } from '../src/explain/colourMaps';
import type { CamMap } from '../src/protocol/analysis';
import { formatMethod } from '../src/protocol/format';
import type { InquiryState } from '../src/protocol/inquiryState';
import { evenWeightsNote } from '../src/protocol/scoreCam';
import { COLOUR_MAPS, isColourMap, isOverlay, isStyle, OVERLAYS, STYLES, type OverlayChoice, type ViewState } from '../src/protocol/viewState';
import { byId, say } from './dom';
import { effectiveClassId, effectiveOverlay, explainedClasses, offeredOverlays, type Maps } from './maps';
import { fillChoice, onChoice, select, selectNone, type ChoiceElement } from './toolkit';

const FLAT = 'This map is flat: nothing stands out for this class.';
const AGREEMENT =
  'This model ends in global average pooling and one linear layer, so all gradient methods weigh the same channels by the same weights: where they agree, that is arithmetic, not corroboration.';

/** Where a contour starts: at 0 there is none, since no value lies below. */
const FIRST_CONTOUR = 0.5;

export class Controls {
  private readonly overlay = byId<ChoiceElement>('overlay-choice');
  private readonly moreOverlays = byId<ChoiceElement>('more-choice');
  private readonly classChoice = byId<ChoiceElement>('class-choice');
  private readonly style = byId<ChoiceElement>('style-choice');
  private readonly colourMap = byId<ChoiceElement>('colour-map');
  private readonly opacity = byId<HTMLInputElement>('opacity');
  private readonly threshold = byId<HTMLInputElement>('threshold');

  /**
   * @param change the reviewer changed these parts of the view; `settled` is false while a slider is still being dragged
   */
  constructor(private readonly change: (part: Partial<ViewState>, settled: boolean) => void) {
    for (const group of [this.overlay, this.moreOverlays]) onChoice(group, (value) => isOverlay(value) && this.chooseOverlay(value));
    onChoice(this.classChoice, (value) => change({ classId: value }, true));
    onChoice(this.style, (value) => isStyle(value) && this.chooseStyle(value));
    onChoice(this.colourMap, (value) => isColourMap(value) && change({ colourMap: value }, true));
    for (const [slider, key] of [[this.opacity, 'opacity'], [this.threshold, 'threshold']] as const) {
      slider.addEventListener('input', () => change({ [key]: slider.valueAsNumber }, false));
      slider.addEventListener('change', () => change({ [key]: slider.valueAsNumber }, true));
    }
  }

  /** Offers what there are maps of, or can be, and selects what the view says. */
  offer(maps: Maps, view: ViewState): void {
    const offered = offeredOverlays(maps);
    const entries = (more: boolean): { value: OverlayChoice; label: string }[] => offered.filter((value) => isMore(value) === more).map((value) => ({ value, label: overlayLabel(value) }));
    fillChoice(this.overlay, 'vscode-radio', [{ value: 'off', label: overlayLabel('off') }, ...entries(false)], '');
    fillChoice(this.moreOverlays, 'vscode-radio', entries(true), '');
    byId('more-methods').hidden = entries(true).length === 0;
    this.selectOverlay(effectiveOverlay(maps, view));
    this.offerClasses(maps, view);
    fillChoice(this.style, 'vscode-radio', Object.entries(STYLES).map(([value, { label }]) => ({ value, label })), view.style);
    fillChoice(this.colourMap, 'vscode-option', Object.entries(COLOUR_MAPS).map(([value, { label }]) => ({ value, label })), view.colourMap);
    this.opacity.valueAsNumber = view.opacity;
    this.threshold.valueAsNumber = view.threshold;
    say(byId('agreement-note'), maps.explanation?.uniformGradient ? AGREEMENT : undefined);
  }

  /** Which these are may be known only once an inquiry is answered. */
  offerClasses(maps: Maps, view: ViewState): void {
    fillChoice(this.classChoice, 'vscode-option', explainedClasses(maps).map(({ id, name }) => ({ value: id, label: name })), effectiveClassId(maps.analysis, view));
  }

  /** Repeats the view in words and colours beside the controls. @param inquiry where the map comes from one, or will */
  describe(view: ViewState, map: CamMap | undefined, inquiry: { readonly state: InquiryState | undefined } | undefined): void {
    byId('controls').classList.toggle('off', !map && !inquiry);
    byId('controls').classList.toggle('contour', view.style === 'contour');
    byId('threshold-label').textContent = view.style === 'heat' ? 'Hide below' : 'Contour at';
    byId('opacity-value').textContent = `${Math.round(view.opacity * 100)} %`;
    byId('threshold-value').textContent = `${Math.round(view.threshold * 100)} %`;
    say(byId('overlay-note'), noteOn(map, inquiry?.state));
    drawLegend(byId<HTMLCanvasElement>('legend-bar'), view);
  }

  /** As if the reviewer had chosen the entry. */
  chooseOverlay(overlay: OverlayChoice): void {
    this.selectOverlay(overlay);
    this.change({ overlay }, true);
  }

  /** The two groups are one choice. */
  private selectOverlay(overlay: OverlayChoice): void {
    const [group, other] = isMore(overlay) ? [this.moreOverlays, this.overlay] : [this.overlay, this.moreOverlays];
    select(group, overlay);
    selectNone(other);
    if (isMore(overlay)) byId<HTMLDetailsElement>('more-methods').open = true;
  }

  private chooseStyle(style: ViewState['style']): void {
    const threshold = style !== 'heat' && this.threshold.valueAsNumber === 0 ? FIRST_CONTOUR : this.threshold.valueAsNumber;
    this.threshold.valueAsNumber = threshold;
    this.change({ style, threshold }, true);
  }
}

function overlayLabel(overlay: OverlayChoice): string {
  if (overlay === 'off') return 'Off';
  const { method, variant } = OVERLAYS[overlay];
  return formatMethod(method, variant);
}

function isMore(overlay: OverlayChoice): boolean {
  return overlay !== 'off' && OVERLAYS[overlay].more === true;
}

/** What a reader of the map must know; first of all, why there is none. */
function noteOn(map: CamMap | undefined, inquiry: InquiryState | undefined): string | undefined {
  if (inquiry?.error) return `${inquiry.error.message} ${inquiry.error.hint}`;
  if (!map) return undefined;
  return map.flat ? FLAT : (evenWeightsNote(map) ?? singularNote(map));
}

function singularNote(map: CamMap): string | undefined {
  const count = map.singularChannels ?? 0;
  if (count === 0) return undefined;
  return `${count} ${count === 1 ? 'channel is' : 'channels are'} left out of this map: the weight is not defined there.`;
}

function drawLegend(canvas: HTMLCanvasElement, view: ViewState): void {
  const table = colourTable(view.colourMap);
  const pixels = new Uint8ClampedArray(4 * canvas.width);
  for (let i = 0; i < canvas.width; i++) pixels.set([...table.subarray(3 * i, 3 * i + 3), 255], 4 * i);
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, canvas.width, 1), 0, 0);
}
