/** One field of view: cells in their places, and the light that gets through them. */
import { randomNumbers, smoothNoise } from './random.mjs';
import { platelet, RED_CELL, redCell } from './redCells.mjs';
import { stain } from './stains.mjs';
import { blast, neutrophil } from './whiteCells.mjs';

/** Points a pixel's side in which the field is drawn before it is averaged. */
const FINE = 2;

/**
 * Draws a field.
 * @param {{seed: number, kind: 'benign' | 'early' | 'pre' | 'pro', blasts: number, stain: 'lavender' | 'slate' | 'rose',
 *   width?: number, height?: number, scale?: number, stacks?: number, crenated?: number}} field
 *   width and height in pixels; scale: pixels a micrometre; stacks (rouleaux) and crenated: shares of the red cells, 0 to 1
 * @returns {{data: Uint8Array, width: number, height: number}} 8-bit RGB, row by row
 */
export function drawField({ seed, kind, blasts, stain: stainName, width = 224, height = 224, scale = 2, stacks = 0.3, crenated = 0.1 }) {
  const random = randomNumbers(seed);
  const colours = stain(stainName);
  const slide = { width: width / scale, height: height / scale };
  const cells = [...placeWhite(random, colours, slide, kind, blasts)];
  cells.push(...placeRed(random, colours, slide, cells, { stacks, crenated }));
  for (let i = random.whole(3, 6) * slideShare(slide); i > 0; i--) {
    cells.push(platelet(random, colours, random.between(0, slide.width), random.between(0, slide.height)));
  }
  const absorbed = absorb(cells, width * FINE, height * FINE, scale * FINE);
  return { data: expose(random, colours, absorbed, width, height), width, height };
}

/** Area of a slide relative to that of a usual field (112 µm a side). */
function slideShare({ width, height }) {
  return (width * height) / 112 ** 2;
}

/** Blasts, one of them well inside the field, some cut by its edges; pro-B blasts keep together. Benign fields have a neutrophil. */
function* placeWhite(random, colours, slide, kind, count) {
  const placed = [];
  const free = (x, y, room) => placed.every((other) => Math.hypot(other.x - x, other.y - y) > room + other.radius);
  const anywhere = () => [random.between(-2, slide.width + 2), random.between(-2, slide.height + 2)];
  for (let tries = 0; placed.length < count && tries < 4000; tries++) {
    let [x, y] = placed.length === 0 ? [slide.width * random.between(0.3, 0.7), slide.height * random.between(0.3, 0.7)] : anywhere();
    if (kind === 'pro' && placed.length > 0 && random.next() < 0.6) {
      const beside = placed[random.whole(0, placed.length - 1)];
      const angle = random.between(-Math.PI, Math.PI);
      [x, y] = [beside.x + 13 * Math.cos(angle), beside.y + 13 * Math.sin(angle)];
    }
    // Not side by side from the outset, except where they cluster.
    if (!free(x, y, kind === 'pro' ? 5.6 : 8) || x < -3 || y < -3 || x > slide.width + 3 || y > slide.height + 3) continue;
    placed.push(kind === 'benign' && placed.length === 1 ? neutrophil(random, colours, x, y) : blast(random, colours, kind, x, y));
  }
  yield* placed;
}

/** Red cells: single ones, and stacks that wander; none under a white cell, fewer in the thin places of the film. */
function placeRed(random, colours, slide, white, { stacks, crenated }) {
  const thickness = smoothNoise(random.seed(), 2);
  const cells = [];
  const wanted = Math.round(104 * slideShare(slide));
  for (let tries = 0; cells.length < wanted && tries < 4000; tries++) {
    let [x, y] = [random.between(-3, slide.width + 3), random.between(-3, slide.height + 3)];
    if (thickness(x / 45, y / 45) < random.between(-0.7, 0.1)) continue;
    const stacked = random.next() < stacks;
    let heading = random.between(-Math.PI, Math.PI);
    // Cells of one stack overlap; others may touch, now and then overlap.
    const apart = RED_CELL * (stacked ? 1 : random.next() < 0.15 ? 0.7 : 0.98);
    const own = [];
    for (let left = stacked ? random.whole(2, 6) : 1; left > 0; left--) {
      const blocked = white.some((cell) => Math.hypot(cell.x - x, cell.y - y) < cell.radius + 0.8 * (RED_CELL / 2));
      if (blocked || cells.some((cell) => Math.hypot(cell.x - x, cell.y - y) < apart)) break;
      own.push(redCell(random, colours, x, y, { crenated }));
      heading += 0.45 * random.bell();
      const step = RED_CELL * random.between(0.5, 0.9);
      x += step * Math.cos(heading);
      y += step * Math.sin(heading);
    }
    cells.push(...own);
  }
  return cells;
}

/** Sums the cells' absorbances: three values a point, row by row. */
function absorb(cells, width, height, scale) {
  const sum = new Float32Array(3 * width * height);
  for (const cell of cells) {
    const [left, right] = [Math.max(0, Math.floor((cell.x - cell.reach) * scale)), Math.min(width - 1, Math.ceil((cell.x + cell.reach) * scale))];
    const [top, bottom] = [Math.max(0, Math.floor((cell.y - cell.reach) * scale)), Math.min(height - 1, Math.ceil((cell.y + cell.reach) * scale))];
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const amounts = cell.absorb((column + 0.5) / scale - cell.x, (row + 0.5) / scale - cell.y);
        for (let c = 0; c < 3; c++) sum[3 * (row * width + column) + c] += amounts[c];
      }
    }
  }
  return sum;
}

/** The picture a camera takes: uneven light through the cells, blurred by the lens, averaged to pixels, with a little noise. */
function expose(random, colours, absorbed, width, height) {
  const fineWidth = width * FINE;
  const film = smoothNoise(random.seed(), 3);
  const centre = { x: random.between(0.4, 0.6), y: random.between(0.4, 0.6) };
  const passed = blur(absorbed.map((amount) => Math.exp(-amount)), fineWidth, height * FINE, random.between(0.35, 0.6) * FINE);
  const data = new Uint8Array(3 * width * height);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const corner = 2 * ((column / width - centre.x) ** 2 + (row / height - centre.y) ** 2);
      const unevenness = 0.012 * film(column / 80, row / 80);
      for (let c = 0; c < 3; c++) {
        let share = 0;
        for (let y = 0; y < FINE; y++) for (let x = 0; x < FINE; x++) share += passed[3 * ((row * FINE + y) * fineWidth + column * FINE + x) + c] / FINE ** 2;
        const light = colours.light[c] * share * Math.exp(-colours.vignette[c] * corner - unevenness);
        data[3 * (row * width + column) + c] = Math.max(0, Math.min(255, Math.round(light + 1.1 * random.bell())));
      }
    }
  }
  return data;
}

/** Gaussian blur of interleaved RGB, `sigma` in points, edges continued. */
function blur(values, width, height, sigma) {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / sigma) ** 2));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const pass = (from, count, stride, lines, lineStride) => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i < count; i++) {
        for (let c = 0; c < 3; c++) {
          let sum = 0;
          for (let k = -reach; k <= reach; k++) sum += weights[k + reach] * from[line * lineStride + Math.max(0, Math.min(count - 1, i + k)) * stride + c];
          to[line * lineStride + i * stride + c] = sum / whole;
        }
      }
    }
    return to;
  };
  return pass(pass(values, width, 3, height, 3 * width), height, 3 * width, width, 3);
}
