/**
 * Features that were computed before, by the sha256 of an image. A folder holds what one model gave; each process appends to a file of its own, so that
 * two at once never write the same one, and reads all of them. A record that was torn by kill -9 is the last of its file and is passed over.
 */
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';

const SHA256_BYTES = 32;
/** Of each record's own digest, against files that were damaged. */
const CHECK_BYTES = 8;
const EXTENSION = '.features';

export class FeatureCache {
  private readonly known = new Map<string, Float32Array>();
  private own: number | undefined;
  private broken = false;

  private constructor(
    private readonly folder: string,
    private readonly size: number,
    private readonly unwritable: (why: string) => void,
  ) {}

  /**
   * @param folder of the model; made when the first features are kept
   * @param size numbers an image
   * @param unwritable told once where nothing can be kept; what was asked for works nevertheless
   */
  static async open(folder: string, size: number, unwritable: (why: string) => void): Promise<FeatureCache> {
    const cache = new FeatureCache(folder, size, unwritable);
    const names = await fs.promises.readdir(folder).catch(() => []);
    for (const name of names.filter((n) => n.endsWith(EXTENSION)).sort()) cache.read(await fs.promises.readFile(path.join(folder, name)).catch(() => Buffer.alloc(0)));
    return cache;
  }

  get count(): number {
    return this.known.size;
  }

  /** @param sha256 of the image, lower-case hex */
  get(sha256: string): Float32Array | undefined {
    return this.known.get(sha256);
  }

  add(sha256: string, features: Float32Array): void {
    if (this.known.has(sha256)) return;
    this.known.set(sha256, features);
    if (this.broken) return;
    try {
      this.own ??= this.create();
      fs.writeSync(this.own, recordOf(sha256, features));
    } catch (error) {
      this.broken = true;
      this.unwritable((error as Error).message);
    }
  }

  close(): void {
    if (this.own !== undefined) fs.closeSync(this.own);
    this.own = undefined;
    this.broken = true;
  }

  private create(): number {
    fs.mkdirSync(this.folder, { recursive: true });
    return fs.openSync(path.join(this.folder, `${process.pid}-${randomBytes(6).toString('hex')}${EXTENSION}`), 'ax');
  }

  private read(bytes: Buffer): void {
    const record = SHA256_BYTES + 4 * this.size + CHECK_BYTES;
    for (let at = 0; at + record <= bytes.length; at += record) {
      const body = bytes.subarray(at, at + record - CHECK_BYTES);
      if (!checkOf(body).equals(bytes.subarray(at + record - CHECK_BYTES, at + record))) continue;
      const features = Float32Array.from({ length: this.size }, (_, i) => body.readFloatLE(SHA256_BYTES + 4 * i));
      this.known.set(body.toString('hex', 0, SHA256_BYTES), features);
    }
  }
}

function recordOf(sha256: string, features: Float32Array): Buffer {
  const body = Buffer.alloc(SHA256_BYTES + 4 * features.length);
  body.write(sha256, 'hex');
  features.forEach((value, i) => body.writeFloatLE(value, SHA256_BYTES + 4 * i));
  return Buffer.concat([body, checkOf(body)]);
}

function checkOf(body: Buffer): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, CHECK_BYTES);
}
