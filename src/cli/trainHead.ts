/** `smearlens train-head`: transfer learning on a folder's labels. */
import * as path from 'node:path';
import { Option, type Command } from 'commander';
import { trainHeadOn, type HeadTrainingEvents, type HeadTrainingOptions, type TrainedModel } from '../curation/training/trainHead';
import { metricsText } from '../evaluation/metrics/text';
import { bundledBackbone } from '../heads/backbone';
import { OPTIMISERS, type OptimiserKind } from '../heads/optimisers';
import { HEAD_RATES, TRAINING_DEFAULTS } from '../heads/training';
import { RESEARCH_USE } from '../protocol/format';
import { endingSentence, figuresOf, planSentences, type Epoch } from '../protocol/training';
import type { AddCommand, CurateTools } from './curate';
import { labelledOptions, withLabels, type LabelArguments } from './curate/labelOptions';
import type { Output } from './output';
import { parsePath, parsePositive, parseShare, parseWhole } from './parse';

interface Arguments extends LabelArguments {
  readonly json?: boolean;
  readonly annotations?: boolean;
  readonly model?: string;
  readonly optimiser: OptimiserKind;
  readonly learningRate?: number;
  readonly epochs: number;
  readonly batch: number;
  readonly l2: number;
  readonly patience: number;
  readonly classWeights: 'none' | 'balanced';
  readonly views: number;
  readonly test: number;
  readonly holdout: number;
  readonly split: 'group' | 'random';
  readonly seed: number;
  readonly out?: string;
  readonly force?: boolean;
}

/** Milliseconds between two lines of progress for machines. */
const TELL_EVERY = 500;

export function trainHeadCommand(add: AddCommand, { perform, spawn, version, root }: CurateTools): void {
  const rates = OPTIMISERS.map((kind) => `${kind} ${HEAD_RATES[kind]}`).join(', ');
  withLabels(add('train-head', 'a new classifier of your own classes: a head trained on your labels, behind a frozen network, as one ONNX file').argument('<folder>'), 'file-run')
    .option('--annotations', 'the same as --labels annotations')
    .option('--model <path>', 'the network whose features are used: a model.json, its folder, or an .onnx file (default: MobileNetV2 of ImageNet, which saw no smear)', parsePath)
    .addOption(new Option('--optimiser <name>', 'how the head is trained').choices(OPTIMISERS).default('adam'))
    .option('--learning-rate <number>', `default: ${rates}`, parsePositive)
    .option('--epochs <n>', 'at most', parseWhole(1), TRAINING_DEFAULTS.epochs)
    .option('--batch <n>', 'images a step', parseWhole(1), TRAINING_DEFAULTS.batch)
    .option('--l2 <number>', 'penalty on the weights: half of it times their squares', parseShare(1e6), TRAINING_DEFAULTS.l2)
    .option('--patience <n>', 'epochs without a lower held-out loss after which training ends', parseWhole(1), TRAINING_DEFAULTS.patience)
    .addOption(new Option('--class-weights <how>', 'balanced: rare classes weigh as much as common ones').choices(['none', 'balanced']).default('none'))
    .option('--views <n>', 'changed copies of each training image, as curate augment makes them', parseWhole(0), 0)
    .option('--test <share>', 'of all images, which the figures are about and nothing is decided by; 0: the held-out part serves for both', parseShare(0.9), 0.2)
    .option('--holdout <share>', 'of what is left, which says when to stop', parseShare(0.9), 0.2)
    .addOption(new Option('--split <how>', 'group: whole patients, slides or file runs are in one part; random: image by image').choices(['group', 'random']).default('group'))
    .option('--seed <number>', 'of what is drawn', parseWhole(0), TRAINING_DEFAULTS.seed)
    .option('--out <folder>', "where the model goes (default: '<folder> head' in the current folder)", parsePath)
    .option('--force', 'replace files in a folder that holds something else')
    .action((folder: string, o: Arguments, c: Command) => {
      if (o.annotations && o.labels !== 'folders') c.error('error: give --labels or --annotations, not both');
      if (o.holdout === 0) c.error('error: --holdout 0 leaves nothing that says when to stop');
      const options: HeadTrainingOptions = {
        ...o,
        ...labelledOptions(folder, { ...o, labels: o.annotations ? 'annotations' : o.labels }),
        backbone: o.model ?? bundledBackbone(root),
        by: o.split,
        rate: o.learningRate,
        balanced: o.classWeights === 'balanced',
        out: o.out ?? `${path.basename(path.resolve(folder))} head`,
        force: o.force ?? false,
        version,
      };
      return perform(o, folder, async (output, signal) => {
        const model = await trainHeadOn(options, { ...eventsFor(output), spawn, signal });
        output.progress('');
        output.result(resultOf(model), () => summaryOf(model));
      });
    });
}

function eventsFor(output: Output): Omit<HeadTrainingEvents, 'spawn' | 'signal'> {
  let told = -Infinity;
  return {
    log: (text) => output.log(text),
    failed: (file, error) => {
      output.progress('');
      output.failure(file, error);
    },
    progress: (step, done, total) => {
      output.progress(`Features of ${done} of ${total} ${step}`);
      if (!output.json || (performance.now() - told < TELL_EVERY && done < total)) return;
      told = performance.now();
      output.result({ progress: { step, done, total } }, () => '');
    },
    planned: (plan) => {
      output.progress('');
      output.result({ plan }, () => planSentences(plan).join('\n'));
    },
    onEpoch: (epoch) => {
      output.progress(epochText(epoch));
      if (output.json) output.result({ epoch }, () => '');
    },
  };
}

function epochText({ epoch, training, heldOut }: Epoch): string {
  return `Epoch ${epoch}: loss ${training.loss.toFixed(4)}, held-out ${heldOut.loss.toFixed(4)}; accuracy ${training.accuracy.toFixed(4)}, held-out ${heldOut.accuracy.toFixed(4)}`;
}

function resultOf({ out, plan, history, best, ending, seconds, metrics }: TrainedModel): object {
  return { trained: { out, model: path.join(out, 'model.json'), figures: plan.figures, best, epochs: history.length, ending, seconds, metrics, classes: plan.classes, researchUse: RESEARCH_USE } };
}

function summaryOf({ out, plan, history, best, ending, seconds, metrics }: TrainedModel): string {
  return [
    endingSentence({ epochs: history.length, best, ending, seconds }),
    `Figures of ${figuresOf(plan.figures)}:`,
    '',
    metricsText(metrics),
    '',
    `Written: ${path.join(out, 'model.onnx')} with model.json. ${RESEARCH_USE}`,
  ].join('\n');
}
