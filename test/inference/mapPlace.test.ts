/** Where maps of many images lie, against what the checks of one map say. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawField } from '../../scripts/samples/field.mjs';
import { ExplainEngine } from '../../src/explain/engine';
import { openMapPlacer } from '../../src/explain/mapPlace';
import { prepare } from '../../src/explain/prepare';
import { toTensor } from '../../src/images/tensor';
import { defaultModel } from '../../src/models/defaultModel';
import { resolveModel } from '../../src/models/resolve';
import type { MapEnergy } from '../../src/protocol/trust';

const path = defaultModel(join(import.meta.dirname, '../..'));

describe('the place of a map', () => {
  it('is that of the predicted class, as the check of the map has it', async () => {
    const resolved = await resolveModel(path);
    const input = await toTensor(drawField({ seed: 5, kind: 'pre', blasts: 7, stain: 'lavender' }), resolved.input);
    const engine = new ExplainEngine({ log: () => undefined });
    const placer = await openMapPlacer(await prepare(resolved), 'cpu', 1);
    try {
      const choice = { path, provider: 'cpu', layer: 'auto' } as const;
      const { predicted, explanation, domain } = await engine.analyse(input, choice, true);
      if (!explanation || !('maps' in explanation)) throw new Error('no maps');
      const map = explanation.maps.find((m) => m.method === 'grad-cam' && m.classIndex === predicted);
      if (!map) throw new Error('no Grad-CAM');
      const steps = engine.inquire(input, choice, { kind: 'map-energy', map: { ...map, height: explanation.height, width: explanation.width } });
      let step = await steps.next();
      while (!step.done) step = await steps.next();
      const { parts } = step.value as unknown as MapEnergy;
      const outside = parts.filter(({ part }) => part === 'background' || part === 'scale bar');
      const place = await placer.place(input);
      expect(place).toMatchObject({ predicted, inDomain: domain?.inDomain });
      expect(place?.energy).toBeCloseTo(outside.reduce((sum, { energy }) => sum + energy, 0), 4);
      expect(place?.area).toBeCloseTo(outside.reduce((sum, { area }) => sum + area, 0), 12);
      expect(place?.energy).toBeGreaterThan(0);
    } finally {
      await placer.release();
      await engine.dispose();
    }
  });

  it('is none where no nucleus is told', async () => {
    const resolved = await resolveModel(path);
    const placer = await openMapPlacer(await prepare(resolved), 'cpu', 1);
    try {
      const { width, height } = resolved.input;
      expect(await placer.place(await toTensor({ width, height, data: new Uint8Array(3 * width * height).fill(230) }, resolved.input))).toBeNull();
    } finally {
      await placer.release();
    }
  });
});
