/** Charts: Vega-Lite, drawn as SVG. Expressions are interpreted, never compiled, so the page's policy needs no 'unsafe-eval'. */
import { changeset, parse, truthy, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type Config, type TopLevelSpec } from 'vega-lite';
import { create } from '../dom';

/** Colours are the style sheet's variables, so a change of theme needs no new drawing. */
const config = (): Config => ({
  aria: false,
  background: 'transparent',
  // The page's own, by name: labels are measured before they are drawn.
  font: getComputedStyle(document.body).fontFamily,
  view: { stroke: 'var(--line)' },
  axis: { domainColor: 'var(--line)', gridColor: 'var(--grid)', tickColor: 'var(--line)', labelColor: 'var(--muted)', titleColor: 'var(--ink)', labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal' },
});

/** An axis from 0 to 1, in percent. */
export interface ShareAxis {
  field: string;
  type: 'quantitative';
  scale: { domain?: number[]; zero?: boolean; nice?: boolean };
  title: string | null;
  axis: { format: string; tickCount: number; labels?: boolean; minExtent?: number };
}

/** @param axis what differs in how it is drawn; a title of null leaves it out */
export function shareAxis(field: string, title: string | null, axis: Partial<ShareAxis['axis']> = {}): ShareAxis {
  return { field, type: 'quantitative', scale: { domain: [0, 1] }, title, axis: { format: '.0%', tickCount: 5, ...axis } };
}

/** A layer: the dashed line from corner to corner. */
export function diagonal(x: ShareAxis, y: ShareAxis): { data: { values: object[] }; mark: { type: 'line'; color: string; strokeDash: number[]; strokeWidth: number }; encoding: { x: ShareAxis; y: ShareAxis } } {
  const corners = [0, 1].map((at) => ({ [x.field]: at, [y.field]: at }));
  return { data: { values: corners }, mark: { type: 'line', color: 'var(--muted)', strokeDash: [4, 4], strokeWidth: 1.5 }, encoding: { x, y } };
}

/** A place in a chart, in the units of its axes. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export class Chart {
  private constructor(private readonly view: View) {}

  /** Puts the chart in place of what the box holds. `description` is all that a screen reader says of it. */
  static async draw(box: HTMLElement, spec: TopLevelSpec, description: string): Promise<Chart> {
    const picture = create('div', 'chart');
    picture.setAttribute('role', 'img');
    picture.setAttribute('aria-label', description);
    box.replaceChildren(picture);
    const { spec: vega } = compile(spec, { config: config() });
    const view = new View(parse(vega, undefined, { ast: true }), { expr: expressionInterpreter, renderer: 'svg', container: picture, hover: false });
    await view.runAsync();
    // The box says it all; the drawing's parts have no names.
    picture.querySelector('svg')?.setAttribute('aria-hidden', 'true');
    return new Chart(view);
  }

  /** Replaces the data of this name. @param fit lays the axes out anew, whose numbers may be wider than before */
  update(name: string, rows: readonly object[], fit = false): void {
    const view = this.view.change(name, changeset().remove(truthy).insert(rows.map((row) => ({ ...row }))));
    void (fit ? view.resize() : view).runAsync();
  }

  /** Calls back with the place under the pointer, undefined once it has left. */
  onPoint(moved: (place: Place | undefined) => void, pressed: (place: Place) => void): void {
    const container = this.view.container();
    this.view.addEventListener('mousemove', (event) => moved(this.place(event as MouseEvent)));
    this.view.addEventListener('click', (event) => pressed(this.place(event as MouseEvent)));
    container?.addEventListener('mouseleave', () => moved(undefined));
  }

  /** Ends its listeners. */
  finalize(): void {
    this.view.finalize();
  }

  private place(event: MouseEvent): Place {
    const box = this.view.container()?.querySelector('svg')?.getBoundingClientRect();
    const [left, top] = this.view.origin();
    const invert = (scale: 'x' | 'y', pixels: number): number => (this.view.scale(scale) as { invert(pixels: number): number }).invert(pixels);
    return { x: invert('x', event.clientX - (box?.left ?? 0) - left), y: invert('y', event.clientY - (box?.top ?? 0) - top) };
  }
}
