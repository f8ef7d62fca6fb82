/** Analyses as the inference process would send them, made up so that a test knows what must be on the screen. */
import type { Analysis, CamMap, Explanation } from '../../../../src/protocol/analysis';
import type { AnswerTo } from '../../../../src/protocol/inquiry';

export const CLASSES = [
  { id: 'benign', name: 'Benign', description: 'Hematogones, not leukemia.', superclass: 'benign' },
  { id: 'early', name: 'Early', description: 'Early pre-B lymphoblasts.', superclass: 'malignant' },
  { id: 'pre', name: 'Pre', description: 'Pre-B lymphoblasts.', superclass: 'malignant' },
  { id: 'pro', name: 'Pro', description: 'Pro-B lymphoblasts.', superclass: 'malignant' },
] as const;

/** Of the maps, a side. */
const SIZE = 7;

/** An Early smear, explained by three maps a class, each with its hot spot in another place. */
export function analysis(change: Partial<Analysis> = {}): Analysis {
  return {
    image: { path: '/smears/smear.png', sha256: '0'.repeat(64), width: 224, height: 224 },
    model: { id: 'fake', name: 'Fake MobileNet', sha256: '0'.repeat(64), classes: [...CLASSES] },
    logits: [-2, 4, 0.4, -6],
    probabilities: [0.0024, 0.9696, 0.0279, 0.00004],
    predicted: 1,
    domain: { inDomain: true, score: 1, threshold: 2 },
    explanation: explanation(),
    provider: 'cpu',
    milliseconds: 12.34,
    ...change,
  };
}

export const OUTSIDE = { inDomain: false, score: 3, threshold: 2 };

export function explanation(change: Partial<Explanation> = {}): Explanation {
  return { layer: 'features.18/relu', height: SIZE, width: SIZE, channels: 1280, maps: CLASSES.flatMap((_, index) => maps(index)), ...change };
}

/** A map whose only value is in one cell of the grid. */
export function spike(x: number, y: number): Float32Array {
  const raw = new Float32Array(SIZE * SIZE);
  raw[y * SIZE + x] = 1;
  return raw;
}

function maps(classIndex: number): CamMap[] {
  const variants = [['grad-cam', 'none'], ['grad-cam++', 'paper'], ['grad-cam++', 'normalised']] as const;
  return variants.map(([method, variant], which) => ({ method, variant, classIndex, raw: hill(1 + classIndex, 2 + which), flat: false }));
}

/** Values that fall off around a place. */
function hill(x: number, y: number): Float32Array {
  return Float32Array.from({ length: SIZE * SIZE }, (_, i) => 3 * Math.exp(-(((i % SIZE) - x) ** 2 + (Math.floor(i / SIZE) - y) ** 2) / 4));
}

/** Score-CAM of the same smear, as far as `done` of 472 passes: its hill moves with each pass, so that no two answers look alike. */
export function scoreCam(done = 472, change: Partial<AnswerTo<'score-cam'>> = {}): AnswerTo<'score-cam'> {
  const variants = ['authors', 'channel-softmax'] as const;
  return {
    kind: 'score-cam',
    layer: 'features.18/relu',
    height: SIZE,
    width: SIZE,
    channels: 480,
    flatChannels: 8,
    mode: 'exact',
    done,
    total: 472,
    maps: CLASSES.flatMap((_, classIndex) => variants.map((variant, which) => ({ method: 'score-cam' as const, variant, classIndex, raw: hill(1 + classIndex + done / 472, 4 - which), flat: false, weightVariation: 0.5 }))),
    baseline: { fill: [124, 116.3, 103.5], probabilities: [0.02, 0.007, 0.3, 0.673] },
    provider: 'cpu',
    milliseconds: 3210,
    ...change,
  };
}
