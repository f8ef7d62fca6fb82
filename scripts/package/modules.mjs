/** Where the native packages come from: node_modules, and for other platforms than this one the npm registry. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PackageError } from './error.mjs';

/**
 * @param {string} root the project
 * @param {string} cache a folder for what is downloaded; kept from one run to the next
 * @param {string} name of a package that package-lock.json names
 * @returns {string} folder of that package, at the version that the lock file has
 */
export function packageFolder(root, cache, name) {
  const installed = path.join(root, 'node_modules', name);
  const { version, integrity } = locked(root, name);
  const manifest = path.join(installed, 'package.json');
  if (fs.existsSync(manifest) && JSON.parse(fs.readFileSync(manifest, 'utf8')).version === version) return installed;

  const folder = path.join(cache, `${name.replace('/', '-').replace('@', '')}-${version}`);
  if (!fs.existsSync(folder)) {
    const unpacked = `${folder}.partial`;
    fs.rmSync(unpacked, { recursive: true, force: true });
    fs.mkdirSync(unpacked, { recursive: true });
    const archive = download(`${name}@${version}`, cache);
    verify(archive, integrity, `${name}@${version}`);
    run('tar', ['-xzf', archive, '-C', unpacked, '--strip-components=1'], `${archive} cannot be unpacked.`, "'tar' must be installed.");
    fs.rmSync(archive);
    fs.renameSync(unpacked, folder);
  }
  return folder;
}

function locked(root, name) {
  const entry = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages[`node_modules/${name}`];
  if (!entry) throw new PackageError(`package-lock.json does not name ${name}.`, `Is it still a dependency of the version in use? scripts/package/targets.mjs lists it.`);
  return entry;
}

function download(spec, folder) {
  const hint = `The registry that npm uses must have ${spec}: choose one that has it (npm config set registry ...), or package on that platform, where 'npm install' has put it into node_modules.`;
  const output = run('npm', ['pack', spec, '--json', '--loglevel', 'error', '--pack-destination', folder], `${spec} cannot be downloaded.`, hint);
  // Scoped packages: older npm tells the name of the package, not of the file.
  const file = JSON.parse(output)[0].filename.replace('@', '').replace('/', '-');
  return path.join(folder, file);
}

/** The lock file's digest, so that what is shipped is what was tested, whichever registry it comes from. */
function verify(archive, integrity, spec) {
  const digest = `sha512-${createHash('sha512').update(fs.readFileSync(archive)).digest('base64')}`;
  if (digest === integrity) return;
  fs.rmSync(archive);
  throw new PackageError(`${spec} is not what package-lock.json has: its digest is ${digest}.`, 'Use a registry that passes packages on unchanged.');
}

function run(command, args, message, hint) {
  // On Windows npm is a script, which only a shell starts; no argument here has a blank.
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) throw new PackageError(`${message}\n${error?.message ?? stderr.trim()}`, hint);
  return stdout;
}
