/**
 * Score-CAM (Wang et al. 2020): each channel of the activation, upsampled and min-max normalised, masks the image; the scores of
 * the masked image weigh the channel. The scores of all classes come from the same passes.
 */
import { inputToColour, plainInput } from '../images/fill';
import type { CamMap } from '../protocol/analysis';
import type { ScoreCam } from '../protocol/scoreCam';
import { camMapOf } from './camMap';
import { weightedMap } from './channels';
import { runMasked, type MaskedSession } from './masked';
import { maskedPasses } from './maskedPasses';
import { probabilitiesOf } from './probabilities';

export interface ScoreCamOptions {
  /** Class indices to make maps of. */
  readonly rows: readonly number[];
  readonly activation: 'softmax' | 'sigmoid';
  /** What a mask of 0 shows, a value a channel of the network's input; 0 in network space by default, as the authors have it. */
  readonly fill?: readonly number[] | undefined;
}

/** What does not change from pass to pass. */
export interface ScoreCamSubject {
  readonly open: MaskedSession;
  /** The same session, kept from being closed or opened anew: other calls may come between two steps. */
  readonly session: () => Promise<MaskedSession>;
  readonly pixels: Float32Array;
  readonly fill: readonly number[];
  readonly options: ScoreCamOptions;
  /** A: [K, h, w]. */
  readonly activation: Float32Array;
  /** Indices of the channels that are not flat, those of most energy (ΣA²) first. */
  readonly channels: readonly number[];
  readonly baseline: ScoreCam['baseline'];
}

/** The logits that each channel's mask gave, as far as they are known: [K, classes]. */
export interface ChannelScores {
  readonly logits: Float64Array;
  readonly known: Uint8Array;
}

export async function scoreCamSubject(session: () => Promise<MaskedSession>, pixels: Float32Array, options: ScoreCamOptions): Promise<ScoreCamSubject> {
  const open = await session();
  const { layer, prepared: p } = open;
  const fill = options.fill ?? [0, 0, 0];
  const unmasked = new Float32Array(layer.height * layer.width);
  const { activation } = await runMasked(open, pixels, unmasked, fill, true);
  const masked = await runMasked(open, plainInput(fill, p.resolved.input), unmasked, fill);
  const baseline = {
    fill: inputToColour(fill, p.resolved.input),
    probabilities: probabilitiesOf(Array.from(masked.logits), options.activation, 1),
  };
  const all = activation ?? new Float32Array(0);
  return { open, session, pixels, fill, options, activation: all, channels: channelsByEnergy(all, layer.channels), baseline };
}

/**
 * The exact map: a pass for each channel that is not flat. Yields what it has after each batch, and returns the whole.
 * @param scores is filled as the passes are done; what it holds already is not run again
 */
export async function* exactScoreCam(subject: ScoreCamSubject, scores: ChannelScores = noScores(subject)): AsyncGenerator<ScoreCam, ScoreCam> {
  const start = performance.now();
  const { channels } = subject;
  const state = (done: number): ScoreCam => scoreCamOf(subject, scores, channels, { mode: 'exact', done, total: channels.length, milliseconds: performance.now() - start });
  for await (const done of scoreChannels(subject, channels, scores)) if (done < channels.length) yield state(done);
  return state(channels.length);
}

/** Runs a pass for each of these channels that is not known, in short steps; yields how many are known after each. */
export async function* scoreChannels(subject: ScoreCamSubject, channels: readonly number[], scores: ChannelScores): AsyncGenerator<number> {
  const { open, session, pixels, fill, activation } = subject;
  const { classes } = open.prepared;
  const size = open.layer.height * open.layer.width;
  const unknown = channels.filter((k) => !scores.known[k]);
  const passes = maskedPasses(session, pixels, fill, {
    count: unknown.length,
    write: (i, mask) => mask.set(activation.subarray(unknown[i] * size, (unknown[i] + 1) * size)),
    read: (i, logits) => {
      scores.logits.set(logits, unknown[i] * classes);
      scores.known[unknown[i]] = 1;
    },
  });
  for await (const done of passes) yield channels.length - unknown.length + done;
}

export function noScores({ open: { layer, prepared } }: ScoreCamSubject): ChannelScores {
  return { logits: new Float64Array(layer.channels * prepared.classes), known: new Uint8Array(layer.channels) };
}

/** The maps of both variants, of those of `channels` whose scores are known. */
export function scoreCamOf(subject: ScoreCamSubject, scores: ChannelScores, channels: readonly number[], progress: Pick<ScoreCam, 'mode' | 'done' | 'total' | 'milliseconds'>): ScoreCam {
  const { open, options, activation, baseline } = subject;
  const { layer, prepared: p, provider } = open;
  const size = layer.height * layer.width;
  const known = channels.filter((k) => scores.known[k]);
  const logitsOf = (k: number): number[] => Array.from(scores.logits.subarray(k * p.classes, (k + 1) * p.classes));
  const probabilities = known.map((k) => probabilitiesOf(logitsOf(k), options.activation, 1));
  const map = (variant: CamMap['variant'], classIndex: number, weights: readonly number[]): CamMap => {
    const raw = weightedMap(activation, size, known, weights);
    return camMapOf(p.model.file, { method: 'score-cam', variant, classIndex, raw, weightVariation: variation(weights) });
  };
  const maps = options.rows.flatMap((c) => [
    map('authors', c, probabilities.map((p) => p[c])),
    // Algorithm 1 of the paper: softmax over the channels of the class's scores, in which the baseline's score cancels.
    map('channel-softmax', c, probabilitiesOf(known.map((k) => scores.logits[k * p.classes + c]), 'softmax', 1)),
  ]);
  return {
    layer: layer.tensor,
    height: layer.height,
    width: layer.width,
    channels: layer.channels,
    flatChannels: layer.channels - subject.channels.length,
    maps,
    baseline,
    provider,
    ...progress,
  };
}

/** Standard deviation over mean: near 0, all channels weigh the same. */
function variation(weights: readonly number[]): number {
  const mean = weights.reduce((a, b) => a + b, 0) / weights.length;
  const variance = weights.reduce((a, b) => a + (b - mean) ** 2, 0) / weights.length;
  return mean > 0 ? Math.sqrt(variance) / mean : 0;
}

function channelsByEnergy(activation: Float32Array, count: number): number[] {
  const size = activation.length / count;
  const energy = new Float64Array(count);
  const uneven: number[] = [];
  for (let k = 0; k < count; k++) {
    const channel = activation.subarray(k * size, (k + 1) * size);
    for (const value of channel) energy[k] += value * value;
    if (channel.some((value) => value !== channel[0])) uneven.push(k);
  }
  return uneven.sort((a, b) => energy[b] - energy[a] || a - b);
}
