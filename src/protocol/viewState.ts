/** What a reviewer has chosen to see of one image. The webview changes it alone; the host only keeps it. */
import type { CamMethod, CamVariant } from './analysis';

export type OverlayChoice = 'off' | 'grad-cam' | 'grad-cam++ paper' | 'grad-cam++ normalised';
export type ColourMapName = 'viridis' | 'inferno' | 'magma' | 'cividis' | 'turbo';

export interface ViewState {
  /** null: Grad-CAM where the image is in the model's domain, else off. */
  readonly overlay: OverlayChoice | null;
  /** Id of the class explained; null: the one predicted. */
  readonly classId: string | null;
  /** 0 (the smear alone) to 1 (the map alone). */
  readonly opacity: number;
  readonly colourMap: ColourMapName;
  /** 0 to 1: values of the normalised map below it are not drawn. */
  readonly threshold: number;
}

/** Viridis, because it is perceptually uniform and safe for colour-blind readers. */
export const DEFAULT_VIEW: ViewState = { overlay: null, classId: null, opacity: 0.5, colourMap: 'viridis', threshold: 0 };

/** Which map each choice shows, in the order of the controls. */
export const OVERLAYS: Record<Exclude<OverlayChoice, 'off'>, { readonly method: CamMethod; readonly variant: CamVariant }> = {
  'grad-cam': { method: 'grad-cam', variant: 'none' },
  'grad-cam++ paper': { method: 'grad-cam++', variant: 'paper' },
  'grad-cam++ normalised': { method: 'grad-cam++', variant: 'normalised' },
};

/** In the order of the controls. Turbo is not perceptually uniform: equal steps of the map look unequal. */
export const COLOUR_MAPS: Record<ColourMapName, { readonly label: string }> = {
  viridis: { label: 'Viridis' },
  inferno: { label: 'Inferno' },
  magma: { label: 'Magma' },
  cividis: { label: 'Cividis' },
  turbo: { label: 'Turbo (not perceptually uniform)' },
};

/**
 * A stored view of unknown origin (an older version wrote it, or nobody did) as a valid one: each field that is not
 * understood takes its default.
 */
export function restoreView(stored: unknown): ViewState {
  const view: Partial<Record<keyof ViewState, unknown>> = typeof stored === 'object' && stored !== null ? stored : {};
  return {
    overlay: isOverlay(view.overlay) ? view.overlay : DEFAULT_VIEW.overlay,
    classId: typeof view.classId === 'string' ? view.classId : DEFAULT_VIEW.classId,
    opacity: fraction(view.opacity, DEFAULT_VIEW.opacity),
    colourMap: isColourMap(view.colourMap) ? view.colourMap : DEFAULT_VIEW.colourMap,
    threshold: fraction(view.threshold, DEFAULT_VIEW.threshold),
  };
}

export function isOverlay(value: unknown): value is OverlayChoice {
  return typeof value === 'string' && (value === 'off' || Object.hasOwn(OVERLAYS, value));
}

export function isColourMap(value: unknown): value is ColourMapName {
  return typeof value === 'string' && Object.hasOwn(COLOUR_MAPS, value);
}

function fraction(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : otherwise;
}
