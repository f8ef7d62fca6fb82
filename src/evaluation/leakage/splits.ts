/** Which split an image belongs to, by the folder that it lies in. */

/** Folder names in lower case. */
const SPLITS: Readonly<Record<string, 'train' | 'validation' | 'test'>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
};

/** 'train', 'validation' or 'test', whichever a name says, in whatever case; undefined: none of them. */
export function splitOfName(name: string): 'train' | 'validation' | 'test' | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(SPLITS, key) ? SPLITS[key] : undefined;
}

/**
 * The split that a folder above the image names, the outermost one: 'train', 'validation' or 'test'; undefined where none does.
 * @param path relative to the evaluated folder, '/'-separated
 */
export function splitOfPath(path: string): string | undefined {
  const folders = path.split('/').slice(0, -1);
  return folders.map(splitOfName).find((split) => split !== undefined);
}
