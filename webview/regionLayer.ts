/**
 * Draws regions over the picture. The layer is as large as the picture, so the viewer moves both as one: shapes have the image's pixels for
 * coordinates and lines of constant width, and what has a size on the screen (chips, handles, points) is placed in parts of the picture.
 */
import { boundsOf, handlesOf, type Point, type Shape } from '../src/protocol/shapes';
import { byId, create } from './dom';

const SVG = 'http://www.w3.org/2000/svg';

/** As many colours of classes as editor.css has; further classes begin anew. */
const COLOURS = 9;

/** A shape as it is to look. */
export interface Drawing {
  readonly shape: Shape;
  /** Of the class, by its place in the list; undefined: none. */
  readonly colour?: number | undefined;
  /** Of the chip beside it; none: no chip. */
  readonly text?: string | undefined;
  readonly look: 'own' | 'other' | 'selected' | 'unsaved' | 'draft';
}

export class RegionLayer {
  private readonly layer = byId('marks');
  private readonly svg = document.createElementNS(SVG, 'svg');
  private size = { width: 1, height: 1 };

  constructor() {
    this.svg.setAttribute('preserveAspectRatio', 'none');
    this.layer.append(this.svg);
  }

  /** Of the image, in pixels. */
  resize(width: number, height: number): void {
    this.size = { width, height };
    this.svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  }

  draw(drawings: readonly Drawing[]): void {
    this.svg.replaceChildren(...drawings.flatMap((drawing) => (drawing.shape.kind === 'point' ? [] : outline(drawing, drawing.shape))));
    this.layer.replaceChildren(this.svg, ...drawings.flatMap((drawing) => this.marksOf(drawing)));
  }

  private marksOf({ shape, text, look, colour }: Drawing): HTMLElement[] {
    const marks: HTMLElement[] = [];
    const { left, top, bottom } = boundsOf(shape);
    if (shape.kind === 'point') marks.push(this.mark(`spot ${look} ${colourClass(colour)}`, [shape.x, shape.y]));
    if (look === 'selected') marks.push(...handlesOf(shape).map((at) => this.mark(`handle ${colourClass(colour)}`, at)));
    if (look === 'draft' && shape.kind === 'polygon' && shape.points[0]) marks.push(this.mark('handle', shape.points[0]));
    if (text) {
      // Below where there is no room above.
      const isBelow = top < this.size.height * 0.08;
      const chip = this.mark(`chip ${look} ${colourClass(colour)}${isBelow ? ' below' : ''}`, [left, isBelow ? bottom : top]);
      chip.textContent = text;
      marks.push(chip);
    }
    return marks;
  }

  private mark(className: string, [x, y]: Point): HTMLElement {
    const mark = create('span', className);
    Object.assign(mark.style, { left: `${(100 * x) / this.size.width}%`, top: `${(100 * y) / this.size.height}%` });
    return mark;
  }
}

/** A coloured line in a light halo: it lies on the smear, whatever the theme. */
function outline({ look, colour }: Drawing, shape: Exclude<Shape, { readonly kind: 'point' }>): SVGElement[] {
  return ['halo', 'line'].map((part) => {
    const element = document.createElementNS(SVG, shape.kind === 'box' ? 'rect' : shape.kind);
    element.setAttribute('class', `${part} ${look} ${colourClass(colour)}`);
    for (const [name, value] of Object.entries(shape)) {
      if (name === 'points') element.setAttribute(name, (value as readonly Point[]).map((point) => point.join(',')).join(' '));
      else if (name !== 'kind') element.setAttribute(name, String(value));
    }
    return element;
  });
}

function colourClass(colour: number | undefined): string {
  return colour === undefined || colour < 0 ? 'no-class' : `class-${colour % COLOURS}`;
}
