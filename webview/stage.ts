/** The picture and, on the part of it that the network saw, the overlay. The viewer moves both as one. */
import { colourTable } from '../src/explain/colourMaps';
import { CONTOUR_SIDE, contourPath } from '../src/explain/contour';
import { bilinearResize, colourise, minMax } from '../src/explain/overlay';
import type { Analysis, CamMap } from '../src/protocol/analysis';
import type { ImageSource } from '../src/protocol/editor';
import type { ViewState } from '../src/protocol/viewState';
import { byId } from './dom';
import { keyOf, Pictures, type Picture } from './pictures';
import type { Viewer } from './viewer';

/** Pixels. A map of 7 × 7 has no more detail to show in a larger canvas, and each toggle fills it anew. */
const MAX_OVERLAY_SIDE = 1024;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is to be on the stage. */
export interface Scene {
  /** Of the smear: with another one, nothing of the one before stays. */
  readonly id: string;
  readonly fileName: string;
  readonly source: ImageSource | undefined;
  /** The size that the inference process decoded: larger than what is shown where that was made smaller to send it. */
  readonly analysed: Size | undefined;
}

export class Stage {
  private readonly overlay = byId<HTMLCanvasElement>('overlay');
  private readonly contour = document.querySelector<SVGSVGElement>('#contour');
  private readonly pixel = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  private readonly pictures = new Pictures();
  private image = byId<HTMLImageElement>('image');
  /** The newest; shown once it is decoded. */
  private wanted: Picture | undefined;
  private scene: Scene | undefined;

  /** @param onFileFailed the browser cannot decode the file of the smear with this id */
  constructor(
    private readonly viewer: Viewer,
    private readonly onFileFailed: (id: string) => void,
  ) {}

  prefetch(images: readonly ImageSource[]): void {
    this.pictures.prefetch(images);
  }

  /** Shows the picture; one that is shown already is left as it is, so that nothing flashes. */
  show(scene: Scene): void {
    const before = this.scene;
    const isAnother = !before || before.id !== scene.id;
    this.scene = isAnother ? scene : { ...scene, analysed: scene.analysed ?? before?.analysed };
    this.describe();
    if (!isAnother && keyOf(before.source) === keyOf(scene.source)) return this.measure();
    // A file's older version stays until there is the newer one, but no smear stands beside the verdict of another.
    if (isAnother) this.image.hidden = true;
    const picture = this.pictures.take(scene.source);
    this.wanted = picture;
    this.setState(scene.source?.kind === 'unshowable' ? 'failed' : 'loading');
    picture?.decoded.then(
      () => this.wanted === picture && this.put(picture),
      () => this.wanted === picture && this.failed(scene),
    );
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
    const picture = this.picture;
    if (!this.pixel || !picture || this.size().width !== picture.naturalWidth) return undefined;
    this.pixel.drawImage(picture, x, y, 1, 1, 0, 0, 1, 1);
    return [...this.pixel.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
  }

  /** The picture on show; undefined while there is none. */
  get picture(): HTMLImageElement | undefined {
    return document.body.dataset['image'] === 'shown' ? this.image : undefined;
  }

  private drawColours(values: Float32Array, layer: Size, { width, height }: Size, view: ViewState): void {
    // Set anew, even to what it is, a canvas throws its pixels away and takes new memory.
    if (this.overlay.width !== width || this.overlay.height !== height) Object.assign(this.overlay, { width, height });
    const large = bilinearResize(values, layer.height, layer.width, height, width);
    const pixels = colourise(large, { table: colourTable(view.colourMap), opacity: view.opacity, threshold: view.threshold });
    this.overlay.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }

  private drawContour(values: Float32Array, layer: Size, { width, height }: Size, { threshold }: ViewState): void {
    const path = contourPath(bilinearResize(values, layer.height, layer.width, height, width), height, width, threshold);
    this.contour?.setAttribute('viewBox', `0 0 ${width} ${height}`);
    for (const line of this.contour?.children ?? []) line.setAttribute('d', path);
  }

  private put(picture: Picture): void {
    picture.element.id = 'image';
    this.image.replaceWith(picture.element);
    this.image = picture.element;
    this.describe();
    this.setState('shown');
  }

  private failed({ id, source }: Scene): void {
    if (source?.kind === 'png') return this.setState('failed');
    this.onFileFailed(id);
  }

  private describe(): void {
    const name = this.scene?.fileName ?? '';
    this.image.alt = `Blood smear ${name}`;
    this.viewer.describe(`Smear ${name}: wheel to zoom, drag to move`);
  }

  private setState(state: 'loading' | 'shown' | 'failed'): void {
    document.body.dataset['image'] = state;
    byId('no-image').hidden = state !== 'failed';
    if (state === 'failed') this.image.hidden = true;
    if (state === 'shown') this.measure();
  }

  /** Of the file. What was decoded counts as long as it can be of the same image: the file may have changed since. */
  private size(): Size {
    const shown = { width: this.image.naturalWidth, height: this.image.naturalHeight };
    const source = this.scene?.source;
    const analysed = source?.kind === 'png' ? source : this.scene?.analysed;
    if (!analysed || analysed.width < shown.width) return shown;
    const height = (shown.height * analysed.width) / shown.width;
    return Math.abs(height - analysed.height) <= analysed.width / shown.width ? analysed : shown;
  }

  private measure(): void {
    if (!this.picture) return;
    const { width, height } = this.size();
    this.viewer.resize(width, height);
  }
}

/** The size in whole pixels, made smaller where a side is longer than `side`. */
export function fitted({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
