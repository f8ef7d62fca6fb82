/** Maps of a network whose evidence is known: one planted cell makes the class (test/fixtures/trust/make.py). */
import { afterAll, describe, expect, it } from 'vitest';
import { bilinearResize } from '../../src/explain/overlay';
import { planted, PlantedModel } from './plantedModel';

const model = new PlantedModel();
afterAll(() => model.dispose());

describe.each(planted)('$file', (sample) => {
  it.each(['grad-cam none', 'grad-cam++ paper', 'grad-cam++ normalised', 'score-cam authors'])('%s has its maximum on the planted cell', async (name) => {
    const { maps, height, width, predicted } = await model.maps(sample.file);
    expect(predicted).toBe(sample.class);
    const map = maps.find((m) => `${m.method} ${m.variant}` === name && m.classIndex === sample.class);
    const { size } = model;
    const full = bilinearResize(map?.raw ?? new Float32Array(0), height, width, size, size);
    const at = full.indexOf(Math.max(...full));
    const [x, y, radius] = sample.planted;
    expect(Math.hypot((at % size) + 0.5 - x, Math.floor(at / size) + 0.5 - y)).toBeLessThan(radius + 2);
  });
});
