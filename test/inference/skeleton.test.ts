/** A skeleton runs as the file itself does: same outputs, bit by bit. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { prepare } from '../../src/explain/prepare';
import { createSession } from '../../src/inference/session';
import { resolveModel } from '../../src/models/resolve';
import { skeletonBytes } from '../../src/onnx/model';
import { relativeError } from './relativeError';

const folder = path.join(__dirname, '../fixtures/onnx');
const names = fs.readdirSync(folder).filter((f) => f.endsWith('.onnx') && !f.startsWith('bad-')).map((f) => f.slice(0, -5));

async function outputsOf(session: InferenceSession, feeds: InferenceSession.FeedsType): Promise<Record<string, Float32Array>> {
  const results = await session.run(feeds);
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]));
}

describe('the skeleton gives what the file gives', () => {
  it.each(names)('%s', async (name) => {
    const p = await prepare(await resolveModel(path.join(folder, `${name}.onnx`)));
    const feeds = p.feeds(Float32Array.from({ length: 3 * p.resolved.input.width * p.resolved.input.height }, (_, i) => Math.sin(i)));
    const original = await outputsOf(await InferenceSession.create(p.model.file, { logSeverityLevel: 4 }), feeds);
    const skeleton = await outputsOf(await createSession(skeletonBytes(p.model), { provider: 'cpu', file: p.model.file, externalDataFolder: p.model.folder }), feeds);
    expect(Object.keys(original).length).toBeGreaterThan(0);
    expect(Object.keys(skeleton)).toEqual(Object.keys(original));
    for (const [output, values] of Object.entries(original)) {
      // The runtime computes otherwise where weights are inputs, too, as they are in this file.
      if (name === 'weights-listed') expect(relativeError(skeleton[output], values)).toBeLessThan(1e-6);
      else expect([...skeleton[output]]).toEqual([...values]);
    }
  });
});
