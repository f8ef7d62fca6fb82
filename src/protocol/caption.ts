/** What an exported overlay says about itself. */
import type { Analysis, CamMap, Explanation } from './analysis';
import { formatMethod, formatPercent, OUTSIDE_DOMAIN, RESEARCH_USE } from './format';
import type { MapAnswer } from './inquiry';
import { scoreCamCaption } from './scoreCam';
import { COLOUR_MAPS, type ViewState } from './viewState';

/** A map, the layer that it is of, and where it comes from. */
export interface ShownMap {
  readonly map: CamMap;
  readonly layer: Pick<Explanation, 'layer' | 'height' | 'width'>;
  /** Absent for a map that came with the analysis. */
  readonly answer?: MapAnswer | undefined;
}

/** An overlay on show, and what it was made from. */
export interface ShownOverlay extends ShownMap {
  readonly analysis: Analysis;
  readonly view: ViewState;
}

/** The caption's lines: the smear and its verdict, the map and how it is drawn, how it was computed where that took an inquiry, the model, and what it is not for. */
export function overlayCaption(fileName: string, { analysis, layer, view, map, answer }: ShownOverlay): string[] {
  const { model, predicted, probabilities, domain } = analysis;
  const verdict = domain?.inDomain === false ? OUTSIDE_DOMAIN : `${className(analysis, predicted)}, probability ${formatPercent(probabilities[predicted] ?? NaN)}`;
  return [
    `${fileName}: ${verdict}`,
    `${formatMethod(map.method, map.variant)} for class ${className(analysis, map.classIndex)}, layer ${layer.layer} (${layer.width} × ${layer.height})${map.flat ? '; the map is flat' : `; ${drawn(view)}`}`,
    ...(answer?.kind === 'score-cam' ? [scoreCamCaption(answer, model.classes)] : []),
    `Model: ${model.name}, sha256 ${model.sha256.slice(0, 16)}…`,
    RESEARCH_USE,
  ];
}

/** The overlay's part of a file name: method, variant and class. */
export function overlayName({ analysis, map }: ShownOverlay): string {
  const words = [map.method, ...(map.variant === 'none' ? [] : [map.variant]), className(analysis, map.classIndex)];
  // Class names are the model's author's; a file name takes less.
  return words.join(' ').replace(/[\\/:*?"<>|\p{Cc}]/gu, '_');
}

function drawn({ style, colourMap, opacity, threshold }: ViewState): string {
  const colours = `min-max normalised, colours ${COLOUR_MAPS[colourMap].label}, opacity ${percent(opacity)}`;
  if (style === 'contour') return `contour at ${percent(threshold)} of its range`;
  if (style === 'both') return `${colours}, hidden below and contour at ${percent(threshold)} of its range`;
  return threshold > 0 ? `${colours}, hidden below ${percent(threshold)} of its range` : colours;
}

function percent(fraction: number): string {
  return `${Math.round(100 * fraction)} %`;
}

function className({ model }: Analysis, index: number): string {
  return model.classes[index]?.name ?? '';
}
