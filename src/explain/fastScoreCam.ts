/**
 * Score-CAM from a fraction of its passes. Masks that look alike give scores that are alike: a few channels, far from each
 * other and strong, are run, and the scores of the others are estimated from theirs (docs/ARCHITECTURE.md has the figures).
 */
import type { ScoreCam } from '../protocol/scoreCam';
import { estimate, type Rows } from './kernelRegression';
import { noScores, scoreCamOf, scoreChannels, type ChannelScores, type ScoreCamSubject } from './scoreCam';

/** One channel in so many is run, and not fewer than {@link LEAST_PASSES}. */
const CHANNELS_A_PASS = 12;
const LEAST_PASSES = 24;

/**
 * Yields what it has after each batch, of the channels run alone, and returns the estimate of all.
 * @param scores is filled as the passes are done; what it holds already is not run again
 * @param estimates receives the scores of all channels at the end, those of the channels that were not run estimated
 */
export async function* fastScoreCam(subject: ScoreCamSubject, scores: ChannelScores = noScores(subject), estimates: ChannelScores = noScores(subject)): AsyncGenerator<ScoreCam, ScoreCam> {
  const { channels, open } = subject;
  const { classes } = open.prepared;
  const start = performance.now();
  const masks = normalisedMasks(subject);
  const chosen = spread(subject, masks, Math.min(channels.length, Math.max(LEAST_PASSES, Math.ceil(channels.length / CHANNELS_A_PASS))));
  const run = chosen.map((i) => channels[i]);
  const progress = (done: number): Pick<ScoreCam, 'mode' | 'done' | 'total' | 'milliseconds'> => ({ mode: 'fast', done, total: run.length, milliseconds: performance.now() - start });
  for await (const done of scoreChannels(subject, run, scores)) if (done < run.length) yield scoreCamOf(subject, scores, channels, progress(done));
  if (run.length > 0) {
    const seen = Float64Array.from(run.flatMap((k) => Array.from(scores.logits.subarray(k * classes, (k + 1) * classes))));
    const estimated = estimate(masks, chosen, { data: seen, count: run.length, width: classes });
    channels.forEach((k, i) => {
      const found = scores.known[k] ? scores.logits.subarray(k * classes, (k + 1) * classes) : estimated.subarray(i * classes, (i + 1) * classes);
      estimates.logits.set(found, k * classes);
      estimates.known[k] = 1;
    });
  }
  return scoreCamOf(subject, estimates, channels, progress(run.length));
}

/** The masks at the layer's size, 0 to 1, a row a channel in the order of `channels`. */
function normalisedMasks({ open: { layer }, activation, channels }: ScoreCamSubject): Rows {
  const width = layer.height * layer.width;
  const data = new Float64Array(channels.length * width);
  channels.forEach((k, i) => {
    const channel = activation.subarray(k * width, (k + 1) * width);
    let [least, most] = [Infinity, -Infinity];
    for (const v of channel) [least, most] = [Math.min(least, v), Math.max(most, v)];
    for (let at = 0; at < width; at++) data[i * width + at] = (channel[at] - least) / (most - least);
  });
  return { data, count: channels.length, width };
}

/**
 * Positions in `channels` of `count` channels: the strongest first, then always the one whose distance from those chosen, times
 * its strength (the square root of ΣA²), is largest. A strong channel weighs more in the map, so its error does, too.
 */
function spread({ activation, channels }: ScoreCamSubject, masks: Rows, count: number): number[] {
  const { data, width } = masks;
  const strength = channels.map((k) => Math.sqrt(activation.subarray(k * width, (k + 1) * width).reduce((sum, v) => sum + v * v, 0)));
  const nearest = new Float64Array(channels.length).fill(Infinity);
  const chosen: number[] = [];
  for (let next = 0; chosen.length < count; ) {
    chosen.push(next);
    for (let i = 0; i < channels.length; i++) {
      let distance = 0;
      for (let at = 0; at < width; at++) distance += (data[i * width + at] - data[next * width + at]) ** 2;
      nearest[i] = Math.min(nearest[i], distance);
    }
    for (const i of chosen) nearest[i] = -1;
    const gain = (i: number): number => (nearest[i] < 0 ? -1 : Math.sqrt(nearest[i]) * strength[i]);
    next = channels.reduce((best, _k, i) => (gain(i) > gain(best) ? i : best), 0);
  }
  return chosen;
}
