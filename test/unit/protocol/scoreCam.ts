import type { CamMap } from '../../../src/protocol/analysis';
import type { AnswerTo } from '../../../src/protocol/inquiry';

/** Score-CAM of two classes, made up: as far as `done` of ten passes. */
export function scoreCam(done = 10, change: Partial<AnswerTo<'score-cam'>> = {}): AnswerTo<'score-cam'> {
  const map = (classIndex: number): CamMap => ({ method: 'score-cam', variant: 'authors', classIndex, raw: Float32Array.of(0, 1, 2, classIndex), flat: false, weightVariation: 0.5 });
  const baseline = { fill: [123.7, 116.3, 103.5] as const, probabilities: [0.98, 0.02] };
  return { kind: 'score-cam', layer: 'features.18', height: 2, width: 2, channels: 12, flatChannels: 2, mode: 'exact', done, total: 10, maps: [map(0), map(1)], baseline, provider: 'cpu', milliseconds: 2400, ...change };
}
