/** The controls of the overlay. They change the view and tell the page; the host has no part in it. */
import { colourTable } from '../src/explain/colourMaps';
import type { Analysis, CamMap, Explanation } from '../src/protocol/analysis';
import { formatMethod } from '../src/protocol/format';
import { COLOUR_MAPS, isColourMap, isOverlay, isStyle, OVERLAYS, STYLES, type OverlayChoice, type ViewState } from '../src/protocol/viewState';
import { byId, say } from './dom';
import { fillChoice, onChoice, select, type ChoiceElement } from './toolkit';
import { isOutside } from './verdict';

const FLAT = 'This map is flat: nothing stands out for this class.';
const AGREEMENT =
  'This model ends in global average pooling and one linear layer, so all methods weigh the same channels by the same weights: where they agree, that is arithmetic, not corroboration.';

/** Where a contour starts: at 0 there is none, since no value lies below. */
const FIRST_CONTOUR = 0.5;

export class Controls {
  private readonly overlay = byId<ChoiceElement>('overlay-choice');
  private readonly classChoice = byId<ChoiceElement>('class-choice');
  private readonly style = byId<ChoiceElement>('style-choice');
  private readonly colourMap = byId<ChoiceElement>('colour-map');
  private readonly opacity = byId<HTMLInputElement>('opacity');
  private readonly threshold = byId<HTMLInputElement>('threshold');

  /**
   * @param change the reviewer changed these parts of the view; `settled` is false while a slider is still being dragged
   */
  constructor(private readonly change: (part: Partial<ViewState>, settled: boolean) => void) {
    onChoice(this.overlay, (value) => isOverlay(value) && change({ overlay: value }, true));
    onChoice(this.classChoice, (value) => change({ classId: value }, true));
    onChoice(this.style, (value) => isStyle(value) && this.chooseStyle(value));
    onChoice(this.colourMap, (value) => isColourMap(value) && change({ colourMap: value }, true));
    for (const [slider, key] of [[this.opacity, 'opacity'], [this.threshold, 'threshold']] as const) {
      slider.addEventListener('input', () => change({ [key]: slider.valueAsNumber }, false));
      slider.addEventListener('change', () => change({ [key]: slider.valueAsNumber }, true));
    }
  }

  /** Offers what this analysis has maps of, and selects what the view says. */
  offer(analysis: Analysis, explanation: Explanation, view: ViewState): void {
    const choices = offeredOverlays(explanation).map((value) => ({ value, label: overlayLabel(value) }));
    fillChoice(this.overlay, 'vscode-radio', [{ value: 'off', label: overlayLabel('off') }, ...choices], effectiveOverlay(analysis, view));
    const explained = analysis.model.classes.filter((_, index) => explanation.maps.some((map) => map.classIndex === index));
    fillChoice(this.classChoice, 'vscode-option', explained.map(({ id, name }) => ({ value: id, label: name })), effectiveClassId(analysis, view));
    fillChoice(this.style, 'vscode-radio', Object.entries(STYLES).map(([value, { label }]) => ({ value, label })), view.style);
    fillChoice(this.colourMap, 'vscode-option', Object.entries(COLOUR_MAPS).map(([value, { label }]) => ({ value, label })), view.colourMap);
    this.opacity.valueAsNumber = view.opacity;
    this.threshold.valueAsNumber = view.threshold;
    say(byId('agreement-note'), explanation.uniformGradient ? AGREEMENT : undefined);
  }

  /** Repeats the view in words and colours beside the controls. */
  describe(view: ViewState, map: CamMap | undefined): void {
    byId('controls').classList.toggle('off', !map);
    byId('controls').classList.toggle('contour', view.style === 'contour');
    byId('threshold-label').textContent = view.style === 'heat' ? 'Hide below' : 'Contour at';
    byId('opacity-value').textContent = `${Math.round(view.opacity * 100)} %`;
    byId('threshold-value').textContent = `${Math.round(view.threshold * 100)} %`;
    say(byId('overlay-note'), map?.flat ? FLAT : singularNote(map));
    drawLegend(byId<HTMLCanvasElement>('legend-bar'), view);
  }

  /** As if the reviewer had chosen the entry. */
  chooseOverlay(overlay: OverlayChoice): void {
    select(this.overlay, overlay);
    this.change({ overlay }, true);
  }

  private chooseStyle(style: ViewState['style']): void {
    const threshold = style !== 'heat' && this.threshold.valueAsNumber === 0 ? FIRST_CONTOUR : this.threshold.valueAsNumber;
    this.threshold.valueAsNumber = threshold;
    this.change({ style, threshold }, true);
  }
}

/** The map that the view asks for; undefined where the overlay is off or there is no such map. */
export function chosenMap(analysis: Analysis, explanation: Explanation, view: ViewState): CamMap | undefined {
  const overlay = effectiveOverlay(analysis, view);
  if (overlay === 'off') return undefined;
  const classId = effectiveClassId(analysis, view);
  return explanation.maps.find((map) => isMap(map, OVERLAYS[overlay]) && analysis.model.classes[map.classIndex]?.id === classId);
}

/** The overlays that this explanation has maps of, in the order of the controls, without 'off'. */
export function offeredOverlays({ maps }: Explanation): OverlayChoice[] {
  return (Object.keys(OVERLAYS) as (keyof typeof OVERLAYS)[]).filter((overlay) => maps.some((map) => isMap(map, OVERLAYS[overlay])));
}

/** Outside the domain no class is offered, so no class is explained until the reviewer asks. */
export function effectiveOverlay(analysis: Analysis, view: ViewState): OverlayChoice {
  return view.overlay ?? (isOutside(analysis) ? 'off' : 'grad-cam');
}

/** The class chosen, if this model has it; else the one predicted. */
function effectiveClassId({ model, predicted }: Analysis, view: ViewState): string {
  const chosen = model.classes.find(({ id }) => id === view.classId) ?? model.classes[predicted];
  return chosen?.id ?? '';
}

function overlayLabel(overlay: OverlayChoice): string {
  if (overlay === 'off') return 'Off';
  const { method, variant } = OVERLAYS[overlay];
  return formatMethod(method, variant);
}

function isMap(map: CamMap, { method, variant }: Pick<CamMap, 'method' | 'variant'>): boolean {
  return map.method === method && map.variant === variant;
}

function singularNote(map: CamMap | undefined): string | undefined {
  const count = map?.singularChannels ?? 0;
  if (count === 0) return undefined;
  return `${count} ${count === 1 ? 'channel is' : 'channels are'} left out of this map: the weight is not defined there.`;
}

function drawLegend(canvas: HTMLCanvasElement, view: ViewState): void {
  const table = colourTable(view.colourMap);
  const pixels = new Uint8ClampedArray(4 * canvas.width);
  for (let i = 0; i < canvas.width; i++) pixels.set([...table.subarray(3 * i, 3 * i + 3), 255], 4 * i);
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, canvas.width, 1), 0, 0);
}
