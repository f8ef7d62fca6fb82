/** Where the annotation log lies. */
import * as fs from 'node:fs';
import * as path from 'node:path';

/** Everything that SmearLens keeps beside the images. */
export const SMEARLENS_FOLDER = '.smearlens';

/** The folder of the log's files, under the folder that holds `.smearlens`. */
export function logFolder(root: string): string {
  return path.join(root, SMEARLENS_FOLDER, 'annotations');
}

/** `folder`, or else the nearest folder above it, that has an annotation log; undefined where none has. */
export function findLogRoot(folder: string): string | undefined {
  if (fs.existsSync(logFolder(folder))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : findLogRoot(parent);
}

/**
 * The name of a reviewer's file. Characters that some system does not allow in names, the dot among them, are written as %XX, so that
 * two reviewers never share a name.
 * @param device random and local, so that one reviewer's machines never write to the same file
 */
export function logFileName(reviewer: string, device: string): string {
  const safe = reviewer.normalize('NFC').replace(/[\u0000-\u001f"%*./:<>?\\|]|^ | $/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `${safe}.${device}.jsonl`;
}
