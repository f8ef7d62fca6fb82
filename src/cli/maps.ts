/** The maps that a command asks for: those that come with the analysis, and those that have to be asked for. */
import { SmearLensError } from '../errors';
import type { ExplainEngine } from '../explain/engine';
import type { Analysis, CamMap, CamMethod, CamVariant, Explanation } from '../protocol/analysis';
import type { ModelChoice } from '../protocol/inference';
import type { Inquiry, InquiryAnswer } from '../protocol/inquiry';
import type { ScoreCam, ScoreCamMode } from '../protocol/scoreCam';
import type { Output } from './output';

/** By the command line's names, in the order of its help. */
export const GRADIENT_METHODS: readonly CamMethod[] = ['grad-cam', 'grad-cam++'];
export const METHODS: readonly CamMethod[] = [...GRADIENT_METHODS, 'score-cam'];
export const VARIANTS: readonly CamVariant[] = ['paper', 'normalised', 'authors', 'channel-softmax'];
export const DEFAULT_VARIANTS: readonly CamVariant[] = ['paper', 'authors'];

export interface WantedMaps {
  readonly methods: readonly CamMethod[];
  /** Of the methods that have variants. */
  readonly variants: readonly CamVariant[];
  /** Class indices; undefined: all of a model with few classes, the top ones of others. */
  readonly rows: readonly number[] | undefined;
  readonly scoreCam: ScoreCamMode;
  /** Red, green and blue that Score-CAM masks with; undefined: 0 in network space. */
  readonly fill?: readonly [number, number, number] | undefined;
}

export interface ExplainedImage {
  readonly analysis: Omit<Analysis, 'image'>;
  readonly layer: string;
  readonly height: number;
  readonly width: number;
  readonly uniformGradient: boolean;
  readonly maps: readonly CamMap[];
  readonly scoreCam: ScoreCam | undefined;
}

/** @returns undefined where the signal was aborted before all was there */
export async function collectMaps(engine: ExplainEngine, tensor: Float32Array, choice: ModelChoice, wanted: WantedMaps, output: Output, signal: AbortSignal): Promise<ExplainedImage | undefined> {
  const needsGradient = wanted.methods.some((m) => GRADIENT_METHODS.includes(m));
  const analysis = await engine.analyse(tensor, choice, needsGradient, { rows: wanted.rows });
  const explanation = needsGradient ? explanationOf(analysis) : undefined;
  const scoreCam = wanted.methods.includes('score-cam') ? await inquire(engine, tensor, choice, { kind: 'score-cam', mode: wanted.scoreCam, fill: wanted.fill, rows: wanted.rows }, output, signal) : undefined;
  if (signal.aborted) return undefined;
  const source = explanation ?? scoreCam;
  if (!source) throw new SmearLensError('internal', 'No method was asked for.', 'Please report this.');
  const { layer, height, width } = source;
  const maps = [...(explanation?.maps ?? []), ...(scoreCam?.maps ?? [])].filter((m) => wanted.methods.includes(m.method) && (m.variant === 'none' || wanted.variants.includes(m.variant)));
  return { analysis, layer, height, width, uniformGradient: explanation?.uniformGradient ?? false, maps, scoreCam };
}

/** The whole answer; undefined where the signal was aborted. */
async function inquire(engine: ExplainEngine, tensor: Float32Array, choice: ModelChoice, inquiry: Inquiry, output: Output, signal: AbortSignal): Promise<InquiryAnswer | undefined> {
  const answers = engine.inquire(tensor, choice, inquiry);
  try {
    for (;;) {
      const { done, value } = await answers.next();
      if (done) return value;
      if (signal.aborted) {
        await answers.return(value);
        return undefined;
      }
      output.progress(`Score-CAM: ${value.done} of ${value.total} passes`);
    }
  } finally {
    output.progress('');
  }
}

function explanationOf(analysis: Omit<Analysis, 'image'>): Explanation {
  const { explanation } = analysis;
  if (explanation && 'maps' in explanation) return explanation;
  const info = explanation?.error;
  throw new SmearLensError(info?.code ?? 'internal', info?.message ?? 'No explanation was computed.', info?.hint ?? 'Please report this.');
}
