import { expect, it } from 'vitest';
import type { CamMap } from '../../../src/protocol/analysis';
import { evenWeightsNote } from '../../../src/protocol/scoreCam';

const map = (weightVariation?: number): CamMap => ({ method: 'score-cam', variant: 'authors', classIndex: 0, raw: Float32Array.of(0, 1), flat: false, weightVariation });

it('a Score-CAM map whose channels weigh nearly the same says that it shows activity', () => {
  for (const even of [0, 0.05, 0.099]) expect(evenWeightsNote(map(even))).toContain('activity, not evidence');
  for (const varied of [0.1, 0.5, 3]) expect(evenWeightsNote(map(varied))).toBeUndefined();
  expect(evenWeightsNote(map())).toBeUndefined();
});
