/** Who writes to the annotation log from a command line. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Writer } from '../../annotations/append';
import { SmearLensError } from '../../errors';

/** Where this machine keeps what is its own, as each system has it. */
function configFolder(): string {
  const { XDG_CONFIG_HOME, APPDATA } = process.env;
  if (process.platform === 'win32') return path.join(APPDATA ?? path.join(os.homedir(), 'AppData', 'Roaming'), 'SmearLens');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Application Support', 'SmearLens');
  return path.join(XDG_CONFIG_HOME ?? path.join(os.homedir(), '.config'), 'smearlens');
}

/**
 * A reviewer on this device. The device's random id is kept in the user's folder of settings, and made when it is first needed.
 * @param device given by who starts the command, such as VS Code, which has an id of its own
 * @throws SmearLensError `output-unwritable` where the id cannot be kept
 */
export async function writerOf(reviewer: string, device?: string): Promise<Writer> {
  return { reviewer: reviewer.normalize('NFC'), device: device ?? (await ownDevice()) };
}

async function ownDevice(): Promise<string> {
  const file = path.join(configFolder(), 'device');
  try {
    const id = randomBytes(4).toString('hex');
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(file, `${id}\n`, { flag: 'wx' });
    return id;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      const id = (await fs.readFile(file, 'utf8')).trim();
      if (/^[0-9a-f]{8}$/.test(id)) return id;
    }
    throw new SmearLensError('output-unwritable', `${file}: this device's id cannot be kept there (${(error as Error).message}).`, 'Make the folder writable, or name an id of eight hexadecimal digits with --device.');
  }
}
