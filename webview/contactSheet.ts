/** The contact sheet of the smear on show, as a drawing and as a picture. */
import { SmearLensError, toErrorInfo } from '../src/errors';
import { sheetPlan, sheetSvg, TILE_PIXELS, type SheetSource } from '../src/explain/sheet';
import type { ShownMap } from '../src/protocol/caption';
import type { Exported } from '../src/protocol/editor';
import type { ViewState } from '../src/protocol/viewState';
import { contextOf, drawMap } from './exportPicture';
import type { Maps } from './maps';
import { fitted, type Size } from './stage';

/** Pixels of the picture for each unit of the drawing. */
const DENSITY = 2;

/** Draws it in the colours that are chosen, as heat maps without a threshold. */
export async function exportSheet(picture: HTMLImageElement | undefined, fileName: string, maps: Maps | undefined, view: ViewState | undefined): Promise<Exported> {
  try {
    const scoreCam = maps?.inquiries['score-cam']?.answer;
    if (!picture || !view) throw new SmearLensError('input-invalid', `${fileName} is not on show.`, 'Wait until it is, and run the command again.');
    if (!maps?.explanation || scoreCam?.kind !== 'score-cam') throw new SmearLensError('input-invalid', `${fileName} has not all of the maps that a contact sheet shows.`, 'See in the editor what is missing, and run the command again.');
    const { analysis, explanation } = maps;
    const source: SheetSource = { fileName, analysis, explanation, scoreCam, colours: view.colourMap, opacity: view.opacity };
    const plan = sheetPlan(source);
    const size = fitted({ width: picture.naturalWidth, height: picture.naturalHeight }, TILE_PIXELS);
    const tile = (shown?: ShownMap): Promise<string> => tilePicture(picture, size, (context) => shown && !shown.map.flat && drawMap(context, size, { analysis, view: { ...view, style: 'heat', threshold: 0 }, ...shown }));
    const overlays = await Promise.all(plan.rows.map(({ maps: row, layer }) => Promise.all(row.map((map) => tile({ map, layer })))));
    const svg = sheetSvg(source, plan, { ...size, smear: await tile(), overlays });
    return { svg, png: await rasterised(svg), name: 'contact sheet' };
  } catch (thrown) {
    return { error: toErrorInfo(thrown) };
  }
}

/** As a data URI. */
async function tilePicture(picture: HTMLImageElement, { width, height }: Size, draw: (context: OffscreenCanvasRenderingContext2D) => void): Promise<string> {
  const canvas = new OffscreenCanvas(width, height);
  const context = contextOf(canvas);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  draw(context);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error('The picture could not be read.'));
    reader.readAsDataURL(blob);
  });
}

async function rasterised(svg: string): Promise<Uint8Array> {
  const uri = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const drawing = new Image();
    drawing.src = uri;
    await drawing.decode();
    const canvas = new OffscreenCanvas(DENSITY * drawing.naturalWidth, DENSITY * drawing.naturalHeight);
    contextOf(canvas).drawImage(drawing, 0, 0, canvas.width, canvas.height);
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    return new Uint8Array(await blob.arrayBuffer());
  } finally {
    URL.revokeObjectURL(uri);
  }
}
