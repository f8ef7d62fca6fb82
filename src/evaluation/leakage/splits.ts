/** Which split an image belongs to, by the folder that it lies in. */

/** Folder names in lower case. */
const SPLITS: Readonly<Record<string, string>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
};

/**
 * The split that a folder above the image names, the outermost one: 'train', 'validation' or 'test'; undefined where none does.
 * @param path relative to the evaluated folder, '/'-separated
 */
export function splitOfPath(path: string): string | undefined {
  const folders = path.split('/').slice(0, -1);
  return folders.map((folder) => (Object.hasOwn(SPLITS, folder.toLowerCase()) ? SPLITS[folder.toLowerCase()] : undefined)).find((split) => split !== undefined);
}
