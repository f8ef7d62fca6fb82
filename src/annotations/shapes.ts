/**
 * Regions as W3C Web Annotations (https://www.w3.org/TR/annotation-model/): boxes and points as a FragmentSelector by Media Fragments
 * (a point has no extent), polygons and ellipses as an SvgSelector, in pixels of the image. The class is a body for tagging, the note one
 * for commenting. What is neither, or another shape, is kept as it was.
 */
import { SmearLensError } from '../errors';
import type { RegionContent } from '../protocol/regions';
import { isDrawable, rounded, type Point, type Shape } from '../protocol/shapes';
import type { Region } from './types';

type Selector = Region['target']['selector'];

export const MEDIA_FRAGMENTS = 'http://www.w3.org/TR/media-frags/';

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const FRAGMENT = new RegExp(`^xywh=(?:pixel:)?(${NUMBER}),(${NUMBER}),(${NUMBER}),(${NUMBER})$`);
/** One shape and nothing else: what lies beside it, or would turn or scale it, is not understood. */
const SVG = /^\s*<svg(?:\s+xmlns=["'][^"']*["'])?\s*>\s*<(polygon|ellipse)((?:\s+[\w:-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?:\/>|>\s*<\/\1\s*>)\s*<\/svg>\s*$/;
const MISLEADING = ['transform', 'style', 'viewBox'];

/** Numbers to a tenth of a pixel. */
export function formatShape(shape: Shape): Selector {
  const exact = rounded(shape);
  switch (exact.kind) {
    case 'box':
      return fragment(exact.x, exact.y, exact.width, exact.height);
    case 'point':
      return fragment(exact.x, exact.y, 0, 0);
    case 'polygon':
      return { type: 'SvgSelector', value: `<svg><polygon points="${exact.points.map((point) => point.join(',')).join(' ')}"/></svg>` };
    case 'ellipse':
      return { type: 'SvgSelector', value: `<svg><ellipse cx="${exact.cx}" cy="${exact.cy}" rx="${exact.rx}" ry="${exact.ry}"/></svg>` };
  }
}

/** @returns undefined where the selector is none of the shapes that can be drawn, whoever wrote it */
export function parseShape(selector: unknown): Shape | undefined {
  const { type, value } = (selector ?? {}) as Partial<Record<keyof Selector, unknown>>;
  if (typeof value !== 'string') return undefined;
  const shape = type === 'FragmentSelector' ? parseFragment(value) : type === 'SvgSelector' ? parseSvg(value) : undefined;
  return shape && isDrawable(shape) ? shape : undefined;
}

/** What a region says, as the page shows it. */
export function contentOfRegion(region: Region): RegionContent {
  const bodies = bodiesOf(region);
  const of = (purpose: string): string | undefined => bodies.find((body) => body.purpose === purpose && typeof body.value === 'string')?.value;
  const target = region.target as Partial<Region['target']> | undefined;
  return { id: region.id, shape: parseShape(target?.selector), classId: of('tagging') ?? null, note: of('commenting') ?? '' };
}

/**
 * The region as it is written.
 * @param before of the same id: what it holds besides, and a shape that cannot be drawn, stays
 * @throws SmearLensError `input-invalid` where there is no shape, or one without extent
 */
export function regionOf({ id, shape, classId, note }: RegionContent, before?: Region): Region {
  const target = shape ? isDrawable(rounded(shape)) && { ...before?.target, selector: formatShape(shape) } : before?.target;
  if (!target) throw new SmearLensError('input-invalid', 'The region has no extent.', 'Draw it larger.');
  const bodies = [
    ...(classId === null ? [] : [{ type: 'TextualBody', purpose: 'tagging', value: classId }]),
    ...(note === '' ? [] : [{ type: 'TextualBody', purpose: 'commenting', value: note }]),
    ...(before ? bodiesOf(before).filter(({ purpose }) => purpose !== 'tagging' && purpose !== 'commenting') : []),
  ];
  return { ...before, id, type: 'Annotation', body: bodies, target };
}

function fragment(...numbers: readonly number[]): Selector {
  return { type: 'FragmentSelector', conformsTo: MEDIA_FRAGMENTS, value: `xywh=pixel:${numbers.join(',')}` };
}

function parseFragment(value: string): Shape | undefined {
  const match = FRAGMENT.exec(value);
  if (!match) return undefined;
  const [x = NaN, y = NaN, width = NaN, height = NaN] = match.slice(1).map(Number);
  return width === 0 && height === 0 ? { kind: 'point', x, y } : { kind: 'box', x, y, width, height };
}

function parseSvg(value: string): Shape | undefined {
  const [, kind, text = ''] = SVG.exec(value) ?? [];
  if (!kind) return undefined;
  const attributes = new Map([...text.matchAll(/([\w:-]+)\s*=\s*["']([^"']*)["']/g)].map(([, name, content]) => [name, content ?? '']));
  if (MISLEADING.some((name) => attributes.has(name))) return undefined;
  if (kind === 'polygon') return parsePolygon(attributes.get('points') ?? '');
  const number = (name: string): number => numberOf(attributes.get(name) ?? (name.startsWith('c') ? '0' : ''));
  return { kind: 'ellipse', cx: number('cx'), cy: number('cy'), rx: number('rx'), ry: number('ry') };
}

function parsePolygon(text: string): Shape | undefined {
  const numbers = text.trim().split(/[\s,]+/).map(numberOf);
  if (numbers.length % 2 === 1) return undefined;
  const points = Array.from({ length: numbers.length / 2 }, (_, i): Point => [numbers[2 * i] ?? NaN, numbers[2 * i + 1] ?? NaN]);
  return { kind: 'polygon', points };
}

/** NaN for what is no plain number, such as one with a unit. */
function numberOf(text: string): number {
  return new RegExp(`^${NUMBER}$`).test(text) ? Number(text) : NaN;
}

/** The standard allows a single body, and none. */
function bodiesOf({ body }: Region): Region['body'] {
  return ([body ?? []] as const).flat().filter((part) => typeof part === 'object' && part !== null);
}
