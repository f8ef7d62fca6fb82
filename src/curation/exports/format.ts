/** What the formats have in common: what they are given, what they say of themselves, and how image files get beside them. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { SmearLensError } from '../../errors';
import { RESEARCH_USE } from '../../protocol/format';
import type { ClassInfo } from '../../protocol/analysis';
import type { DatasetImage } from '../dataset';

export const FORMATS = ['csv', 'jsonl', 'imagefolder', 'huggingface', 'coco', 'fiftyone', 'label-studio'] as const;
export type Format = (typeof FORMATS)[number];

/** How an image's file gets into an export. */
export type Link = 'copy' | 'hard' | 'symbolic';

/** Where an export comes from. */
export interface Provenance {
  readonly researchUse: string;
  readonly software: string;
  /** Name of the folder, without where it lies. */
  readonly folder: string;
  /** The fixed list; `classesAreFixed` false: nobody has fixed one, it is that of the labels given. */
  readonly classes: readonly ClassInfo[];
  readonly classesAreFixed: boolean;
  /** By file of the annotation log. */
  readonly chainHeads: Readonly<Record<string, { readonly head: string; readonly lines: number }>>;
  readonly images: number;
}

export interface Export {
  readonly images: readonly DatasetImage[];
  readonly provenance: Provenance;
  /** File or folder, as the format has it. */
  readonly out: string;
  readonly link: Link;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: ((done: number, total: number) => void) | undefined;
  /** Told of each image that could not be exported, which is then left out. */
  readonly failed: (file: string, error: unknown) => void;
}

/** What was written. */
export interface Exported {
  readonly files: readonly string[];
  /** Images in it. */
  readonly images: number;
  /** What this format cannot carry of what there was, in words. */
  readonly leftOut: readonly string[];
}

export function provenanceOf(from: Omit<Provenance, 'researchUse'>): Provenance {
  return { researchUse: RESEARCH_USE, ...from };
}

/** How many of something, as a remark; none for none. */
export function remark(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} ${what}`];
}

/** A name that every system allows as one folder or file. */
export function safeName(name: string): string {
  return name.normalize('NFC').replace(/[\u0000-\u001f"%*/:<>?\\|]|^[ .]|[ .]$/g, (c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** The inverse of {@link safeName}. */
export function unsafeName(name: string): string {
  return name.replace(/%([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

/** Gives each image a name of its own in a folder: its own, or, where another has that, with some of its sha256. */
export class Names {
  private readonly taken = new Map<string, string>();

  /** @param folder in which names may not meet; case does not tell them apart, as some systems do not */
  of(folder: string, image: Pick<DatasetImage, 'path' | 'sha256'>): string {
    const { name, ext } = path.posix.parse(image.path);
    for (const tail of ['', `-${image.sha256.slice(0, 8)}`, `-${createHash('sha256').update(image.path).digest('hex').slice(0, 16)}`]) {
      const candidate = `${name}${tail}${ext}`;
      const key = `${folder}/${candidate}`.toLowerCase();
      if (this.taken.has(key)) continue;
      this.taken.set(key, image.path);
      return candidate;
    }
    throw new SmearLensError('internal', `${image.path}: no free name was found.`, 'This is a defect of SmearLens.');
  }
}

/**
 * Puts an image's file at `target`. What is there already stays where it has the same bytes (an export that is run again), and is an error otherwise.
 * @throws SmearLensError `output-unwritable`
 */
export async function place(file: string, target: string, link: Link): Promise<void> {
  try {
    await fs.mkdir(path.dirname(target), { recursive: true });
    if (link === 'symbolic') await fs.symlink(path.resolve(file), target);
    else if (link === 'hard') await fs.link(await fs.realpath(file), target);
    else await fs.copyFile(file, target, fs.constants.COPYFILE_EXCL);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await isSame(file, target))) return;
    const hint = code === 'EEXIST' ? 'Export into an empty folder.' : code === 'EXDEV' ? 'Hard links cannot lead to another disk: take --link copy or symbolic.' : code === 'EPERM' ? 'This disk may have no links: take --link copy.' : 'Choose another folder with --out.';
    throw new SmearLensError('output-unwritable', `${target}: cannot be written (${message}).`, hint);
  }
}

async function isSame(file: string, target: string): Promise<boolean> {
  const [a, b] = await Promise.all([fs.readFile(file), fs.readFile(target)]);
  return a.equals(b);
}
