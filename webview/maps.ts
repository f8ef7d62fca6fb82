/** Which maps can be laid over the smear on show: those of its analysis, and those of the inquiries that were answered. */
import type { Analysis, CamMap, Explanation } from '../src/protocol/analysis';
import type { ShownMap } from '../src/protocol/caption';
import type { MapInquiry } from '../src/protocol/inquiry';
import { isWhole, type InquiryState, type InquiryStates } from '../src/protocol/inquiryState';
import { OVERLAY_CHOICES, OVERLAYS, type OverlayChoice, type ViewState } from '../src/protocol/viewState';
import { nearlySameMaps } from '../src/protocol/trustText';
import { isOutside } from './verdict';

export interface Maps {
  readonly analysis: Analysis;
  /** Absent where gradients do not reach the layer; there are inquiries that need none. */
  readonly explanation: Explanation | undefined;
  readonly inquiries: InquiryStates;
}

/** Undefined where nothing can be explained. */
export function mapsOf(analysis: Analysis | undefined, inquiries: InquiryStates): Maps | undefined {
  if (!analysis?.explanation) return undefined;
  if ('maps' in analysis.explanation) return { analysis, explanation: analysis.explanation, inquiries };
  return analysis.explanation.error.code === 'op-not-differentiable' ? { analysis, explanation: undefined, inquiries } : undefined;
}

/** The map that the view asks for; undefined where the overlay is off or there is no such map, or not yet. */
export function chosenMap(maps: Maps, view: ViewState): ShownMap | undefined {
  const overlay = effectiveOverlay(maps, view);
  if (overlay === 'off') return undefined;
  const classId = effectiveClassId(maps.analysis, view);
  const { method, variant, inquiry } = OVERLAYS[overlay];
  const answer = inquiry && maps.inquiries[inquiry.kind]?.answer;
  const layer = inquiry ? answer : maps.explanation;
  const map = layer?.maps.find((m) => m.method === method && m.variant === variant && maps.analysis.model.classes[m.classIndex]?.id === classId);
  return map && layer && { map, layer, answer };
}

/** Where this method's maps of the two likeliest classes are nearly the same, a sentence that says so. */
export function similarityNote({ analysis, explanation, inquiries }: Maps, { map: { method, variant } }: ShownMap): string | undefined {
  const known = [explanation, ...Object.values(inquiries).map(({ answer }) => answer)].flatMap((of) => of?.maps ?? []);
  const maps = known.filter((m) => m.method === method && m.variant === variant);
  return nearlySameMaps({ maps }, analysis.logits, analysis.model.classes)[0];
}

/** What the view needs an inquiry for, and how far that has come. */
export function chosenInquiry(maps: Maps, view: ViewState): { readonly inquiry: MapInquiry; readonly state: InquiryState | undefined } | undefined {
  const overlay = effectiveOverlay(maps, view);
  const inquiry = overlay === 'off' ? undefined : OVERLAYS[overlay].inquiry;
  return inquiry && { inquiry, state: maps.inquiries[inquiry.kind] };
}

/** The overlays that can be chosen, in the order of the controls, without 'off': those that are there, and those to be asked for, some of which need gradients. */
export function offeredOverlays({ explanation }: Pick<Maps, 'explanation'>): OverlayChoice[] {
  return OVERLAY_CHOICES.filter((overlay) => {
    const { inquiry } = OVERLAYS[overlay];
    return inquiry ? explanation !== undefined || inquiry.kind !== 'more-methods' : hasMap(explanation?.maps, overlay);
  });
}

/** Those of them that are there: nothing is computed when one is chosen. */
export function readyOverlays({ explanation, inquiries }: Maps): OverlayChoice[] {
  return OVERLAY_CHOICES.filter((overlay) => {
    const { inquiry } = OVERLAYS[overlay];
    if (!inquiry) return hasMap(explanation?.maps, overlay);
    const answer = inquiries[inquiry.kind]?.answer;
    return answer !== undefined && isWhole(answer) && hasMap(answer.maps, overlay);
  });
}

/** The classes that are explained, as far as that is known: a model of many classes has but the likeliest explained. */
export function explainedClasses({ analysis, explanation, inquiries }: Maps): Analysis['model']['classes'] {
  const maps = [explanation, ...Object.values(inquiries).map(({ answer }) => answer)].flatMap((of) => of?.maps ?? []);
  const { classes } = analysis.model;
  return maps.length > 0 ? classes.filter((_, index) => maps.some((map) => map.classIndex === index)) : classes;
}

/** Outside the domain no class is offered, so no class is explained until the reviewer asks. */
export function effectiveOverlay({ analysis, explanation }: Omit<Maps, 'inquiries'>, view: ViewState): OverlayChoice {
  return view.overlay ?? (isOutside(analysis) || !explanation ? 'off' : 'grad-cam');
}

/** The class chosen, if this model has it; else the one predicted. */
export function effectiveClassId({ model, predicted }: Analysis, view: ViewState): string {
  const chosen = model.classes.find(({ id }) => id === view.classId) ?? model.classes[predicted];
  return chosen?.id ?? '';
}

function hasMap(maps: readonly CamMap[] | undefined, overlay: keyof typeof OVERLAYS): boolean {
  const { method, variant } = OVERLAYS[overlay];
  return maps?.some((map) => map.method === method && map.variant === variant) ?? false;
}
