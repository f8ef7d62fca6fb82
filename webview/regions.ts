/**
 * The regions of the smear on show: tools, selection, and what the host is asked to write. Drawing is ours: Annotorious' layer for OpenSeadragon
 * compiles its shaders from strings, which the page's policy forbids, and its layer for plain images knows no points, turns boxes, and takes the keyboard.
 */
import type { LabelCommand, LabelNews, LabelState } from '../src/protocol/labels';
import { labelName } from '../src/protocol/labels';
import { regionName, type RegionCommand, type RegionContent, type RegionRequest, type ShownRegion } from '../src/protocol/regions';
import { areaOf, holds, rounded, type Point, type Shape } from '../src/protocol/shapes';
import { byId, say } from './dom';
import type { LabelSubject } from './labels';
import { RegionLayer, type Drawing } from './regionLayer';
import { RegionPointer, type Place, type Tool } from './regionPointer';

const HINTS: Readonly<Record<Exclude<Tool, 'select'>, string>> = {
  box: 'Drag corner to corner',
  ellipse: 'Drag across the cell',
  polygon: 'Click corners, Enter closes',
  point: 'Click on the cell',
};

/** The ids of the buttons are `region-` and the command. */
const COMMANDS = ['select', 'box', 'ellipse', 'polygon', 'point', 'delete', 'toggle'] as const satisfies readonly RegionCommand[];

export interface RegionOptions {
  readonly canvas: HTMLElement;
  /** Undefined where no picture is shown. */
  readonly place: (clientX: number, clientY: number) => Place | undefined;
  /** The id of the smear on show. */
  readonly shown: () => string | undefined;
  readonly send: (request: RegionRequest) => void;
  /** What the keys of the classes and of the note are about from now on; undefined: the image. */
  readonly about: (subject: LabelSubject | undefined) => void;
}

export class Regions {
  private readonly layer = new RegionLayer();
  private readonly pointer: RegionPointer;
  private size = { width: 1, height: 1 };
  private state: LabelState | undefined;
  /** Sent, and not yet seen in the state; `failed`: the host could not write it, and it is sent again with its next change. */
  private readonly pending = new Map<string, { readonly region: ShownRegion; readonly failed: boolean }>();
  private selectedId: string | undefined;
  private draft: Shape | undefined;
  /** What the selected one is becoming. */
  private change: Shape | undefined;
  private hidden = false;
  private refusal: string | undefined;

  constructor(private readonly options: RegionOptions) {
    this.pointer = new RegionPointer(options.canvas, {
      place: (x, y) => (this.state?.sha256 === undefined ? undefined : options.place(x, y)),
      size: () => this.size,
      selected: () => (this.hidden ? undefined : this.selected?.shape),
      refused: () => this.refuse('Not drawn: the image is still being read. Draw again'),
      preview: (what, shape) => {
        if (what === 'new') this.draft = shape;
        else this.change = shape;
        this.draw();
      },
      done: (what, shape) => this.drawn(what, shape),
      clicked: (at, slack) => this.select(this.hidden ? undefined : this.at(at, slack)?.id),
    });
    // A click leaves the focus with the picture, so that its keys go on working.
    byId('regions').addEventListener('mousedown', (event) => event.preventDefault());
    for (const command of COMMANDS) byId(`region-${command}`).addEventListener('click', () => this.run(command));
    this.show(undefined);
  }

  /** The image has this size, in pixels. */
  resize(size: { readonly width: number; readonly height: number }): void {
    this.size = size;
    this.layer.resize(size.width, size.height);
    this.draw();
  }

  /** @param state undefined: another smear has come, of which the host has said nothing yet */
  show(state: LabelState | undefined, news?: LabelNews): void {
    this.state = state;
    if (!state) this.forget();
    for (const [id, { region }] of this.pending) {
      if (news?.failed) this.pending.set(id, { region, failed: true });
      const saved = state?.regions.find((other) => other.own && other.id === id);
      if (saved && same(saved, region)) this.pending.delete(id);
    }
    if (!this.selected) this.selectedId = undefined;
    this.update();
  }

  run(command: RegionCommand): void {
    this.refusal = undefined;
    switch (command) {
      case 'toggle':
        this.hidden = !this.hidden;
        if (!this.hidden) break;
        this.pointer.tool = 'select';
        this.selectedId = undefined;
        break;
      case 'leave':
        if (this.pointer.isDrawing) this.pointer.cancel();
        else if (this.selectedId !== undefined) this.selectedId = undefined;
        else this.pointer.tool = 'select';
        break;
      case 'delete':
        if (!this.pointer.back()) this.remove();
        break;
      case 'select':
        // The first time it leaves the tool only, so that what was just drawn can be changed.
        if (this.pointer.tool === 'select') this.selectNext();
        this.pointer.tool = 'select';
        this.hidden = false;
        break;
      default:
        this.pointer.tool = this.pointer.tool === command ? 'select' : command;
        this.hidden = false;
    }
    this.update();
  }

  /** Enter ends a polygon, and is then no label. */
  takes(command: LabelCommand): boolean {
    return command === 'agree' && this.pointer.finish();
  }

  private get regions(): readonly ShownRegion[] {
    const known = this.state?.regions ?? [];
    const fresh = [...this.pending.values()].map(({ region }) => region).filter(({ id }) => !known.some((region) => region.own && region.id === id));
    return [...known.map((region) => (region.own ? (this.pending.get(region.id)?.region ?? region) : region)), ...fresh];
  }

  private get selected(): ShownRegion | undefined {
    return this.regions.find(({ id, own }) => own && id === this.selectedId);
  }

  private drawn(what: 'new' | 'selected', shape: Shape): void {
    const { selected } = this;
    if (what === 'new') this.save({ id: uuid(), shape, classId: null, note: '', reviewer: '', own: true });
    else if (selected) this.save({ ...selected, shape });
  }

  private save(region: ShownRegion): void {
    const { state } = this;
    const id = this.options.shown();
    if (id === undefined || state?.sha256 === undefined) return;
    const exact = { ...region, shape: region.shape && rounded(region.shape) };
    this.pending.set(region.id, { region: exact, failed: false });
    this.selectedId = region.id;
    this.refusal = undefined;
    this.options.send({ kind: 'region', id, sha256: state.sha256, region: contentOf(exact) });
    this.update();
  }

  private remove(): void {
    const { selected, state } = this;
    const id = this.options.shown();
    if (!selected || id === undefined || state?.sha256 === undefined) return this.refuse('Nothing was deleted: no region is selected. V selects one');
    const wasWritten = state.regions.some((region) => region.own && region.id === selected.id) || this.pending.get(selected.id)?.failed === false;
    this.pending.delete(selected.id);
    this.selectedId = undefined;
    if (wasWritten) this.options.send({ kind: 'delete-region', id, sha256: state.sha256, region: selected.id });
  }

  private select(id: string | undefined): void {
    this.selectedId = id;
    this.refusal = undefined;
    this.update();
  }

  /** In the order in which they were drawn, those that cannot be shown included. */
  private selectNext(): void {
    const own = this.regions.filter((region) => region.own);
    if (own.length === 0) return this.refuse('You have marked no region of this image');
    this.selectedId = own[(own.findIndex(({ id }) => id === this.selectedId) + 1) % own.length]?.id;
  }

  /** The smallest one there, since a larger one around it can be reached elsewhere. */
  private at(place: Point, slack: number): ShownRegion | undefined {
    const there = this.regions.filter(({ own, shape }) => own && shape && holds(shape, place, slack));
    const area = ({ shape }: ShownRegion): number => (shape ? areaOf(shape) : Infinity);
    return there.sort((a, b) => area(a) - area(b))[0];
  }

  private refuse(text: string): void {
    this.refusal = text;
    this.describe();
  }

  private forget(): void {
    this.pending.clear();
    this.pointer.cancel();
    this.selectedId = this.change = this.draft = this.refusal = undefined;
  }

  private update(): void {
    const { selected } = this;
    this.options.about(selected && { id: selected.id, name: regionName(selected), classId: selected.classId, note: selected.note, set: (part) => this.selected && this.save({ ...this.selected, ...part }), leave: () => this.select(undefined) });
    document.body.dataset['tool'] = this.pointer.tool;
    byId('marks').hidden = this.hidden;
    for (const command of COMMANDS) if (command !== 'delete') byId(`region-${command}`).setAttribute('aria-pressed', String(command === 'toggle' ? this.hidden : command === this.pointer.tool));
    this.describe();
    this.draw();
  }

  private describe(): void {
    const { regions, selected, pointer: { tool } } = this;
    byId('region-state').classList.toggle('failed', this.refusal !== undefined);
    const lost = regions.filter(({ shape }) => !shape).length;
    const parts = [
      selected ? `${regionName(selected)}: ${this.className(selected)}${selected.note ? `. Note: ${selected.note}` : ''}` : tool === 'select' ? undefined : HINTS[tool],
      selected || tool !== 'select' ? undefined : regions.length === 0 ? 'No regions' : `${regions.length} ${regions.length === 1 ? 'region' : 'regions'}`,
      lost > 0 ? `${lost} cannot be shown` : undefined,
      this.hidden && regions.length > 0 ? 'hidden' : undefined,
      [...this.pending.values()].some(({ failed }) => failed) ? 'dashed in red: not saved. Change it to try again' : undefined,
    ];
    const text = this.refusal ?? parts.filter((part) => part !== undefined).join(' · ');
    say(byId('region-state'), text);
    // Where the window is narrow, it is cut off.
    byId('region-state').title = text;
  }

  private draw(): void {
    const drawings = this.regions.flatMap((region): Drawing[] => {
      const isSelected = region.own && region.id === this.selectedId;
      const shape = (isSelected ? this.change : undefined) ?? region.shape;
      if (!shape) return [];
      const look = isSelected ? 'selected' : !region.own ? 'other' : this.pending.get(region.id)?.failed ? 'unsaved' : 'own';
      return [{ shape, look, colour: this.state?.classes.findIndex(({ id }) => id === region.classId), text: region.own ? this.words(region) : `${region.reviewer}: ${this.words(region)}` }];
    });
    this.layer.draw(this.draft ? [...drawings, { shape: this.draft, look: 'draft' }] : drawings);
  }

  /** Of a chip. */
  private words(region: RegionContent): string {
    return `${this.className(region)}${region.note ? ' ✎' : ''}`;
  }

  private className({ classId }: RegionContent): string {
    return classId === null ? 'no class' : labelName(classId, this.state?.classes ?? []);
  }
}

function contentOf({ id, shape, classId, note }: ShownRegion): RegionContent {
  return { id, shape, classId, note };
}

function same(a: ShownRegion, b: ShownRegion): boolean {
  const key = ({ shape, classId, note }: ShownRegion): string => JSON.stringify([shape && Object.entries(shape).sort(), classId, note.trim()]);
  return key(a) === key(b);
}

/** Version 4 (RFC 9562). `crypto.randomUUID` is not there where VS Code is served over plain HTTP. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
