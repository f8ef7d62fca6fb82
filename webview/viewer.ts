/**
 * Zoom and pan. The only file that knows OpenSeadragon.
 *
 * The picture and its overlay are one element that OpenSeadragon places: its own drawers enlarge every tile by a pixel
 * against seams, which an overlay would not share. So the image it is given has a size and is never drawn.
 */
import OpenSeadragon from 'openseadragon';
import type { Place } from '../src/protocol/viewState';

/** Screen pixels an image pixel: a nucleus of 100 pixels then fills the largest screen. */
const MAX_SCALE = 32;
const ZOOM_STEP = 1.5;
/** Of the view's width or height. */
const PAN_STEP = 0.15;
/** From this scale on pixels are shown as squares: smoothing would invent what the camera did not see. */
const PIXELS_SHOW = 4;

const GESTURES = { clickToZoom: false, dblClickToZoom: false, dblClickDragToZoom: false, flickEnabled: false, pinchRotate: false };

export interface ViewerEvents {
  /** The reviewer has moved to another place; null: shows the whole image. */
  readonly moved: (place: Place | null) => void;
  /** Also while it moves. Screen pixels an image pixel. */
  readonly scaled: (scale: number) => void;
  /** The image has this size, in pixels. */
  readonly sized: (size: { readonly width: number; readonly height: number }) => void;
}

export class Viewer {
  private readonly viewer: OpenSeadragon.Viewer;
  private size: { width: number; height: number } | undefined;
  /** Where the view is to be; null: the whole image, and again after a change of the window's size. */
  private place: Place | null = null;
  /** The reviewer moved the view, and `moved` has not been told of it. */
  private touched = false;

  constructor(
    private readonly element: HTMLElement,
    private readonly picture: HTMLElement,
    private readonly events: ViewerEvents,
  ) {
    forestallStyle();
    const calm = reducesMotion();
    this.viewer = OpenSeadragon({
      element,
      drawer: 'html',
      showNavigationControl: false,
      // Keys are VS Code's.
      keyboardNavEnabled: false,
      gestureSettingsMouse: GESTURES,
      gestureSettingsPen: GESTURES,
      gestureSettingsTouch: GESTURES,
      gestureSettingsUnknown: GESTURES,
      preserveOverlays: true,
      // Ours also keeps the whole image in view.
      autoResize: false,
      animationTime: calm ? 0 : 0.25,
      springStiffness: 8,
      zoomPerScroll: 1.25,
      visibilityRatio: 0.25,
    });
    this.canvas.setAttribute('role', 'group');
    const touch = (): void => void (this.touched = true);
    // The end of a drag, too: a picture that was dragged too far then goes back.
    for (const gesture of ['canvas-drag', 'canvas-drag-end', 'canvas-scroll', 'canvas-pinch'] as const) this.viewer.addHandler(gesture, touch);
    this.viewer.addHandler('open', () => this.opened());
    this.viewer.addHandler('update-viewport', () => this.report());
    this.viewer.addHandler('animation-finish', () => this.settle());
    this.canvas.addEventListener('pointerdown', () => this.focus());
    const changed = (): void => {
      this.settle();
      this.fill();
    };
    // In screen pixels: their number also changes when the window comes to a denser screen.
    new ResizeObserver(changed).observe(element, { box: 'device-pixel-content-box' });
  }

  /** What takes the keyboard's focus. */
  get canvas(): HTMLElement {
    return this.viewer.canvas;
  }

  focus(): void {
    this.canvas.focus({ preventScroll: true });
  }

  describe(label: string): void {
    this.canvas.setAttribute('aria-label', label);
  }

  /** Sets the size of the image, in pixels. The place stays, as it is in parts of the image. */
  resize(width: number, height: number): void {
    if (width === this.size?.width && height === this.size.height) return;
    this.settle();
    this.size = { width, height };
    this.events.sized(this.size);
    const source = { width, height, tileSize: Math.max(width, height), minLevel: 0, maxLevel: 0, getTileUrl: () => '' };
    this.viewer.open({ tileSource: source, opacity: 0 });
  }

  /** Goes to a place without a movement. */
  goTo(place: Place | null): void {
    this.place = place;
    this.restore();
  }

  zoomIn(): void {
    this.zoomTo((_image, viewport) => Math.min(viewport.getMaxZoom(), viewport.getZoom() * ZOOM_STEP));
  }

  zoomOut(): void {
    this.zoomTo((_image, viewport) => Math.max(viewport.getMinZoom(), viewport.getZoom() / ZOOM_STEP));
  }

  /** One screen pixel for each image pixel. */
  actualSize(): void {
    this.zoomTo((image) => image.imageToViewportZoom(1 / devicePixelRatio));
  }

  /** Shows the whole image. */
  fit(): void {
    this.place = null;
    this.touched = false;
    this.viewer.viewport.goHome(reducesMotion());
    this.events.moved(null);
  }

  /** Moves the view by a step; x and y are -1, 0 or 1, to the right and down. */
  pan(x: number, y: number): void {
    const { viewport } = this.viewer;
    if (!this.image) return;
    const { width, height } = viewport.getBounds();
    this.touched = true;
    viewport.panBy(new OpenSeadragon.Point(x * width * PAN_STEP, y * height * PAN_STEP), reducesMotion()).applyConstraints(reducesMotion());
    this.settle();
  }

  /** The image pixel at a position of the window; undefined beside the image. */
  pixelAt(clientX: number, clientY: number): { x: number; y: number } | undefined {
    if (!this.size || !this.image) return undefined;
    const box = this.picture.getBoundingClientRect();
    const [x, y] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    if (!(x >= 0 && x < 1 && y >= 0 && y < 1)) return undefined;
    return { x: Math.floor(x * this.size.width), y: Math.floor(y * this.size.height) };
  }

  /** The place in the image, in its pixels, that is nearest to a position of the window, and how many of its pixels a CSS pixel is there; undefined while there is no image. */
  placeAt(clientX: number, clientY: number): { readonly at: readonly [number, number]; readonly pixel: number } | undefined {
    if (!this.size || !this.image) return undefined;
    const box = this.picture.getBoundingClientRect();
    const along = (position: number, start: number, length: number, pixels: number): number => Math.max(0, Math.min(pixels, ((position - start) / length) * pixels));
    return { at: [along(clientX, box.left, box.width, this.size.width), along(clientY, box.top, box.height, this.size.height)], pixel: this.size.width / box.width };
  }

  private get image(): OpenSeadragon.TiledImage | undefined {
    return this.viewer.world.getItemCount() > 0 ? this.viewer.world.getItemAt(0) : undefined;
  }

  private zoomTo(zoom: (image: OpenSeadragon.TiledImage, viewport: OpenSeadragon.Viewport) => number): void {
    const { image } = this;
    const { viewport } = this.viewer;
    if (!image) return;
    this.touched = true;
    viewport.zoomTo(zoom(image, viewport), undefined, reducesMotion()).applyConstraints(reducesMotion());
    // At once and not at the end of the movement: who goes on to the next image meanwhile is to find the new place there.
    this.settle();
  }

  private opened(): void {
    const location = new OpenSeadragon.Rect(0, 0, 1, this.size ? this.size.height / this.size.width : 1);
    if (this.viewer.getOverlayById(this.picture)) this.viewer.updateOverlay(this.picture, location);
    else this.viewer.addOverlay({ element: this.picture, location, onDraw: (position, size) => this.draw(position, size) });
    // A gesture before there was a picture moved nothing.
    this.touched = false;
    this.fill();
  }

  /** Places the picture in the view's own pixels, at 1:1 on whole screen pixels, so that it is not blurred. */
  private draw(position: OpenSeadragon.Point, size: OpenSeadragon.Point): void {
    const whole = this.size && Math.abs((size.x * devicePixelRatio) / this.size.width - 1) < 1e-6;
    const place = (value: number): string => `${whole ? Math.round(value * devicePixelRatio) / devicePixelRatio : value}px`;
    const wrapper = this.picture.parentElement;
    if (!wrapper) return;
    Object.assign(wrapper.style, { left: place(position.x), top: place(position.y) });
    Object.assign(this.picture.style, { display: 'block', width: `${size.x}px`, height: `${size.y}px` });
  }

  /** Takes the element's present size. It may have changed before there was an image, unheard of by the viewport. */
  private fill(): void {
    // Not `clientWidth`: that is rounded, and the picture would be beside the middle.
    const { width, height } = this.element.getBoundingClientRect();
    if (!this.image || !width || !height) return;
    this.viewer.viewport.resize(new OpenSeadragon.Point(width, height));
    this.restore();
    this.viewer.forceRedraw();
  }

  /** Goes where the view is to be, within limits that depend on the sizes of the window and of the image. */
  private restore(): void {
    const { image } = this;
    const { viewport } = this.viewer;
    if (!image || !this.size) return;
    const zoomAt = (scale: number): number => image.imageToViewportZoom(scale / devicePixelRatio);
    const [whole, smallest, largest] = [viewport.getHomeZoom(), zoomAt(1), zoomAt(MAX_SCALE)];
    // Read at each use, but not in OpenSeadragon's own types.
    Object.assign(viewport, { minZoomLevel: Math.min(whole, smallest) / 2, maxZoomLevel: Math.max(whole, largest) });
    if (!this.place) return void viewport.goHome(true);
    const { x, y, scale } = this.place;
    viewport.zoomTo(zoomAt(scale), undefined, true);
    viewport.panTo(new OpenSeadragon.Point(x, (y * this.size.height) / this.size.width), true);
    viewport.applyConstraints(true);
  }

  private report(): void {
    const scale = this.scaleNow(true);
    if (scale === undefined) return;
    this.picture.classList.toggle('pixels', scale >= PIXELS_SHOW);
    this.events.scaled(scale);
  }

  /** Takes where the reviewer has moved the view to, be it there yet or not, for the place. */
  private settle(): void {
    const scale = this.scaleNow(false);
    if (!this.touched || !this.size || scale === undefined) return;
    this.touched = false;
    const { x, y } = this.viewer.viewport.getCenter();
    this.place = { x, y: (y * this.size.width) / this.size.height, scale };
    this.events.moved(this.place);
  }

  private scaleNow(current: boolean): number | undefined {
    const zoom = this.image?.viewportToImageZoom(this.viewer.viewport.getZoom(current));
    return zoom === undefined ? undefined : zoom * devicePixelRatio;
  }
}

/** The system's wish, or VS Code's setting. Asked each time: both can change while the page is open. */
function reducesMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches || document.body.classList.contains('vscode-reduce-motion');
}

/**
 * OpenSeadragon adds a style element for touch screens, which the content security policy would refuse, unless the page
 * has one with this mark.
 */
function forestallStyle(): void {
  const style = document.createElement('style');
  style.nonce = document.querySelector('meta[property="csp-nonce"]')?.getAttribute('content') ?? '';
  style.dataset['openseadragonMobileCss'] = 'true';
  document.head.append(style);
}
