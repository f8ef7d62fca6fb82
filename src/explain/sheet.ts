/**
 * The contact sheet: one smear under each method and for each class, as one SVG drawing. What is in it is decided here, for the
 * command line and the editor alike; the pictures in it are drawn by whoever asks. Pure and without DOM.
 */
import type { Analysis, CamMap, Explanation } from '../protocol/analysis';
import { formatMethod, formatPercent, OUTSIDE_DOMAIN, RESEARCH_USE } from '../protocol/format';
import { evenWeightsNote, scoreCamCaption, type ScoreCam } from '../protocol/scoreCam';
import { COLOUR_MAPS, type ColourMapName } from '../protocol/viewState';
import { colourTable } from './colourMaps';
import { drawing, image, rectangle, text, wrap } from './svg';

/** Of a model with more classes the likeliest are shown. */
const MAX_CLASSES = 5;

/** In units of the drawing: of a tile the longer side. */
const TILE = 200;
const GAP = 10;
const MARGIN = 24;
const LINE = 18;
const SIZE = 13;
/** The colour bar. */
const BAR = { width: 256, height: 12, steps: 64 } as const;

/** Pixels of a tile's longer side: sharp at twice the drawing's size, for print. */
export const TILE_PIXELS = 2 * TILE;

export interface SheetSource {
  readonly fileName: string;
  readonly analysis: Omit<Analysis, 'image'>;
  readonly explanation: Explanation;
  readonly scoreCam: ScoreCam;
  /** How the maps are drawn; opacity 0 to 1. */
  readonly colours: ColourMapName;
  readonly opacity: number;
}

export interface SheetRow {
  readonly label: string;
  /** What the maps lie on. */
  readonly layer: Pick<Explanation, 'layer' | 'height' | 'width'>;
  /** One a class, in the order of {@link SheetPlan.classes}. */
  readonly maps: readonly CamMap[];
}

export interface SheetPlan {
  /** Indices into the model's classes. */
  readonly classes: readonly number[];
  readonly rows: readonly SheetRow[];
}

/** PNG files as data URIs, of {@link TILE_PIXELS}. */
export interface SheetPictures {
  /** Pixels; gives the tiles their proportions. */
  readonly width: number;
  readonly height: number;
  readonly smear: string;
  /** Rows of {@link SheetPlan}, a picture a class. */
  readonly overlays: readonly (readonly string[])[];
}

/** Grad-CAM, Grad-CAM++ as its paper has it and Score-CAM as its authors have it, for all classes or the likeliest. */
export function sheetPlan({ analysis, explanation, scoreCam }: SheetSource): SheetPlan {
  const sources = [
    { method: 'grad-cam', variant: 'none', of: explanation, more: '' },
    { method: 'grad-cam++', variant: 'paper', of: explanation, more: '' },
    { method: 'score-cam', variant: 'authors', of: scoreCam, more: `, ${scoreCam.mode}` },
  ] as const;
  const find = ({ method, variant, of }: (typeof sources)[number], index: number): CamMap | undefined => of.maps.find((m) => m.method === method && m.variant === variant && m.classIndex === index);
  const { probabilities } = analysis;
  const explained = analysis.model.classes.map((_, index) => index).filter((index) => sources.every((source) => find(source, index)));
  const likeliest = [...explained].sort((a, b) => probabilities[b] - probabilities[a]).slice(0, MAX_CLASSES);
  const shown = explained.filter((index) => likeliest.includes(index));
  const rows = sources.map((source) => ({
    label: `${formatMethod(source.method, source.variant)}${source.more}`,
    layer: source.of,
    maps: shown.flatMap((index) => find(source, index) ?? []),
  }));
  return { classes: shown, rows };
}

/** The drawing. Text is text, in the reader's sans-serif face. */
export function sheetSvg(source: SheetSource, plan: SheetPlan, pictures: SheetPictures): string {
  const { fileName, analysis } = source;
  const scale = TILE / Math.max(pictures.width, pictures.height);
  const tile = { width: pictures.width * scale, height: pictures.height * scale };
  // A tall, narrow smear must leave room for the classes' names.
  const column = Math.max(tile.width, 0.6 * TILE);
  const grid = MARGIN + column + 3 * GAP;
  const width = Math.max(grid + plan.classes.length * (column + GAP) - GAP + MARGIN, 3 * TILE);
  const columnAt = (index: number): number => grid + index * (column + GAP);
  const parts: string[] = [];
  let y = MARGIN + LINE;

  for (const line of wrap(`${fileName}: ${verdictOf(analysis)}`, width - 2 * MARGIN, 17)) {
    parts.push(text(MARGIN, y, line, { size: 17, bold: true }));
    y += 24;
  }
  const names = plan.classes.map((index) => wrap(analysis.model.classes[index].name, column, SIZE));
  const nameLines = Math.max(0, ...names.map((name) => name.length));
  names.forEach((name, i) => {
    name.forEach((line, at) => parts.push(text(columnAt(i), y + (nameLines - name.length + at) * LINE, line, { size: SIZE, bold: true })));
    parts.push(text(columnAt(i), y + nameLines * LINE, `probability ${formatPercent(analysis.probabilities[plan.classes[i]])}`, { size: SIZE }));
  });
  y += nameLines * LINE + GAP;

  const top = y + LINE;
  parts.push(text(MARGIN, y + LINE - 5, 'The smear', { size: SIZE, colour: '#505050' }), image(MARGIN, top, tile.width, tile.height, pictures.smear, `The smear ${fileName}`));
  plan.rows.forEach(({ label }, row) => {
    parts.push(text(grid, y + LINE - 5, label, { size: SIZE, colour: '#505050' }));
    y += LINE;
    plan.classes.forEach((index, i) => parts.push(image(columnAt(i), y, tile.width, tile.height, pictures.overlays[row][i], `${label} for class ${analysis.model.classes[index].name}`)));
    y += tile.height + GAP;
  });

  parts.push(...colourBar(source.colours, y));
  y += BAR.height + LINE;
  for (const line of [...caption(source, plan), RESEARCH_USE]) {
    for (const broken of wrap(line, width - 2 * MARGIN, SIZE)) {
      parts.push(text(MARGIN, y + SIZE, broken, { size: SIZE, bold: line === RESEARCH_USE }));
      y += LINE;
    }
  }
  return drawing(width, y + MARGIN, `Contact sheet of ${fileName}: ${plan.rows.map(({ label }) => label).join('; ')}`, parts);
}

function verdictOf({ model, predicted, probabilities, domain }: SheetSource['analysis']): string {
  return domain?.inDomain === false ? OUTSIDE_DOMAIN : `${model.classes[predicted].name}, probability ${formatPercent(probabilities[predicted])}`;
}

function colourBar(colours: ColourMapName, y: number): string[] {
  const table = colourTable(colours);
  const [left, step] = [MARGIN + 32, BAR.width / BAR.steps];
  const colour = (i: number): string => {
    const at = 3 * Math.floor(((i + 0.5) / BAR.steps) * (table.length / 3));
    return `rgb(${table.subarray(at, at + 3).join(',')})`;
  };
  // Each reaches under the next one, so that no seam shows between them.
  const steps = Array.from({ length: BAR.steps }, (_, i) => rectangle(left + i * step, y, i < BAR.steps - 1 ? 1.5 * step : step, BAR.height, colour(i)));
  return [text(MARGIN, y + SIZE - 2, 'low', { size: SIZE }), ...steps, text(left + BAR.width + 8, y + SIZE - 2, 'high', { size: SIZE })];
}

function caption({ analysis, explanation, scoreCam, colours, opacity }: SheetSource, { rows, classes }: SheetPlan): string[] {
  const { model } = analysis;
  const all = rows.flatMap(({ label, maps }) => maps.map((map) => ({ map, name: `${label} for ${model.classes[map.classIndex].name}` })));
  const named = (title: string, holds: (map: CamMap) => boolean): string[] => {
    const names = all.filter(({ map }) => holds(map)).map(({ name }) => name);
    return names.length > 0 ? [`${title}: ${names.join('; ')}.`] : [];
  };
  const evenWeights = all.map(({ map }) => evenWeightsNote(map)).find((note) => note !== undefined);
  return [
    `Maps of layer ${explanation.layer} (${explanation.width} × ${explanation.height}), each min-max normalised by itself; colours ${COLOUR_MAPS[colours].label}, opacity ${Math.round(100 * opacity)} %.`,
    `${scoreCamCaption(scoreCam, model.classes)}.`,
    ...(explanation.uniformGradient ? ['On this model (global average pooling, one linear layer) Grad-CAM and Grad-CAM++ rest on the same weights: where they agree, that is arithmetic, not corroboration.'] : []),
    ...named('Flat, nothing stands out', ({ flat }) => flat),
    ...(evenWeights === undefined ? [] : named(evenWeights.replace(/[.:].*$/, ', so activity and not evidence for the class'), (map) => evenWeightsNote(map) !== undefined)),
    ...(classes.length < model.classes.length ? [`The likeliest ${classes.length} of ${model.classes.length} classes.`] : []),
    `Model: ${model.name}, sha256 ${model.sha256}`,
  ];
}
