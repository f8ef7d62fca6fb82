/**
 * Drawing and changing shapes with the pointer. What is not about a shape is left to the viewer, which moves the picture; so this listens before it
 * and lets through what it does not take.
 */
import { between, handlesOf, holds, isLargeEnough, moved, withHandle, type Point, type Shape, type ShapeKind } from '../src/protocol/shapes';

export type Tool = 'select' | ShapeKind;

/** CSS pixels. Nearer to a handle or a corner, it is meant. */
const REACH = 8;
/** CSS pixels that a side of a drawn shape must have, so that a click makes none. */
const LEAST = 4;

export interface Place {
  readonly at: Point;
  /** Image pixels a CSS pixel. */
  readonly pixel: number;
}

export interface PointerOptions {
  /** Undefined where nothing can be drawn. */
  readonly place: (clientX: number, clientY: number) => Place | undefined;
  readonly size: () => { readonly width: number; readonly height: number };
  /** The selected shape that may be changed. */
  readonly selected: () => Shape | undefined;
  /** A drawing tool was used where nothing can be drawn yet. */
  readonly refused: () => void;
  /** What is being drawn (`new`), or what the selected shape is becoming; undefined: nothing any more. */
  readonly preview: (what: 'new' | 'selected', shape: Shape | undefined) => void;
  readonly done: (what: 'new' | 'selected', shape: Shape) => void;
  /** A click, with the tool for selecting. `slack`: image pixels by which it may miss. */
  readonly clicked: (at: Point, slack: number) => void;
}

export class RegionPointer {
  private current: Tool = 'select';
  /** What the pointer that is down does; `shape` is what comes of it at a place. */
  private drag: { readonly what: 'new' | 'selected'; readonly from: Point; readonly shape: (at: Point) => Shape } | undefined;
  /** Of the polygon under way. */
  private corners: Point[] = [];
  /** Where the viewer's pointer went down, for a click. */
  private pressed: { readonly x: number; readonly y: number } | undefined;

  constructor(
    private readonly canvas: HTMLElement,
    private readonly options: PointerOptions,
  ) {
    const listen = (type: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel', take: (event: PointerEvent, place: Place | undefined) => boolean): void =>
      canvas.addEventListener(type, (event) => event.isPrimary && take(event, options.place(event.clientX, event.clientY)) && event.stopImmediatePropagation(), { capture: true });
    listen('pointerdown', (event, place) => this.down(event, place));
    listen('pointermove', (_event, place) => this.move(place));
    listen('pointerup', (event, place) => this.up(event, place));
    listen('pointercancel', () => this.dropDrag());
  }

  get tool(): Tool {
    return this.current;
  }

  set tool(tool: Tool) {
    if (tool !== this.current) this.cancel();
    this.current = tool;
  }

  /** A shape has been begun. */
  get isDrawing(): boolean {
    return this.corners.length > 0 || this.drag !== undefined;
  }

  /** Drops what was begun. */
  cancel(): void {
    this.dropDrag();
    this.corners = [];
    this.options.preview('new', undefined);
  }

  /** Ends the polygon that is under way. @returns whether there was one */
  finish(): boolean {
    if (this.corners.length === 0) return false;
    const { corners } = this;
    this.corners = [];
    this.options.preview('new', undefined);
    const shape: Shape = { kind: 'polygon', points: corners };
    if (isLargeEnough(shape, 0)) this.options.done('new', shape);
    return true;
  }

  /** Takes the latest corner of the polygon back. @returns whether there was one */
  back(): boolean {
    if (this.corners.length === 0) return false;
    this.corners.pop();
    this.options.preview('new', this.polygon());
    return true;
  }

  private down({ button, pointerId, clientX, clientY }: PointerEvent, place: Place | undefined): boolean {
    if (button !== 0) return false;
    this.pressed = { x: clientX, y: clientY };
    if (!place) {
      if (this.current !== 'select') this.options.refused();
      return this.current !== 'select';
    }
    if (this.current === 'polygon') this.addCorner(place);
    else if (this.current === 'select') this.drag = this.grasp(place);
    else this.drag = { what: 'new', from: place.at, shape: drawn(this.current, place.at) };
    if (!this.drag && this.current === 'select') return false;
    this.canvas.focus({ preventScroll: true });
    if (this.drag) this.canvas.setPointerCapture(pointerId);
    return true;
  }

  private move(place: Place | undefined): boolean {
    if (place && this.drag) this.options.preview(this.drag.what, this.drag.shape(place.at));
    else if (place && this.corners.length > 0) this.options.preview('new', this.polygon(place.at));
    return this.drag !== undefined;
  }

  private up({ clientX, clientY, button }: PointerEvent, place: Place | undefined): boolean {
    const { drag, pressed } = this;
    this.pressed = undefined;
    if (!drag) {
      const isClick = button === 0 && pressed && Math.hypot(clientX - pressed.x, clientY - pressed.y) < LEAST;
      if (this.current === 'select' && isClick && place) this.options.clicked(place.at, REACH * place.pixel);
      return this.current !== 'select' && button === 0;
    }
    this.dropDrag();
    if (!place) return true;
    const shape = drag.shape(place.at);
    const isMoved = pressed !== undefined && Math.hypot(clientX - pressed.x, clientY - pressed.y) >= LEAST;
    // A click on the selected one leaves it as it is.
    if (drag.what === 'selected' ? isMoved && isLargeEnough(shape, 0) : isLargeEnough(shape, LEAST * place.pixel)) this.options.done(drag.what, shape);
    else if (drag.what === 'selected') this.options.clicked(place.at, REACH * place.pixel);
    return true;
  }

  /** The selected shape by a handle, or as a whole. */
  private grasp({ at, pixel }: Place): typeof this.drag {
    const shape = this.options.selected();
    if (!shape) return undefined;
    const handle = handlesOf(shape).findIndex((point) => near(point, at, REACH * pixel));
    if (handle >= 0) return { what: 'selected', from: at, shape: (to) => withHandle(shape, handle, to) };
    if (!holds(shape, at, REACH * pixel)) return undefined;
    const size = this.options.size();
    return { what: 'selected', from: at, shape: ([x, y]) => moved(shape, x - at[0], y - at[1], size) };
  }

  /** A click on the first corner, or a second one on the last, closes it. */
  private addCorner({ at, pixel }: Place): void {
    const [first, last] = [this.corners[0], this.corners.at(-1)];
    const isClosed = (first && this.corners.length >= 3 && near(first, at, REACH * pixel)) || (last && near(last, at, LEAST * pixel));
    if (isClosed) {
      if (this.corners.length >= 3) this.finish();
      return;
    }
    this.corners.push(at);
    this.options.preview('new', this.polygon());
  }

  private polygon(...more: readonly Point[]): Shape | undefined {
    return this.corners.length > 0 ? { kind: 'polygon', points: [...this.corners, ...more] } : undefined;
  }

  private dropDrag(): boolean {
    if (!this.drag) return false;
    this.options.preview(this.drag.what, undefined);
    this.drag = undefined;
    return true;
  }
}

function drawn(kind: Exclude<ShapeKind, 'polygon'>, from: Point): (at: Point) => Shape {
  return kind === 'point' ? ([x, y]) => ({ kind, x, y }) : (at) => between(kind, from, at);
}

function near([ax, ay]: Point, [bx, by]: Point, reach: number): boolean {
  return Math.hypot(ax - bx, ay - by) <= reach;
}
