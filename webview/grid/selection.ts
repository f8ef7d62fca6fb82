/** Which images of the grid are selected, and which one the frame is on. */

export class Selection {
  private paths: readonly string[] = [];
  private places: ReadonlyMap<string, number> = new Map();
  private readonly selected = new Set<string>();
  /** Path of the image that the frame is on. */
  current: string | undefined;
  /** Where an extension began, and what was selected by then. */
  private anchor: string | undefined;

  get size(): number {
    return this.selected.size;
  }

  has(path: string): boolean {
    return this.selected.has(path);
  }

  /** The images on show, in their order. What is not among them is not selected any more. */
  over(paths: readonly string[]): void {
    this.paths = paths;
    this.places = new Map(paths.map((path, i) => [path, i]));
    for (const path of this.selected) if (!this.places.has(path)) this.selected.delete(path);
    if (this.current === undefined || !this.places.has(this.current)) this.current = paths[0];
    if (this.anchor !== undefined && !this.places.has(this.anchor)) this.anchor = undefined;
  }

  /** Moves the frame by so many places, to the ends at most; `extend` selects all from where the extension began. */
  move(by: number, extend: boolean): void {
    if (this.current === undefined) return;
    const from = this.current;
    const to = Math.min(this.paths.length - 1, Math.max(0, this.placeOf(from) + by));
    this.current = this.paths[to];
    if (!extend) this.anchor = undefined;
    else this.range((this.anchor ??= from));
  }

  toggle(): void {
    if (this.current === undefined) return;
    if (!this.selected.delete(this.current)) this.selected.add(this.current);
    this.anchor = this.current;
  }

  /** By the pointer. */
  point(path: string, how: 'only' | 'toggle' | 'extend'): void {
    const from = this.anchor ?? this.current;
    this.current = path;
    if (how === 'toggle') return this.toggle();
    this.selected.clear();
    if (how === 'extend' && from !== undefined) return this.range((this.anchor = from));
    this.selected.add(path);
    this.anchor = path;
  }

  all(): void {
    for (const path of this.paths) this.selected.add(path);
  }

  clear(): void {
    this.selected.clear();
    this.anchor = undefined;
  }

  private range(anchor: string): void {
    const [low, high] = [this.placeOf(anchor), this.placeOf(this.current ?? anchor)].sort((a, b) => a - b);
    this.selected.clear();
    for (const path of this.paths.slice(low, (high ?? 0) + 1)) this.selected.add(path);
  }

  private placeOf(path: string): number {
    return this.places.get(path) ?? 0;
  }
}
