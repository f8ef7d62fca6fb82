/** The folder that is packed: exactly what the VSIX holds. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { matcher } from './allowList.mjs';
import { packageFolder } from './modules.mjs';
import { notices } from './notices.mjs';
import { MODULES, platformOf } from './targets.mjs';

/** Fields of package.json that mean nothing to VS Code; what they name stays in the project. */
const FOR_DEVELOPERS = ['private', 'bin', 'scripts', 'allowScripts', 'dependencies', 'devDependencies'];

/**
 * Fills a folder for one platform.
 * @param {object} options
 * @param {string} options.root the project
 * @param {string} options.target one of the targets
 * @param {string} options.folder replaced where it is there
 * @param {string} options.build folder of a production build
 * @param {string} options.metafile what went into that build, as esbuild tells it
 * @param {string} options.cache where downloaded packages are kept
 * @param {readonly string[]} options.allowed patterns of .vscodeignore
 * @returns {string[]} the files, relative to the folder, with '/'
 */
export function stage({ root, target, folder, build, metafile, cache, allowed }) {
  fs.rmSync(folder, { recursive: true, force: true });
  const { packages, isForeign } = platformOf(target);
  const isAllowed = matcher(allowed);
  const take = (from, prefix) => {
    for (const file of walk(from)) {
      const name = prefix + file;
      if (isAllowed(name) && !isForeign(name)) copy(path.join(from, file), path.join(folder, name));
    }
  };

  const tops = new Set(allowed.map((pattern) => pattern.split('/')[0]).filter((name) => name !== 'dist' && fs.existsSync(path.join(root, name))));
  for (const name of tops) {
    if (fs.statSync(path.join(root, name)).isDirectory()) take(path.join(root, name), `${name}/`);
    else copy(path.join(root, name), path.join(folder, name));
  }
  take(build, 'dist/');
  const folders = packages.map((name) => packageFolder(root, cache, name));
  packages.forEach((name, i) => take(folders[i], `${MODULES}/${name}/`));

  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  for (const field of FOR_DEVELOPERS) delete manifest[field];
  fs.writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);

  const files = walk(folder);
  const told = JSON.parse(fs.readFileSync(metafile, 'utf8'));
  const bundles = files.filter((file) => file.startsWith('dist/')).map((file) => path.relative(root, path.join(build, file.slice('dist/'.length))).replaceAll('\\', '/'));
  const inputs = bundles.flatMap((bundle) => Object.entries(told.outputs[bundle]?.inputs ?? {})).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
  fs.writeFileSync(path.join(folder, 'THIRD-PARTY-NOTICES.txt'), notices({ root, name: `${manifest.displayName} ${manifest.version}`, inputs, folders, target }));
  return walk(folder);
}

/** All files below a folder, with '/', in order. */
function walk(folder) {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/')).sort();
}

function copy(from, to) {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.copyFileSync(from, to);
}
