/** Outlines and edges: what all cells are made of. Lengths in micrometres. */

/** Angles at which an outline's radius is kept. */
const STEPS = 360;

/** 0 up to `from`, 1 from `to` on, and a smooth rise between (or a fall, where `to` is the smaller). */
export function rise(from, to, value) {
  const t = Math.max(0, Math.min(1, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}

/** A hump of height 1 and width `sigma` at `centre`. */
export function hump(centre, sigma, value) {
  return Math.exp(-0.5 * ((value - centre) / sigma) ** 2);
}

/**
 * A closed outline around the origin: the radius at an angle. An ellipse, made irregular by waves around it whose heights
 * fall with their number, and dented.
 * @param random of randomNumbers
 * @param {number} radius mean radius
 * @param {{stretch?: number, rough?: number, waves?: number, spikes?: number, dent?: number}} shape
 *   stretch: long axis over short axis, minus 1; rough: height of the waves relative to the radius; waves: how many;
 *   spikes: height of a crenated cell's regular ones; dent: depth of one notch, as in a folded nucleus
 * @returns {(angle: number) => number} of an angle from -π to π
 */
export function outline(random, radius, { stretch = 0, rough = 0, waves = 5, spikes = 0, dent = 0 } = {}) {
  const axis = random.between(0, Math.PI);
  const notch = random.between(-Math.PI, Math.PI);
  const [spikeCount, spikePhase] = [random.whole(10, 14), random.between(0, 6)];
  const terms = Array.from({ length: waves }, (_, i) => ({ n: i + 2, height: (rough * random.bell()) / (i + 1), phase: random.between(0, 2 * Math.PI) }));
  const long = Math.sqrt(1 + stretch);
  const radiusAt = (angle) => {
    const ellipse = radius / Math.hypot(Math.cos(angle - axis) / long, Math.sin(angle - axis) * long);
    let factor = 1 + spikes * Math.cos(spikeCount * angle + spikePhase);
    for (const { n, height, phase } of terms) factor += height * Math.cos(n * angle + phase);
    const away = Math.abs(((angle - notch + 3 * Math.PI) % (2 * Math.PI)) - Math.PI);
    return ellipse * (factor - dent * hump(0, 0.35, away));
  };
  // It is asked for at every point of a cell, so its values are kept, and read with straight lines between them.
  const radii = Float64Array.from({ length: STEPS + 1 }, (_, i) => radiusAt(i * (2 * Math.PI / STEPS) - Math.PI));
  return (angle) => {
    const place = Math.min(STEPS - 1e-9, Math.max(0, (angle + Math.PI) * (STEPS / (2 * Math.PI))));
    const i = Math.floor(place);
    return radii[i] + (radii[i + 1] - radii[i]) * (place - i);
  };
}

/** Where a point lies in an outline: 0 at the centre, 1 on the outline, more outside. */
export function depthIn(shape, x, y) {
  return Math.hypot(x, y) / shape(Math.atan2(y, x));
}
