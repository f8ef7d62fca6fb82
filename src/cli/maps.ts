/** The maps that a command asks for: those that come with the analysis, and those that have to be asked for. */
import { SmearLensError } from '../errors';
import type { Analysis, CamMap, CamMethod, CamVariant, Explanation } from '../protocol/analysis';
import type { MapAnswer, MapInquiry } from '../protocol/inquiry';
import type { ScoreCam, ScoreCamMode } from '../protocol/scoreCam';
import { wholeAnswer, type Asker } from './wholeAnswer';

/** By the command line's names, in the order of its help. */
export const GRADIENT_METHODS: readonly CamMethod[] = ['grad-cam', 'grad-cam++'];
/** What `all` means: the methods of the study. */
export const STUDY_METHODS: readonly CamMethod[] = [...GRADIENT_METHODS, 'score-cam'];
export const METHODS: readonly CamMethod[] = [...STUDY_METHODS, 'hirescam', 'layercam', 'xgrad-cam', 'eigen-cam', 'recipro-cam'];
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
export async function collectMaps(asker: Asker, wanted: WantedMaps): Promise<ExplainedImage | undefined> {
  const { engine, tensor, choice } = asker;
  const needsGradient = wanted.methods.some((m) => GRADIENT_METHODS.includes(m));
  const analysis = await engine.analyse(tensor, choice, needsGradient, { rows: wanted.rows });
  const explanation = needsGradient ? explanationOf(analysis) : undefined;
  const answers: MapAnswer[] = [];
  for (const inquiry of inquiriesOf(wanted)) {
    const answer = await wholeAnswer(asker, inquiry);
    if (!answer) return undefined;
    answers.push(answer);
  }
  const source = explanation ?? answers[0];
  if (!source) throw new SmearLensError('internal', 'No method was asked for.', 'Please report this.');
  const { layer, height, width } = source;
  const scoreCam = answers.find((a) => a.kind === 'score-cam');
  const maps = [...(explanation?.maps ?? []), ...answers.flatMap((a) => a.maps)].filter((m) => wanted.methods.includes(m.method) && (m.variant === 'none' || wanted.variants.includes(m.variant)));
  return { analysis, layer, height, width, uniformGradient: explanation?.uniformGradient ?? false, maps, scoreCam };
}

function inquiriesOf({ methods, scoreCam, fill, rows }: WantedMaps): MapInquiry[] {
  const wants = (...some: readonly CamMethod[]): boolean => some.some((m) => methods.includes(m));
  return [
    ...(wants('score-cam') ? [{ kind: 'score-cam', mode: scoreCam, fill, rows } as const] : []),
    ...(wants('hirescam', 'layercam', 'xgrad-cam', 'eigen-cam') ? [{ kind: 'more-methods', rows } as const] : []),
    ...(wants('recipro-cam') ? [{ kind: 'recipro-cam', rows } as const] : []),
  ];
}

/** @throws SmearLensError why there is none */
export function explanationOf(analysis: Omit<Analysis, 'image'>): Explanation {
  const { explanation } = analysis;
  if (explanation && 'maps' in explanation) return explanation;
  const info = explanation?.error;
  throw new SmearLensError(info?.code ?? 'internal', info?.message ?? 'No explanation was computed.', info?.hint ?? 'Please report this.');
}
