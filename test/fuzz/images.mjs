/**
 * Damages the image fixtures at random and decodes them: each must decode or end in a SmearLensError, and the decoder must
 * neither crash nor hang. Usage: node test/fuzz/images.mjs [count = 2000] [seed = 1]
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT, run } from './harness.mjs';

const FIXTURES = join(ROOT, 'test', 'fixtures', 'images');

await run({
  script: fileURLToPath(import.meta.url),
  name: 'images',
  files: readdirSync(FIXTURES).filter((file) => /\.(jpg|png|webp|avif|tif|gif|bmp)$/.test(file)).sort().map((file) => join(FIXTURES, file)),
  exports: "export { decodeBytes } from './src/images/decode';",
  header: 64,
  count: 2000,
  async attempt({ decodeBytes }, bytes, file, index) {
    const { width, height, data } = await decodeBytes(bytes, basename(file), { window: index % 2 === 0 ? 'full' : 'percentile' });
    if (data.length !== width * height * 3) throw new TypeError(`${data.length} bytes for ${width} × ${height} pixels`);
    return 'decoded';
  },
});
