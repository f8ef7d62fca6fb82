/** .vscodeignore read as what it is here: a list of what may be in the VSIX. */
import * as fs from 'node:fs';

/**
 * @param {string} file a .vscodeignore that starts with `**` and then lists exceptions, one `!pattern` a line
 * @returns {string[]} the patterns
 */
export function readAllowList(file) {
  const lines = fs.readFileSync(file, 'utf8').split(/\r?\n/).map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  if (lines[0] !== '**' || !lines.slice(1).every((line) => line.startsWith('!'))) {
    throw new Error(`${file}: the first pattern must be '**', and each further one an exception ('!...').`);
  }
  return lines.slice(1).map((line) => line.slice(1));
}

/**
 * @param {readonly string[]} patterns of paths with '/'; '*' stands for any part of a name
 * @returns {(file: string) => boolean} whether a path matches any of them
 */
export function matcher(patterns) {
  const expressions = patterns.map((pattern) => {
    if (pattern.includes('**')) throw new Error(`'${pattern}': name the folders, '**' would let strays in.`);
    return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\?]/g, '\\$&').replace(/\*/g, '[^/]*')}$`);
  });
  return (file) => expressions.some((expression) => expression.test(file));
}
