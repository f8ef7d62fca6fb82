/** Bundles a bench script and runs it: `npm run bench` (time), `-- memory` (memory), `-- score-cam`, `-- evaluate`, `-- duplicates`, `-- label-issues`, `-- train-head`, `-- editor` (waiting, in a real VS Code). */
import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');
const SCRIPTS = { memory: 'memory.ts', 'score-cam': 'scoreCam.ts', evaluate: 'evaluate.ts', duplicates: 'duplicates.ts', 'label-issues': 'labelIssues.ts', 'train-head': 'trainHead.ts', editor: 'editor/editor.ts' };
const [which, ...rest] = process.argv.slice(2);
const named = Object.hasOwn(SCRIPTS, which ?? '');
const script = named ? SCRIPTS[which] : 'bench.ts';
const outfile = path.join(root, 'out/bench', `${path.basename(script, '.ts')}.cjs`);

await build({
  entryPoints: [path.join(root, 'test/bench', script)],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node20',
  external: ['onnxruntime-node', 'sharp', 'playwright-core'],
  // Bundled, a script lies elsewhere than its source.
  define: { __dirname: JSON.stringify(path.join(root, 'test/bench')) },
  logLevel: 'warning',
});
const run = spawnSync(process.execPath, [outfile, ...(named ? rest : process.argv.slice(2))], { stdio: 'inherit', cwd: root });
process.exit(run.status ?? 1);
