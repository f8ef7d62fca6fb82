/** Nucleated cells: blasts in the looks of the four classes, and a neutrophil. Of the form that redCells.mjs explains. */
import { smoothNoise } from './random.mjs';
import { depthIn, hump, outline, rise } from './shapes.mjs';
import { mix } from './stains.mjs';

/**
 * How the classes look, from textbooks: diameter of the cell in micrometres; nucleus: its radius over the cell's; density
 * and grain of the chromatin (grain: height of its texture; pitch: its size in micrometres); nucleoli: how many, and how
 * pale; dent: depth of the fold; pink: share of eosin in the chromatin.
 */
const LOOKS = {
  // Hematogones: small, round, chromatin dense and smooth, hardly any cytoplasm.
  benign: { diameter: [7.2, 9.6], nucleus: [0.9, 0.95], density: [1.15, 1.35], grain: 0.12, pitch: 1.3, nucleoli: [0, 0], pale: 0, dent: [0, 0.06], pink: 0.05, rough: 0.016, stretch: 0.2 },
  // Early pre-B: larger, fine chromatin, a nucleolus that can hardly be made out.
  early: { diameter: [10.5, 13], nucleus: [0.9, 0.94], density: [0.86, 1.02], grain: 0.24, pitch: 0.85, nucleoli: [0, 1], pale: 0.14, dent: [0, 0.1], pink: 0.2, rough: 0.032, stretch: 0.38 },
  // Pre-B: largest, some blue cytoplasm, folded nucleus off the centre, nucleoli.
  pre: { diameter: [12, 15.5], nucleus: [0.74, 0.84], density: [0.82, 1], grain: 0.28, pitch: 1, nucleoli: [1, 2], pale: 0.32, dent: [0.12, 0.36], pink: 0.15, rough: 0.04, stretch: 0.36 },
  // Pro-B: round nucleus that fills the cell, plain nucleoli, often in groups.
  pro: { diameter: [11.5, 14], nucleus: [0.92, 0.96], density: [0.8, 0.96], grain: 0.24, pitch: 0.9, nucleoli: [1, 3], pale: 0.36, dent: [0, 0.06], pink: 0.75, rough: 0.02, stretch: 0.26 },
};

/** @param {'benign' | 'early' | 'pre' | 'pro'} kind */
export function blast(random, stain, kind, x, y) {
  const look = LOOKS[kind];
  const radius = random.between(...look.diameter) / 2;
  const cell = outline(random, radius, { stretch: look.stretch * random.next(), rough: look.rough });
  const size = radius * random.between(...look.nucleus);
  const nucleus = outline(random, size, { stretch: look.stretch * random.next(), rough: look.rough, dent: random.between(...look.dent) });
  const towards = random.between(-Math.PI, Math.PI);
  const shift = (radius - size) * random.between(0.4, 0.9);
  const [shiftX, shiftY] = [shift * Math.cos(towards), shift * Math.sin(towards)];
  const density = random.between(...look.density);
  const colour = mix(stain.chromatin, stain.pinkChromatin, Math.max(0, Math.min(1, look.pink + 0.1 * random.bell())));
  const chromatin = smoothNoise(random.seed(), 3);
  const plasm = smoothNoise(random.seed(), 2);
  const nucleoli = Array.from({ length: random.whole(...look.nucleoli) }, () => {
    const [angle, distance] = [random.between(-Math.PI, Math.PI), size * random.between(0.1, 0.55)];
    return { x: distance * Math.cos(angle), y: distance * Math.sin(angle), radius: random.between(0.75, 1.2) };
  });
  const blue = random.between(0.75, 1.05);
  return {
    x, y, reach: 1.45 * radius, radius,
    absorb: (dx, dy) => {
      const inCell = depthIn(cell, dx, dy);
      const [nx, ny] = [dx - shiftX, dy - shiftY];
      const depth = depthIn(nucleus, nx, ny);
      // A nucleus is a flattened ball: a little thinner towards its edge, with a membrane that stains.
      const inside = rise(1.05, 0.95, depth) * rise(1.1, 0.97, inCell);
      let texture = 1 + look.grain * chromatin(nx / look.pitch, ny / look.pitch) - 0.12 * depth * depth + 0.1 * hump(0.95, 0.06, depth);
      for (const one of nucleoli) {
        const d = Math.hypot(nx - one.x, ny - one.y) / one.radius;
        texture += look.pale * (0.3 * hump(1.15, 0.18, d) - rise(1.15, 0.6, d));
      }
      const nuclear = density * inside * texture;
      // Cytoplasm: bluest at its edge, paler by the nucleus.
      const outer = rise(1.06, 0.95, inCell) * (1 - inside);
      const plasmic = blue * outer * (0.7 + 0.35 * rise(0.8, 1, inCell) + 0.18 * plasm(dx * 0.9, dy * 0.9));
      const halo = -0.02 * hump(1.14, 0.05, inCell);
      return colour.map((value, i) => value * nuclear + stain.basophilic[i] * plasmic + halo);
    },
  };
}

/** A segmented neutrophil: lobes on a bow, joined by threads, in pale pink granular cytoplasm. */
export function neutrophil(random, stain, x, y) {
  const radius = random.between(5.6, 6.4);
  const cell = outline(random, radius, { stretch: 0.08, rough: 0.012 });
  const [turn, count] = [random.between(-Math.PI, Math.PI), random.whole(3, 4)];
  const lobes = Array.from({ length: count }, (_, i) => {
    const angle = turn + (i - (count - 1) / 2) * 1.25;
    return { x: 0.48 * radius * Math.cos(angle), y: 0.48 * radius * Math.sin(angle), shape: outline(random, radius * random.between(0.27, 0.34), { stretch: 0.25, rough: 0.03 }) };
  });
  const clumps = smoothNoise(random.seed(), 2);
  const granules = smoothNoise(random.seed(), 2);
  return {
    x, y, reach: 1.4 * radius, radius,
    absorb: (dx, dy) => {
      const inCell = depthIn(cell, dx, dy);
      let nuclear = 0.55 * hump(0.48 * radius, 0.35, Math.hypot(dx, dy)) * rise(1.25 * (count - 1), 1.1 * (count - 1), 2 * Math.abs(turned(Math.atan2(dy, dx) - turn)));
      for (const lobe of lobes) nuclear = Math.max(nuclear, rise(1.1, 0.88, depthIn(lobe.shape, dx - lobe.x, dy - lobe.y)));
      nuclear *= 1 + 0.22 * clumps(dx * 0.9, dy * 0.9);
      const plasmic = rise(1.05, 0.95, inCell) * (1 - nuclear) * (0.9 + 0.5 * granules(dx * 2, dy * 2)) + 0.25 * hump(0.98, 0.03, inCell);
      return stain.chromatin.map((value, i) => value * nuclear + stain.eosinophilic[i] * Math.max(0, plasmic));
    },
  };
}

/** An angle brought into [-π, π). */
function turned(angle) {
  return angle - 2 * Math.PI * Math.floor((angle + Math.PI) / (2 * Math.PI));
}
