/** Bundles a bench script and runs it: `npm run bench` (time), `npm run bench -- memory` (memory). */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');
const [which, ...rest] = process.argv.slice(2);
const script = which === 'memory' ? 'memory' : 'bench';
const outfile = path.join(root, 'out/bench', `${script}.cjs`);

await build({
  entryPoints: [path.join(root, 'test/bench', `${script}.ts`)],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['onnxruntime-node', 'sharp'],
  // Bundled, a script lies elsewhere than its source.
  define: { __dirname: JSON.stringify(path.join(root, 'test/bench')) },
  logLevel: 'warning',
});
const run = spawnSync(process.execPath, [outfile, ...(script === 'memory' ? rest : process.argv.slice(2))], { stdio: 'inherit', cwd: root });
process.exit(run.status ?? 1);
