/** Fingerprints of a folder's images, made on several threads and kept beside the log, so that the second time is quick. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SMEARLENS_FOLDER } from '../annotations/folder';
import { Pool, type Spawn } from '../evaluation/run/pool';
import type { Decoded } from '../evaluation/run/thread';
import { fingerprintFromText, fingerprintToText, type Fingerprint } from '../images/fingerprint';
import { imageKey, walkImages } from '../images/folder';
import { readEach, type HashedImage, type ReadOptions } from './dataset';

export interface FingerprintedImage extends HashedImage {
  readonly pixels: number;
  readonly fingerprint: Fingerprint;
}

export interface FingerprintOptions extends Pick<ReadOptions, 'signal' | 'progress' | 'failed'> {
  readonly spawn: Spawn;
  /** Decoding threads. */
  readonly threads: number;
}

/** A line of the cache: what a file of this size and time of change had. */
interface Cached {
  readonly path: string;
  readonly size: number;
  readonly modified: number;
  readonly sha256: string;
  readonly pixels: number;
  readonly fingerprint: string;
}

/** Lines that are written to the cache together. */
const BATCH = 200;

/**
 * Reads, hashes and decodes all images of a folder, sorted by path. What was made before is taken from `.smearlens/cache` below the folder where a file's size and
 * time are the same; what is made is kept there, even when the work is cancelled. A folder that cannot be written to has no cache.
 * @throws SmearLensError `image-not-found` where it is no folder, `cancelled`
 */
export async function fingerprintImages(folder: string, { spawn, threads, signal, progress, failed }: FingerprintOptions): Promise<FingerprintedImage[]> {
  const files: string[] = [];
  for await (const file of walkImages(folder, failed)) files.push(file);
  const cache = await Cache.open(folder);
  const pool = new Pool();
  const start = Math.max(1, Math.min(threads, files.length));
  for (let i = 0; i < start; i++) pool.add(spawn({ role: 'decode', inputs: [] }));
  const one = async (file: string): Promise<FingerprintedImage> => {
    const key = imageKey(folder, file);
    const { size, mtimeMs: modified } = await fs.stat(file);
    const known = cache.get(key, size, modified);
    if (known) return { path: key, file, sha256: known.sha256, pixels: known.pixels, fingerprint: fingerprintFromText(known.fingerprint) };
    const { sha256, fingerprint, pixels } = (await pool.call({ file, unless: undefined, tensors: false, fingerprint: true })) as Decoded;
    if (!fingerprint) throw new Error('A decoding thread gave no fingerprint.');
    await cache.add({ path: key, size, modified, sha256, pixels: pixels ?? 0, fingerprint: fingerprintToText(fingerprint) });
    return { path: key, file, sha256, pixels: pixels ?? 0, fingerprint };
  };
  try {
    // Two a thread: one is read while another is decoded.
    return await readEach(files, 2 * start, { signal, progress, failed }, one);
  } finally {
    await cache.flush();
    await pool.close();
  }
}

class Cache {
  private waiting: string[] = [];
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly file: string,
    private readonly known: ReadonlyMap<string, Cached>,
  ) {}

  static async open(folder: string): Promise<Cache> {
    const file = path.join(folder, SMEARLENS_FOLDER, 'cache', 'fingerprints.jsonl');
    const known = new Map<string, Cached>();
    for (const line of (await fs.readFile(file, 'utf8').catch(() => '')).split('\n')) {
      const cached = parse(line);
      if (cached) known.set(cached.path, cached);
    }
    return new Cache(file, known);
  }

  get(key: string, size: number, modified: number): Cached | undefined {
    const found = this.known.get(key);
    return found?.size === size && found.modified === modified ? found : undefined;
  }

  async add(cached: Cached): Promise<void> {
    this.waiting.push(JSON.stringify(cached));
    if (this.waiting.length >= BATCH) await this.flush();
  }

  /** A cache that cannot be written is done without. */
  async flush(): Promise<void> {
    if (this.waiting.length === 0) return this.writing;
    const lines = `\n${this.waiting.join('\n')}\n`;
    this.waiting = [];
    this.writing = this.writing.then(async () => {
      await fs.mkdir(path.dirname(this.file), { recursive: true });
      await fs.writeFile(path.join(path.dirname(this.file), '.gitignore'), '*\n');
      await fs.appendFile(this.file, lines);
    }).catch(() => undefined);
    return this.writing;
  }
}

/** Half a line, which a crash left, is none. */
function parse(line: string): Cached | undefined {
  try {
    const value = JSON.parse(line) as Partial<Cached> | null;
    if (typeof value?.path !== 'string' || typeof value.sha256 !== 'string' || typeof value.fingerprint !== 'string') return undefined;
    fingerprintFromText(value.fingerprint);
    return value as Cached;
  } catch {
    return undefined;
  }
}
