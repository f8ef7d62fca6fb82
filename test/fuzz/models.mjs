/**
 * Damages the ONNX fixtures at random and explains them, from the file to the maps: each must be explained or end in a
 * SmearLensError, and nothing may crash or hang. Usage: node test/fuzz/models.mjs [count = 5000] [seed = 1]
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, run } from './harness.mjs';

const FIXTURES = join(ROOT, 'test', 'fixtures', 'onnx');
const folder = mkdtempSync(join(tmpdir(), 'smearlens-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
// Threads that wait for work would cost more than the work.
process.env.SMEARLENS_THREADS = '1';

let engine;

await run({
  script: fileURLToPath(import.meta.url),
  name: 'models',
  files: readdirSync(FIXTURES).filter((file) => file.endsWith('.onnx')).sort().map((file) => join(FIXTURES, file)),
  exports: "export { ExplainEngine } from './src/explain/engine'; export { resolveModel } from './src/models/resolve';",
  count: 5000,
  async attempt({ ExplainEngine, resolveModel }, bytes, _file, index) {
    engine ??= new ExplainEngine({ log: () => undefined });
    const path = join(folder, `${index}.onnx`);
    writeFileSync(path, bytes);
    try {
      const { input } = await resolveModel(path);
      const pixels = new Float32Array(3 * input.width * input.height).fill(0.5);
      const { explanation } = await engine.analyse(pixels, { path, provider: 'cpu', layer: 'auto' }, true);
      return 'error' in explanation ? explanation.error.code : 'explained';
    } finally {
      rmSync(path);
    }
  },
});
