/** `smearlens curate`: what the owner of a dataset does with it. */
import type { Command } from 'commander';
import type { Spawn } from '../evaluation/run/pool';
import { labelIssuesCommand } from './curate/labelIssuesCommand';
import { similarity } from './curate/similarity';
import type { Output } from './output';

/** What the sub-commands need of the program. */
export interface CurateProgram {
  /** A sub-command of `curate` with `--json`. */
  readonly command: (name: string, description: string) => Command;
  readonly perform: (options: { readonly json?: boolean }, subject: string, run: (output: Output, signal: AbortSignal) => Promise<void>) => Promise<void>;
  readonly spawn: Spawn;
  /** The folder that holds `models`. */
  readonly root: string;
}

export function curateCommands(program: CurateProgram): void {
  const { command, perform, spawn } = program;
  command('similarity', 'the images of a folder in an order in which like ones stand beside each other')
    .argument('<folder>')
    .action((folder: string, o: { json?: boolean }) => perform(o, folder, (output, signal) => similarity(folder, spawn, output, signal)));
  labelIssuesCommand(program);
}
