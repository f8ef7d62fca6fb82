/** The small pictures of an evaluation: drawn where the images are, kept in the out folder for the report and for a merge. */
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { ExplainEngine } from '../explain/engine';
import type { ProviderChoice } from '../protocol/analysis';
import { writeWhole } from './outFolder';
import type { Thumbnail } from './report/types';
import { thumbnailsOf } from './thumbnails';
import type { WrongImage } from './worst';

const PICTURES = '.pictures.json';

type Pictures = Readonly<Record<string, Thumbnail>>;

export interface PictureOptions {
  /** The evaluated folder. */
  readonly folder: string;
  readonly out: string;
  /** By the model's id, as `resolveModel` takes it. */
  readonly models: ReadonlyMap<string, string>;
  readonly provider: ProviderChoice;
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
  readonly log: (text: string) => void;
}

/** Draws them, each with the map of the class that its model says. An image that has gone since has no picture. */
export async function drawPictures(images: readonly WrongImage[], { folder, out, models, provider, signal, progress, log }: PictureOptions): Promise<void> {
  const pictures: Record<string, Thumbnail> = {};
  const engine = new ExplainEngine({ log: (level, text) => level === 'error' && log(text) });
  let done = 0;
  try {
    // Model by model: each is opened once.
    for (const [id, model] of models) {
      const own = images.filter((image) => image.model === id).map(({ path: name, predicted }) => ({ path: name, file: path.join(folder, name), predicted }));
      const failed = (name: string, error: unknown): void => log(`${name} has no picture: ${(error as Error).message}`);
      for await (const { path: name, plain, cam } of thumbnailsOf(engine, own, { model: { path: model, provider, layer: 'auto' }, signal, failed })) {
        pictures[name] = { plain: dataUri(plain), ...(cam ? { cam: dataUri(cam) } : {}) };
        progress(++done, images.length);
      }
    }
  } finally {
    await engine.dispose();
  }
  if (!signal.aborted) await writeWhole(path.join(out, PICTURES), JSON.stringify(pictures));
}

/** Of these images, those that were drawn in any of the folders. */
export async function readPictures(folders: readonly string[], images: readonly WrongImage[]): Promise<Pictures> {
  const found: Record<string, Thumbnail> = {};
  for (const folder of folders) {
    const text = await fs.readFile(path.join(folder, PICTURES), 'utf8').catch(() => '{}');
    Object.assign(found, JSON.parse(text) as Pictures);
  }
  return Object.fromEntries(images.flatMap(({ path: name }) => (Object.hasOwn(found, name) ? [[name, found[name]]] : [])));
}

function dataUri(webp: Uint8Array): string {
  return `data:image/webp;base64,${Buffer.from(webp).toString('base64')}`;
}
