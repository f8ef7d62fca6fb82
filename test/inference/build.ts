/** Before the inference tests: `npm test` has built dist/; whoever runs one suite by hand gets it built where it is missing or older than a source. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export function setup(): void {
  const built = join(root, 'dist/cli.js');
  const sources = ['package.json', 'models/model.schema.json', ...readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((file) => join('src', file))];
  const newest = Math.max(...sources.map((file) => statSync(join(root, file)).mtimeMs));
  if (!existsSync(built) || statSync(built).mtimeMs < newest) execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'pipe' });
}
