/** What is kept of inquiries with one model: by the image, which nothing else changes. */
import * as crypto from 'node:crypto';
import type { Counterfactuals, Randomisation } from '../protocol/trust';
import type { ChannelScores } from './scoreCam';

/** Bytes of scores that are kept, the images least recently asked about forgotten first. */
const SCORE_BYTES = 2 ** 24;

export class ModelMemory {
  /** By the image. */
  readonly counterfactuals = new Map<string, Counterfactuals>();
  private readonly layers = new Map<string, LayerMemory>();

  layer(tensor: string): LayerMemory {
    const memory = this.layers.get(tensor) ?? new LayerMemory();
    this.layers.set(tensor, memory);
    return memory;
  }
}

/** And with one layer. */
export class LayerMemory {
  /** Of the images looked at so far, together. */
  randomisation: Randomisation | undefined;
  /** Keys of those images. */
  readonly randomised = new Set<string>();
  private readonly scores = new Map<string, ChannelScores>();

  /** The scores that passes gave under that key, or `none`, which is kept from now on. */
  scoresOf(key: string, none: () => ChannelScores): ChannelScores {
    const scores = this.scores.get(key) ?? none();
    this.scores.delete(key);
    this.scores.set(key, scores);
    let left = SCORE_BYTES;
    for (const [other, { logits }] of [...this.scores].reverse()) {
      left -= logits.byteLength;
      if (left < 0 && other !== key) this.scores.delete(other);
    }
    return scores;
  }
}

/** Tells network inputs, and what is done to them, from each other. */
export function keyOf(pixels: Float32Array, ...others: readonly (string | number)[]): string {
  return [crypto.createHash('sha256').update(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)).digest('base64'), ...others].join(' ');
}
