/** The checks of a map on a network whose evidence is known (test/fixtures/trust/make.py). */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkInput } from '../../src/cli/networkInput';
import { prepare } from '../../src/explain/prepare';
import { shift } from '../../src/explain/trust/controls';
import { createSession, runSession } from '../../src/inference/session';
import { resolveModel } from '../../src/models/resolve';
import { skeletonBytes } from '../../src/onnx/model';
import { normalNumbers } from '../../src/onnx/random';
import { randomLike, readWeight, weightsAsInputs, weightsOf, type WeightValues } from '../../src/onnx/randomise';
import type { CamMap } from '../../src/protocol/analysis';
import { deletionContest, insertionContest, roadContest } from '../../src/protocol/faithfulness';
import type { MapInQuestion } from '../../src/protocol/trust';
import { energySentences, faithfulnessSentence, randomisationVerdict } from '../../src/protocol/trustText';
import { CommandLine } from './commandLine';
import { folder, planted, PlantedModel, type Planted } from './plantedModel';

const model = new PlantedModel();
const cli = new CommandLine();
afterAll(async () => {
  await model.dispose();
  cli.dispose();
});

async function mapsOf({ file, class: classIndex }: Planted): Promise<MapInQuestion[]> {
  const { maps, height, width } = await model.maps(file);
  return maps.filter((m) => m.classIndex === classIndex && m.variant !== 'channel-softmax').map((m: CamMap) => ({ ...m, height, width }));
}

describe.each(planted)('deletion and insertion on $file', (sample) => {
  let maps: MapInQuestion[];
  beforeAll(async () => {
    maps = await mapsOf(sample);
  });

  it('tell each map from its turned and moved copies', async () => {
    expect(maps).toHaveLength(4);
    for (const map of maps) {
      const { answer } = await model.ask(sample.file, { kind: 'faithfulness', map, replacement: 'blur' });
      const name = `${map.method} ${map.variant}`;
      expect([answer.done, answer.controls.length], name).toEqual([answer.total, 8]);
      for (const contest of [deletionContest(answer), insertionContest(answer)]) {
        expect([contest.asMuch, contest.percentile], name).toEqual([0, 1]);
        expect(contest.difference, name).toBeGreaterThan(1);
      }
      expect(faithfulnessSentence(answer)).toMatch(/^Removing the marked areas lowers the score more than matched controls do: .* \(of 8 controls 0 lower it as much\)/);
    }
  });

  it('say so where the map is a moved copy itself', async () => {
    const [map] = maps;
    const raw = Float32Array.from(shift(Uint32Array.from(map.raw.keys()), map, map.height / 2, map.width / 2), (i) => map.raw[i]);
    const { answer } = await model.ask(sample.file, { kind: 'faithfulness', map: { ...map, raw }, replacement: 'blur' });
    // One of its controls, moved back, is the true map.
    expect(deletionContest(answer).asMuch).toBeGreaterThan(0);
    expect(faithfulnessSentence(answer)).toMatch(/lowers the score (no|hardly) more than matched controls do/);
  });

  it('also with removed areas imputed (ROAD)', async () => {
    const { answer } = await model.ask(sample.file, { kind: 'faithfulness', map: maps[0], replacement: 'road' });
    expect([answer.replaced, answer.fractions]).toEqual([undefined, [0.2, 0.4, 0.6, 0.8]]);
    const road = roadContest(answer);
    // Up to four fifths are removed, and of so much copies hold the cell, too.
    expect(road.difference).toBeGreaterThan(1);
    expect(road.asMuch).toBeLessThanOrEqual(2);
  });
});

describe('the other checks', () => {
  const [sample] = planted;

  it('answer in steps, the map’s own curve first', async () => {
    const [map] = await mapsOf(sample);
    const { partial, answer } = await model.ask(sample.file, { kind: 'faithfulness', map, replacement: 'blur' });
    const [first] = partial;
    if (first.kind !== 'faithfulness') throw new Error(first.kind);
    expect(first.done).toBeLessThan(first.total);
    expect(first.original).toBe(answer.original);
    expect(first.deletion.controls.flat().every(Number.isNaN)).toBe(true);
    expect(answer.deletion.controls.flat().every(Number.isFinite)).toBe(true);
  });

  it('run nothing for a flat map, and refuse one of another model', async () => {
    const flat = { method: 'grad-cam', variant: 'none', classIndex: 1, height: 4, width: 4, raw: new Float32Array(16) } as const;
    expect((await model.ask(sample.file, { kind: 'faithfulness', map: flat, replacement: 'blur' })).answer).toMatchObject({ flat: true, total: 0, controls: [] });
    for (const wrong of [{ ...flat, classIndex: 3 }, { ...flat, width: 5 }, { ...flat, raw: flat.raw.map(() => NaN) }]) {
      await expect(model.ask(sample.file, { kind: 'faithfulness', map: wrong, replacement: 'blur' })).rejects.toMatchObject({ code: 'input-invalid' });
      await expect(model.ask(sample.file, { kind: 'map-energy', map: wrong })).rejects.toMatchObject({ code: 'input-invalid' });
    }
  });

  it('find the map’s energy on the violet nucleus', async () => {
    const [map] = await mapsOf(sample);
    const { answer } = await model.ask(sample.file, { kind: 'map-energy', map });
    const { energy, area } = answer.parts[0];
    expect(energy / area).toBeGreaterThan(3);
    expect(answer.scaleBar).toBe(false);
    expect(energySentences(answer).warnings).toEqual([]);
  });

  it('try other colours, and say what they could not', async () => {
    const { answer } = await model.ask(sample.file, { kind: 'counterfactuals' });
    expect(answer.changed.map((c) => [c.change, c.towards])).toEqual([['background flattened', undefined], ['grey', undefined], ['recoloured', 0], ['recoloured', 1], ['recoloured', 2]]);
    expect(answer.skipped).toEqual([{ change: 'scale bar painted out', reason: 'no scale bar was found' }]);
    // The ground says nothing of the class; colour says all.
    const best = (row: readonly number[]): number => row.indexOf(Math.max(...row));
    expect([best(answer.logits), best(answer.changed[0].logits)]).toEqual([1, 1]);
    expect(Math.abs(answer.changed[1].logits[1] - answer.logits[1])).toBeGreaterThan(1);
  });

  it('compare with random weights, of several images together', async () => {
    const first = await model.ask(sample.file, { kind: 'randomisation' });
    expect(first.answer.stages.map((s) => [s.part, s.tensors])).toEqual([['head', 1], ['head and last convolutions', 4]]);
    expect(first.answer.images).toBe(1);
    expect(first.partial).toHaveLength(first.answer.total - 1);
    for (const stage of first.answer.stages) expect(stage.correlations.length + stage.flat).toBe(9);
    expect(randomisationVerdict(first.answer).compared).toBeGreaterThan(4);
    const again = await model.ask(sample.file, { kind: 'randomisation' });
    expect(again).toEqual({ answer: first.answer, partial: [] });
    const second = await model.ask(planted[3].file, { kind: 'randomisation' });
    expect(second.answer.images).toBe(2);
    for (const [i, { correlations, flat }] of second.answer.stages.entries()) {
      expect(correlations.slice(0, first.answer.stages[i].correlations.length)).toEqual(first.answer.stages[i].correlations);
      expect(correlations.length + flat).toBe(18);
    }
  });

  it('run with the very weights of the file where none are random', async () => {
    const p = await prepare(await resolveModel(folder));
    const names = p.model.proto.graph.node.flatMap((n) => weightsOf(p.graph, n)).map((w) => w.name);
    expect(names).toHaveLength(4);
    const fed = weightsAsInputs(p.model, names);
    const session = await createSession(skeletonBytes(fed), { provider: 'cpu', file: p.model.file, externalDataFolder: p.model.folder });
    const plain = await createSession(p.model.file, { provider: 'cpu', file: p.model.file });
    const { tensor } = await networkInput(join(folder, sample.file), undefined, p.resolved.input);
    const run = (of: InferenceSession, weights: readonly (readonly [string, WeightValues])[]): ReturnType<typeof runSession> =>
      runSession(of, { ...p.feeds(tensor), ...Object.fromEntries(weights.map(([name, w]) => [name, new Tensor('float32', w.values, w.dims)])) }, p.model.file);
    const own = names.map((name) => [name, readWeight(p.model, name)] as const);
    const logits = async (of: InferenceSession, weights: readonly (readonly [string, WeightValues])[]): Promise<number[]> => Array.from((await run(of, weights))[of.outputNames[0]].data as Float32Array);
    const expected = await logits(plain, []);
    // Weights that are fed are not packed beforehand, so the last digits differ.
    (await logits(session, own)).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 4));
    const other = own.map(([name, w]) => [name, randomLike(w, normalNumbers(1))] as const);
    expect(Math.abs((await logits(session, other))[1] - expected[1])).toBeGreaterThan(1);
    expect(other[2][1].values).toEqual(randomLike(own[2][1], normalNumbers(1)).values);
    expect(deviation(other[2][1].values) / deviation(own[2][1].values)).toBeCloseTo(1, 1);
    await Promise.all([session.release(), plain.release()]);
  });

  it('count over the images how often a change changes the verdict', async () => {
    const { answer } = await model.ask(sample.file, { kind: 'counterfactuals' });
    const other = await model.ask(planted[3].file, { kind: 'counterfactuals' });
    const known = answer.flips.find((f) => f.change === 'grey')?.images ?? 0;
    expect(other.answer.flips.find((f) => f.change === 'grey')?.images).toBe(known + 1);
    expect((await model.ask(sample.file, { kind: 'counterfactuals' })).answer.flips).toEqual(other.answer.flips);
  });

  it('are asked for on the command line', async () => {
    const out = cli.at('trust');
    const args = ['explain', join(folder, sample.file), '--model', folder, '--provider', 'cpu', '--class', 'top', '--method', 'grad-cam', '--trust', '--out', out];
    const { status, stdout, stderr } = await cli.run(...args);
    expect(status, stderr).toBe(0);
    const { trust } = JSON.parse(readFileSync(join(out, 'maps.json'), 'utf8')) as { trust: { maps: { method: string; class: string; faithfulness: { sentence: string; deletionArea: { asMuch: number } }[]; energy: { summary: string } }[]; counterfactuals: { changed: { sentence: string; towards?: string }[] }; randomisation: { sentence: string; median: number } } };
    const [map] = trust.maps;
    expect([trust.maps.length, map.method, map.class, map.faithfulness.length, map.faithfulness[0].deletionArea.asMuch]).toEqual([1, 'grad-cam', 'violet', 1, 0]);
    for (const sentence of [map.faithfulness[0].sentence, map.energy.summary, ...trust.counterfactuals.changed.map((c) => c.sentence), trust.randomisation.sentence]) expect(stdout).toContain(sentence);
    expect(trust.counterfactuals.changed.map((c) => c.towards)).toEqual([undefined, undefined, 'none', 'violet', 'orange']);
    expect((await cli.run(...args.filter((a) => a !== '--trust'), '--road')).status).toBe(2);
  });
});

function deviation(values: Float32Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
}
