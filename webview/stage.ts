/** The picture and, on the part of it that the network saw, the overlay. The viewer moves both as one. */
import { colourTable } from '../src/explain/colourMaps';
import { CONTOUR_SIDE, contourPath } from '../src/explain/contour';
import { bilinearResize, colourise, minMax } from '../src/explain/overlay';
import type { Analysis, CamMap } from '../src/protocol/analysis';
import type { ImageSource } from '../src/protocol/editor';
import type { ViewState } from '../src/protocol/viewState';
import { byId } from './dom';
import type { Viewer } from './viewer';

/** Pixels. A map of 7 × 7 has no more detail to show in a larger canvas, and each toggle fills it anew. */
const MAX_OVERLAY_SIDE = 1024;

interface Size {
  readonly width: number;
  readonly height: number;
}

export class Stage {
  private readonly image = byId<HTMLImageElement>('image');
  private readonly overlay = byId<HTMLCanvasElement>('overlay');
  private readonly contour = document.querySelector<SVGSVGElement>('#contour');
  private readonly pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  private blob: string | undefined;
  /** The size that the inference process last decoded: larger than what is shown where that was made smaller to send it. */
  private analysed: Size | undefined;

  /** @param onFileFailed the browser cannot decode the file whose `uri` it was given */
  constructor(
    private readonly viewer: Viewer,
    onFileFailed: () => void,
  ) {
    this.image.addEventListener('load', () => this.setState('shown'));
    this.image.addEventListener('error', () => {
      if (this.blob) return this.setState('failed');
      this.setState('loading');
      onFileFailed();
    });
  }

  /** Shows the picture; one that is shown already is left as it is, so that nothing flashes. */
  show(source: ImageSource | undefined, fileName: string, analysed: Size | undefined): void {
    this.image.alt = `Blood smear ${fileName}`;
    this.viewer.describe(`Smear ${fileName}: wheel to zoom, drag to move`);
    this.analysed = analysed ?? this.analysed;
    if (source?.kind === 'uri' && this.image.getAttribute('src') === source.uri) return this.measure();
    if (this.blob) URL.revokeObjectURL(this.blob);
    this.blob = source?.kind === 'png' ? URL.createObjectURL(new Blob([new Uint8Array(source.png)], { type: 'image/png' })) : undefined;
    const uri = source?.kind === 'uri' ? source.uri : this.blob;
    if (uri) this.image.src = uri;
    else this.image.removeAttribute('src');
    this.setState(source?.kind === 'unshowable' ? 'failed' : 'loading');
  }

  clearOverlay(): void {
    this.overlay.hidden = true;
    this.contour?.setAttribute('hidden', '');
  }

  /** Draws one map over the picture. */
  drawOverlay(image: Analysis['image'], map: CamMap, layer: Size, view: ViewState): void {
    const field = image.field ?? { x: 0, y: 0, width: image.width, height: image.height };
    const percent = (part: number, whole: number): string => `${(100 * part) / whole}%`;
    Object.assign(byId('field').style, {
      left: percent(field.x, image.width),
      top: percent(field.y, image.height),
      width: percent(field.width, image.width),
      height: percent(field.height, image.height),
    });
    const { values } = minMax(map.raw);
    this.overlay.hidden = view.style === 'contour';
    if (!this.overlay.hidden) this.drawColours(values, layer, fitted(field, MAX_OVERLAY_SIDE), view);
    this.contour?.toggleAttribute('hidden', view.style === 'heat');
    if (view.style !== 'heat') this.drawContour(values, layer, fitted(field, CONTOUR_SIDE), view);
  }

  /** The red, green and blue of one pixel of the file; undefined where only a smaller copy of the image is shown. */
  colourAt(x: number, y: number): readonly number[] | undefined {
    const copied = this.size().width !== this.image.naturalWidth;
    if (!this.pixel || copied || document.body.dataset['image'] !== 'shown') return undefined;
    this.pixel.drawImage(this.image, x, y, 1, 1, 0, 0, 1, 1);
    return [...this.pixel.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
  }

  private drawColours(values: Float32Array, layer: Size, { width, height }: Size, view: ViewState): void {
    Object.assign(this.overlay, { width, height });
    const large = bilinearResize(values, layer.height, layer.width, height, width);
    const pixels = colourise(large, { table: colourTable(view.colourMap), opacity: view.opacity, threshold: view.threshold });
    this.overlay.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }

  private drawContour(values: Float32Array, layer: Size, { width, height }: Size, { threshold }: ViewState): void {
    const path = contourPath(bilinearResize(values, layer.height, layer.width, height, width), height, width, threshold);
    this.contour?.setAttribute('viewBox', `0 0 ${width} ${height}`);
    for (const line of this.contour?.children ?? []) line.setAttribute('d', path);
  }

  private setState(state: 'loading' | 'shown' | 'failed'): void {
    document.body.dataset['image'] = state;
    byId('no-image').hidden = state !== 'failed';
    // The browser keeps showing a file's older version until it has the newer one.
    this.image.hidden = state === 'failed' || !this.image.hasAttribute('src');
    if (state === 'shown') this.measure();
  }

  /** Of the file. What was decoded counts as long as it can be of the same image: the file may have changed since. */
  private size(): Size {
    const shown = { width: this.image.naturalWidth, height: this.image.naturalHeight };
    const { analysed } = this;
    if (!analysed || analysed.width < shown.width) return shown;
    const height = (shown.height * analysed.width) / shown.width;
    return Math.abs(height - analysed.height) <= analysed.width / shown.width ? analysed : shown;
  }

  private measure(): void {
    if (document.body.dataset['image'] !== 'shown') return;
    const { width, height } = this.size();
    this.viewer.resize(width, height);
  }
}

/** The size in whole pixels, made smaller where a side is longer than `side`. */
function fitted({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
