/** The built command line. `npm test` builds it first; whoever runs one suite by hand gets it built where it is missing or older than a source. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** Path of dist/cli.js, up to date with src/. */
export function builtCli(): string {
  const cli = join(root, 'dist/cli.js');
  const sources = ['package.json', 'models/model.schema.json', ...readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((file) => join('src', file))];
  const newest = Math.max(...sources.map((file) => statSync(join(root, file)).mtimeMs));
  if (!existsSync(cli) || statSync(cli).mtimeMs < newest) execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'ignore' });
  return cli;
}
