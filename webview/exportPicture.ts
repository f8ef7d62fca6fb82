/** The picture with its overlay and a caption, as a PNG file. */
import { colourTable } from '../src/explain/colourMaps';
import { CONTOUR_SIDE, contourPath } from '../src/explain/contour';
import { bilinearResize, colourise, minMax } from '../src/explain/overlay';
import { SmearLensError, toErrorInfo } from '../src/errors';
import { overlayCaption, overlayName, type ShownOverlay } from '../src/protocol/caption';
import type { Exported } from '../src/protocol/editor';
import { fitted, type Size } from './stage';

/** Pixels: a smaller picture is enlarged by a whole factor, so that its caption can be read. */
const LEAST_WIDTH = 640;
/** Pixels a side: what a browser's canvas surely takes. */
const GREATEST_SIDE = 8192;

/** Of the caption, by the width of the picture. */
const FONT_SHARE = 1 / 50;
const FONT = 'system-ui, sans-serif';

/** Draws the picture anew, at its own size and without the viewer's zoom. */
export async function exportPicture(picture: HTMLImageElement | undefined, fileName: string, overlay: ShownOverlay | undefined): Promise<Exported> {
  try {
    if (!picture) throw new SmearLensError('input-invalid', `${fileName} is not on show.`, 'Wait until it is, and export it again.');
    if (!overlay) throw new SmearLensError('input-invalid', `${fileName} has no overlay on show.`, 'Choose one in the analysis panel, and export it again.');
    const canvas = draw(picture, overlay, overlayCaption(fileName, overlay));
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    return { png: new Uint8Array(await blob.arrayBuffer()), name: overlayName(overlay) };
  } catch (thrown) {
    return { error: toErrorInfo(thrown) };
  }
}

function draw(picture: HTMLImageElement, overlay: ShownOverlay, caption: readonly string[]): OffscreenCanvas {
  const natural = { width: picture.naturalWidth, height: picture.naturalHeight };
  const factor = Math.max(1, Math.ceil(LEAST_WIDTH / natural.width));
  const size = fitted({ width: factor * natural.width, height: factor * natural.height }, GREATEST_SIDE);
  const fontSize = Math.max(12, Math.round(size.width * FONT_SHARE));
  const lines = wrap(caption, size.width - 2 * fontSize, fontSize);
  const band = Math.round(fontSize * (1.4 * lines.length + 2.6));

  const canvas = new OffscreenCanvas(size.width, size.height + band);
  const context = contextOf(canvas);
  // As the viewer shows an enlarged picture: pixels as squares.
  context.imageSmoothingEnabled = size.width < natural.width;
  context.drawImage(picture, 0, 0, size.width, size.height);
  if (!overlay.map.flat) drawMap(context, size, overlay);
  context.fillStyle = '#ffffff';
  context.fillRect(0, size.height, size.width, band);
  const top = drawScale(context, { left: fontSize, top: size.height + 0.6 * fontSize, width: size.width - 2 * fontSize, fontSize }, overlay);
  context.fillStyle = '#101010';
  context.font = `${fontSize}px ${FONT}`;
  lines.forEach((line, i) => context.fillText(line, fontSize, top + 1.4 * fontSize * (i + 1)));
  return canvas;
}

/** Draws the map over the picture that fills a canvas of this size. */
export function drawMap(context: OffscreenCanvasRenderingContext2D, { width, height }: Size, { analysis: { image }, layer: of, view, map }: ShownOverlay): void {
  const scale = width / image.width;
  const field = image.field ?? { x: 0, y: 0, width: image.width, height: image.height };
  const at = { x: field.x * scale, y: field.y * scale, width: field.width * scale, height: (field.height * height) / image.height };
  const { values } = minMax(map.raw);
  const resized = (to: Size): Float32Array => bilinearResize(values, of.height, of.width, to.height, to.width);
  context.save();
  context.beginPath();
  context.rect(0, 0, width, height);
  context.clip();
  if (view.style !== 'contour') {
    const grid = { width: Math.max(1, Math.round(at.width)), height: Math.max(1, Math.round(at.height)) };
    const layer = new OffscreenCanvas(grid.width, grid.height);
    const pixels = colourise(resized(grid), { table: colourTable(view.colourMap), opacity: view.opacity, threshold: view.threshold });
    contextOf(layer).putImageData(new ImageData(pixels, grid.width, grid.height), 0, 0);
    context.drawImage(layer, Math.round(at.x), Math.round(at.y));
  }
  if (view.style !== 'heat') {
    const grid = fitted(field, CONTOUR_SIDE);
    const path = new Path2D();
    path.addPath(new Path2D(contourPath(resized(grid), grid.height, grid.width, view.threshold)), new DOMMatrix([at.width / grid.width, 0, 0, at.height / grid.height, at.x, at.y]));
    const line = Math.max(1.75, width / 400);
    context.lineJoin = 'round';
    for (const [style, strokeWidth] of [['rgb(255 255 255 / 85%)', 2.5 * line], ['#101010', line]] as const) {
      context.strokeStyle = style;
      context.lineWidth = strokeWidth;
      context.stroke(path);
    }
  }
  context.restore();
}

interface Scale {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly fontSize: number;
}

/** The colours from low to high; nothing for a contour alone. Returns where the text may begin. */
function drawScale(context: OffscreenCanvasRenderingContext2D, { left, top, width, fontSize }: Scale, { view, map }: ShownOverlay): number {
  if (view.style === 'contour' || map.flat) return top;
  context.fillStyle = '#101010';
  context.font = `${0.85 * fontSize}px ${FONT}`;
  const [low, high] = [context.measureText('low ').width, context.measureText(' high').width];
  context.fillText('low', left, top + 0.8 * fontSize);
  context.fillText('high', left + width - high + context.measureText(' ').width, top + 0.8 * fontSize);
  const table = colourTable(view.colourMap);
  const colours = table.length / 3;
  const step = (width - low - high) / colours;
  for (let i = 0; i < colours; i++) {
    context.fillStyle = `rgb(${table.subarray(3 * i, 3 * i + 3).join(' ')})`;
    context.fillRect(left + low + i * step, top, step + 1, 0.8 * fontSize);
  }
  return top + fontSize;
}

/** Breaks what is too long between words. */
function wrap(lines: readonly string[], width: number, fontSize: number): string[] {
  const context = contextOf(new OffscreenCanvas(1, 1));
  context.font = `${fontSize}px ${FONT}`;
  return lines.flatMap((line) => {
    const broken: string[] = [];
    let rest = '';
    for (const word of line.split(' ')) {
      const longer = rest ? `${rest} ${word}` : word;
      if (rest && context.measureText(longer).width > width) {
        broken.push(rest);
        rest = word;
      } else rest = longer;
    }
    return [...broken, rest];
  });
}

export function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new SmearLensError('output-unwritable', `A picture of ${canvas.width} × ${canvas.height} pixels cannot be drawn here.`, 'Export a smaller one.');
  return context;
}
