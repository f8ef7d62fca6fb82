import { describe, expect, it } from 'vitest';
import type { Analysis, CamMap, Explanation } from '../../../src/protocol/analysis';
import { overlayCaption, overlayName } from '../../../src/protocol/caption';
import { resultText } from '../../../src/protocol/resultText';
import { DEFAULT_VIEW, type ViewState } from '../../../src/protocol/viewState';
import { scoreCam } from './scoreCam';

const map: CamMap = { method: 'grad-cam++', variant: 'paper', classIndex: 1, raw: new Float32Array(4), flat: false };
const explanation: Explanation = { layer: 'features.18', height: 2, width: 2, channels: 8, maps: [map] };
const analysis: Analysis = {
  image: { path: '/smears/a.jpg', sha256: 'ab'.repeat(32), width: 10, height: 10 },
  model: { id: 'm', name: 'My net', sha256: 'cd'.repeat(32), classes: [{ id: 'b', name: 'Benign' }, { id: 'p', name: 'Pre' }] },
  logits: [-1.25, 2.5],
  probabilities: [0.0229774, 0.9770226],
  predicted: 1,
  domain: { inDomain: true, score: 1, threshold: 2 },
  explanation,
  provider: 'cpu',
  milliseconds: 4,
};
const shown = (view: Partial<ViewState>, change: Partial<Analysis> = {}, flat = false): Parameters<typeof overlayCaption>[1] => ({
  analysis: { ...analysis, ...change },
  layer: explanation,
  view: { ...DEFAULT_VIEW, ...view },
  map: { ...map, flat },
});

describe('overlayCaption', () => {
  it('names the smear and its verdict, method, variant, class, layer and colours, the model, and what it is not for', () => {
    expect(overlayCaption('a.jpg', shown({ opacity: 0.4, threshold: 0.2 }))).toEqual([
      'a.jpg: Pre, probability 97.7 %',
      'Grad-CAM++ (paper) for class Pre, layer features.18 (2 × 2); min-max normalised, colours Viridis, opacity 40 %, hidden below 20 % of its range',
      'Model: My net, sha256 cdcdcdcdcdcdcdcd…',
      'Research use only. Not for diagnosis.',
    ]);
  });

  it('says of Score-CAM how it was computed, and of which layer it is', () => {
    const answer = scoreCam(3);
    const [, map, computed] = overlayCaption('a.jpg', { ...shown({}), map: answer.maps[1], layer: { ...answer, layer: 'other' }, answer });
    expect(map).toMatch(/^Score-CAM \(authors'\) for class Pre, layer other \(2 × 2\)/);
    expect(computed).toBe('Score-CAM: exact, unfinished, 3 of 10 passes; masked parts are RGB 124, 116, 104; the image masked all over: Benign 98.0 %, Pre 2.0 %');
  });

  it('offers no class outside the domain', () => {
    expect(overlayCaption('a.jpg', shown({}, { domain: { inDomain: false, score: 3, threshold: 2 } }))[0]).toBe("a.jpg: Unlike this model's training images: no class offered");
  });

  it.each<[Partial<ViewState>, RegExp]>([
    [{ style: 'contour', threshold: 0.5 }, /; contour at 50 % of its range$/],
    [{ style: 'both', threshold: 0.5 }, /opacity 50 %, hidden below and contour at 50 %/],
    [{ threshold: 0 }, /opacity 50 %$/],
  ])('says how it is drawn: %j', (view, words) => expect(overlayCaption('a.jpg', shown(view))[1]).toMatch(words));

  it('says that a flat map is flat', () => expect(overlayCaption('a.jpg', shown({}, {}, true))[1]).toMatch(/; the map is flat$/));
});

describe('overlayName', () => {
  it('is the method, the variant and the class', () => expect(overlayName(shown({}))).toBe('grad-cam++ paper Pre'));
});

describe('resultText', () => {
  it('has every number as it is, in a table that a spreadsheet takes', () => {
    const lines = resultText(analysis).split('\n');
    expect(lines).toContain('class\tprobability\tlogit');
    expect(lines).toContain('Benign\t0.0229774\t-1.25');
    expect(lines).toContain('Pre\t0.9770226\t2.5');
    expect(lines).toContain('verdict\tPre');
    expect(lines).toContain(`sha256\t${'ab'.repeat(32)}`);
    expect(lines).toContain('Research use only. Not for diagnosis.');
  });

  it('offers no class outside the domain', () => {
    expect(resultText({ ...analysis, domain: { inDomain: false, score: 3, threshold: 2 } })).toContain("verdict\tUnlike this model's training images: no class offered");
  });
});
