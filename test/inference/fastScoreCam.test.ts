/** Fast Score-CAM against the exact one, on the default model and drawn smears. */
import * as path from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { ExplainEngine } from '../../src/explain/engine';
import { toTensor } from '../../src/images/tensor';
import { defaultModel } from '../../src/models/defaultModel';
import { resolveModel } from '../../src/models/resolve';
import { spearman } from '../../src/protocol/correlation';
import type { ScoreCam, ScoreCamMode } from '../../src/protocol/scoreCam';
import { smearSvg } from '../vscode/harness/images';

const model = defaultModel(path.join(__dirname, '../..'));
const engine = new ExplainEngine({ log: () => undefined });
afterAll(() => engine.dispose());

async function scoreCam(seed: number, mode: ScoreCamMode): Promise<{ answers: ScoreCam[]; whole: ScoreCam }> {
  const { data, info } = await sharp(smearSvg(seed)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const tensor = await toTensor({ width: info.width, height: info.height, data }, (await resolveModel(model)).input);
  const answers: ScoreCam[] = [];
  const inquiry = engine.inquire(tensor, { path: model, provider: 'cpu', layer: 'auto' }, { kind: 'score-cam', mode });
  for (;;) {
    const { done, value } = await inquiry.next();
    if (value.kind !== 'score-cam') throw new Error(`An answer of the kind '${value.kind}'.`);
    if (done) return { answers, whole: value };
    answers.push(value);
  }
}

describe('fast Score-CAM', () => {
  it('takes a twelfth of the passes, and ranks the pixels as the exact one does', async () => {
    const fast = await scoreCam(1, 'fast');
    const exact = await scoreCam(1, 'exact');
    expect(exact.whole.total).toBe(exact.whole.channels - exact.whole.flatChannels);
    expect(fast.whole.total).toBe(Math.max(24, Math.ceil(exact.whole.total / 12)));
    expect([fast.whole.mode, fast.whole.done]).toEqual(['fast', fast.whole.total]);
    expect(fast.whole.maps.map((m) => [m.variant, m.classIndex])).toEqual(exact.whole.maps.map((m) => [m.variant, m.classIndex]));
    const correlations = fast.whole.maps.map(({ raw }, i) => spearman(raw, exact.whole.maps[i]?.raw ?? []));
    for (const correlation of correlations) expect(correlation).toBeGreaterThan(0.9);
  });

  it('leaves its passes to the exact one, which is then given instead', async () => {
    const fast = await scoreCam(2, 'fast');
    const exact = await scoreCam(2, 'exact');
    expect(exact.answers[0]?.done).toBeGreaterThan(fast.whole.total);
    expect(exact.whole).toMatchObject({ mode: 'exact', done: exact.whole.total });
    const again = await scoreCam(2, 'fast');
    expect(again.answers).toEqual([]);
    expect({ ...again.whole, milliseconds: 0 }).toEqual({ ...exact.whole, milliseconds: 0 });
  });

  it('says how far it has come, and what it has until then', async () => {
    const { answers, whole } = await scoreCam(3, 'fast');
    expect(answers.length).toBeGreaterThan(0);
    const done = answers.map((answer) => answer.done);
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b));
    for (const answer of answers) {
      expect(answer.done).toBeLessThan(whole.total);
      expect(answer.maps.some(({ raw }) => raw.some((v) => v > 0))).toBe(true);
    }
  });
});
