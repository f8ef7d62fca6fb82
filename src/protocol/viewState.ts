/** What a reviewer has chosen to see of one image. The webview changes it alone; the host only keeps it. */
import type { CamMethod, CamVariant } from './analysis';
import type { MapInquiry } from './inquiry';

export type OverlayChoice =
  | 'off'
  | 'grad-cam'
  | 'grad-cam++ paper'
  | 'grad-cam++ normalised'
  | 'score-cam authors'
  | 'score-cam channel-softmax'
  | 'hirescam'
  | 'layercam'
  | 'xgrad-cam'
  | 'eigen-cam'
  | 'recipro-cam';
export type ColourMapName = 'viridis' | 'inferno' | 'magma' | 'cividis' | 'turbo';

/** A map as an area of colours, as the line where it crosses the threshold, or as both. */
export type OverlayStyle = 'heat' | 'contour' | 'both';

/** Where the reviewer looks, so that it means the same in a window of another size. */
export interface Place {
  /** Of the image's width and height, 0 to 1: what is in the middle of the view. */
  readonly x: number;
  readonly y: number;
  /** Screen pixels an image pixel. */
  readonly scale: number;
}

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
  readonly style: OverlayStyle;
  /** null: the whole image, however large the window is. */
  readonly place: Place | null;
  readonly panelOpen: boolean;
}

/** Viridis, because it is perceptually uniform and safe for colour-blind readers. */
export const DEFAULT_VIEW: ViewState = { overlay: null, classId: null, opacity: 0.5, colourMap: 'viridis', threshold: 0, style: 'heat', place: null, panelOpen: true };

/** The same view of another smear: at the same place and with the same overlay, of the class that is predicted there. */
export function ofAnotherSmear(view: ViewState): ViewState {
  return { ...view, classId: null };
}

/** Which map a choice shows, and where that comes from. */
export interface OverlaySource {
  readonly method: CamMethod;
  readonly variant: CamVariant;
  /** What is asked where there is no answer yet; absent: the map comes with the analysis. */
  readonly inquiry?: MapInquiry;
  /** Offered among the further methods, which are folded away. */
  readonly more?: true;
}

/** In the order of the controls. */
export const OVERLAYS: Readonly<Record<Exclude<OverlayChoice, 'off'>, OverlaySource>> = {
  'grad-cam': { method: 'grad-cam', variant: 'none' },
  'grad-cam++ paper': { method: 'grad-cam++', variant: 'paper' },
  'grad-cam++ normalised': { method: 'grad-cam++', variant: 'normalised' },
  'score-cam authors': { method: 'score-cam', variant: 'authors', inquiry: { kind: 'score-cam', mode: 'fast' } },
  'score-cam channel-softmax': { method: 'score-cam', variant: 'channel-softmax', inquiry: { kind: 'score-cam', mode: 'fast' }, more: true },
  hirescam: { method: 'hirescam', variant: 'none', inquiry: { kind: 'more-methods' }, more: true },
  layercam: { method: 'layercam', variant: 'none', inquiry: { kind: 'more-methods' }, more: true },
  'xgrad-cam': { method: 'xgrad-cam', variant: 'none', inquiry: { kind: 'more-methods' }, more: true },
  'eigen-cam': { method: 'eigen-cam', variant: 'none', inquiry: { kind: 'more-methods' }, more: true },
  'recipro-cam': { method: 'recipro-cam', variant: 'none', inquiry: { kind: 'recipro-cam' }, more: true },
};

/** All but 'off', in that order. */
export const OVERLAY_CHOICES = Object.keys(OVERLAYS) as (keyof typeof OVERLAYS)[];

/** In the order of the controls. */
export const STYLES: Record<OverlayStyle, { readonly label: string }> = { heat: { label: 'Heat map' }, contour: { label: 'Contour' }, both: { label: 'Both' } };

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
    style: isStyle(view.style) ? view.style : DEFAULT_VIEW.style,
    place: isPlace(view.place) ? view.place : DEFAULT_VIEW.place,
    panelOpen: typeof view.panelOpen === 'boolean' ? view.panelOpen : DEFAULT_VIEW.panelOpen,
  };
}

export function isOverlay(value: unknown): value is OverlayChoice {
  return typeof value === 'string' && (value === 'off' || Object.hasOwn(OVERLAYS, value));
}

export function isColourMap(value: unknown): value is ColourMapName {
  return typeof value === 'string' && Object.hasOwn(COLOUR_MAPS, value);
}

export function isStyle(value: unknown): value is OverlayStyle {
  return typeof value === 'string' && Object.hasOwn(STYLES, value);
}

function isPlace(value: unknown): value is Place {
  const { x, y, scale }: Partial<Record<keyof Place, unknown>> = typeof value === 'object' && value !== null ? value : {};
  return Number.isFinite(x) && Number.isFinite(y) && Number.isFinite(scale) && (scale as number) > 0;
}

function fraction(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : otherwise;
}
