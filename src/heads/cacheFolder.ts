import * as os from 'node:os';
import * as path from 'node:path';

/**
 * Where what can be computed again is kept, for all folders of this user: a folder of images may be read-only or in git, and an image is known by its
 * content wherever it lies. The environment variable SMEARLENS_CACHE names another place.
 */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const { SMEARLENS_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = environment;
  if (SMEARLENS_CACHE) return path.resolve(SMEARLENS_CACHE);
  if (platform === 'win32') return path.join(LOCALAPPDATA ?? path.join(os.homedir(), 'AppData/Local'), 'smearlens', 'cache');
  if (platform === 'darwin') return path.join(os.homedir(), 'Library/Caches/smearlens');
  return path.join(XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'smearlens');
}
