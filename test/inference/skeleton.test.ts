/** A skeleton runs as the file itself does: same outputs, bit by bit. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../src/explain/prepare';
import { createSession } from '../../src/inference/session';
import { resolveModel } from '../../src/models/resolve';
import { skeletonBytes } from '../../src/onnx/model';

const folder = path.join(__dirname, '../fixtures/onnx');
const names = fs.readdirSync(folder).filter((f) => f.endsWith('.onnx') && !f.startsWith('bad-')).map((f) => f.slice(0, -5));

async function outputsOf(session: InferenceSession, feeds: Record<string, Tensor>): Promise<Record<string, string>> {
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, { data, dims }]) => [name, `${dims.join()}:${Buffer.from((data as Float32Array).buffer).toString('base64')}`]));
}

describe('the skeleton gives what the file gives', () => {
  // Weights that are inputs, too, may not be folded into the nodes before them: the file itself is optimised less.
  const cases = [true, false].flatMap((optimise) => names.filter((name) => !(optimise && name === 'weights-listed')).map((name) => [name, optimise] as const));

  it.each(cases)('%s, optimised: %s', async (name, optimise) => {
    const p = await prepare(await resolveModel(path.join(folder, `${name}.onnx`)));
    const feeds = p.feeds(Float32Array.from({ length: 3 * p.resolved.input.width * p.resolved.input.height }, (_, i) => Math.sin(i))) as Record<string, Tensor>;
    const original = await outputsOf(await InferenceSession.create(p.model.file, { logSeverityLevel: 4, graphOptimizationLevel: optimise ? 'all' : 'disabled' }), feeds);
    const skeleton = await outputsOf(await createSession(skeletonBytes(p.model), { provider: 'cpu', file: p.model.file, externalDataFolder: p.model.folder, optimise }), feeds);
    expect(Object.keys(original).length).toBeGreaterThan(0);
    expect(skeleton).toEqual(original);
  });
});
