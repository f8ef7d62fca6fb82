/** Red cells and platelets. Every cell is {x, y, reach, absorb}: centre, radius beyond which there is nothing, and the
 * amounts by which it darkens red, green and blue at an offset from its centre. Lengths in micrometres. */
import { smoothNoise } from './random.mjs';
import { depthIn, hump, outline, rise } from './shapes.mjs';

/** Diameter of a usual red cell. */
export const RED_CELL = 7.3;

/**
 * A red cell, with the thickness of a biconcave disc after Evans and Fung (Microvascular Research 4, 1972), flattened more
 * or less, as cells do when they dry.
 */
export function redCell(random, stain, x, y, { crenated = 0 } = {}) {
  const radius = (RED_CELL / 2) * (1 + 0.055 * random.bell());
  const shape = outline(random, radius, { stretch: Math.abs(0.1 * random.bell()), rough: 0.022, spikes: random.next() < crenated ? random.between(0.02, 0.05) : 0 });
  // Flat cells are those of a thick area: they show no pallor.
  const flat = random.next() < 0.18 ? random.between(0.5, 1) : random.between(0, 0.3);
  const strength = random.between(0.72, 1.1);
  // The pallor is seldom quite in the middle.
  const [shiftX, shiftY] = [0.05 * radius * random.bell(), 0.05 * radius * random.bell()];
  const soft = random.between(0.05, 0.1);
  const noise = smoothNoise(random.seed(), 2);
  return {
    x, y, reach: 1.5 * radius,
    absorb: (dx, dy) => {
      const depth = depthIn(shape, dx, dy);
      const inner = Math.min(1, Math.hypot(dx - shiftX, dy - shiftY) / radius) ** 2;
      const biconcave = (0.207 + 2.003 * inner - 1.123 * inner * inner) / 1.08;
      const body = (1 - flat) * biconcave + flat * 0.78;
      const amount = strength * rise(1 + soft, 1 - soft, depth) * (1.12 * body + 0.2 * hump(0.92, 0.06, depth)) * (1 + 0.06 * noise(dx, dy));
      // Light is bent outwards at the edge: a thin bright line around the cell.
      const halo = -0.05 * hump(1.17, 0.06, depth);
      return stain.haemoglobin.map((value) => value * amount + halo * 0.5);
    },
  };
}

/** A platelet: small, ragged, granular in its middle. */
export function platelet(random, stain, x, y) {
  const radius = random.between(0.8, 1.5);
  const shape = outline(random, radius, { stretch: random.between(0, 0.5), rough: 0.1, waves: 7 });
  const noise = smoothNoise(random.seed(), 2);
  const strength = random.between(0.6, 1.1);
  return {
    x, y, reach: 1.8 * radius,
    absorb: (dx, dy) => {
      const depth = depthIn(shape, dx, dy);
      const amount = strength * rise(1.25, 0.75, depth) * (0.45 + 0.6 * rise(0.8, 0.2, depth) + 0.35 * noise(dx * 2.2, dy * 2.2));
      return stain.platelet.map((value) => value * Math.max(0, amount));
    },
  };
}
