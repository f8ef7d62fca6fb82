/** `smearlens curate ...`: the care of a data set. A command each file of `curate/`. */
import type { Command } from 'commander';
import type { Spawn } from '../evaluation/run/pool';
import { agreementCommand } from './curate/agreement';
import { augmentCommand } from './curate/augment';
import { duplicatesCommand } from './curate/duplicates';
import { exportCommand } from './curate/export';
import { importCommand } from './curate/import';
import { labelIssuesCommand } from './curate/labelIssuesCommand';
import { releaseCommand } from './curate/release';
import { similarityCommand } from './curate/similarity';
import { splitCommand } from './curate/split';
import { verifyCommand } from './curate/verify';
import type { Output } from './output';

/** What a command of the group is given. */
export interface CurateTools {
  /** Runs a command: `subject` is the path under which it is reported when all of it fails. */
  readonly perform: (options: { readonly json?: boolean }, subject: string | undefined, run: (output: Output, signal: AbortSignal) => Promise<void>) => Promise<void>;
  /** Starts a decoding thread. */
  readonly spawn: Spawn;
  /** Of SmearLens. */
  readonly version: string;
  /** The folder that holds `models`. */
  readonly root: string;
}

/** Adds a command with `--json` to the group. */
export type AddCommand = (name: string, description: string) => Command;

const COMMANDS: readonly ((add: AddCommand, tools: CurateTools) => void)[] = [
  duplicatesCommand,
  agreementCommand,
  exportCommand,
  importCommand,
  releaseCommand,
  verifyCommand,
  splitCommand,
  augmentCommand,
  similarityCommand,
  labelIssuesCommand,
];

/** Adds the group to the program. */
export function curate(program: Command, tools: CurateTools): void {
  const group = program.command('curate').description('labels, duplicates, agreement, splits, augmentation, exports and releases of a data set').exitOverride();
  const add: AddCommand = (name, description) => group.command(name).description(description).option('--json', 'JSON Lines on stdout, for machines').exitOverride();
  for (const command of COMMANDS) command(add, tools);
}
