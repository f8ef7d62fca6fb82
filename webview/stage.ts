/** The picture and, exactly over it, the overlay. Both lie in one grid cell with `object-fit: contain`, so both fit alike. */
import { colourTable } from '../src/explain/colourMaps';
import { bilinearResize, colourise, minMax } from '../src/explain/overlay';
import type { Analysis, CamMap } from '../src/protocol/analysis';
import type { ImageSource } from '../src/protocol/editor';
import type { ViewState } from '../src/protocol/viewState';
import { byId } from './dom';

/** Pixels. A map of 7 × 7 has no more detail to show in a larger canvas, and each toggle fills it anew. */
const MAX_OVERLAY_SIDE = 1024;

export class Stage {
  private readonly image = byId<HTMLImageElement>('image');
  private readonly overlay = byId<HTMLCanvasElement>('overlay');
  private blob: string | undefined;

  /** @param onFileFailed the browser cannot decode the file whose `uri` it was given */
  constructor(onFileFailed: () => void) {
    this.image.addEventListener('load', () => this.setState('shown'));
    this.image.addEventListener('error', () => {
      if (this.blob) return this.setState('failed');
      this.setState('loading');
      onFileFailed();
    });
  }

  /** Shows the picture; one that is shown already is left as it is, so that nothing flashes. */
  show(source: ImageSource | undefined, fileName: string): void {
    this.image.alt = `Blood smear ${fileName}`;
    if (source?.kind === 'uri' && this.image.getAttribute('src') === source.uri) return;
    if (this.blob) URL.revokeObjectURL(this.blob);
    this.blob = source?.kind === 'png' ? URL.createObjectURL(new Blob([new Uint8Array(source.png)], { type: 'image/png' })) : undefined;
    const uri = source?.kind === 'uri' ? source.uri : this.blob;
    if (uri) this.image.src = uri;
    else this.image.removeAttribute('src');
    this.setState(source?.kind === 'unshowable' ? 'failed' : 'loading');
  }

  clearOverlay(): void {
    this.overlay.hidden = true;
  }

  /** Draws one map over the picture. */
  drawOverlay(image: Analysis['image'], map: CamMap, layer: { height: number; width: number }, view: ViewState): void {
    const scale = Math.min(1, MAX_OVERLAY_SIDE / Math.max(image.width, image.height));
    const context = this.overlay.getContext('2d');
    if (!context) return;
    // Setting the size also clears it.
    this.overlay.width = Math.max(1, Math.round(image.width * scale));
    this.overlay.height = Math.max(1, Math.round(image.height * scale));
    const field = image.field ?? { x: 0, y: 0, width: image.width, height: image.height };
    const width = Math.max(1, Math.round(field.width * scale));
    const height = Math.max(1, Math.round(field.height * scale));
    const values = bilinearResize(minMax(map.raw).values, layer.height, layer.width, height, width);
    const pixels = colourise(values, { table: colourTable(view.colourMap), opacity: view.opacity, threshold: view.threshold });
    context.putImageData(new ImageData(pixels, width, height), Math.round(field.x * scale), Math.round(field.y * scale));
    this.overlay.hidden = false;
  }

  private setState(state: 'loading' | 'shown' | 'failed'): void {
    document.body.dataset['image'] = state;
    byId('no-image').hidden = state !== 'failed';
    this.image.hidden = state !== 'shown';
  }
}
