/** The options of `smearlens curate label-issues`. */
import { Option, InvalidArgumentError } from 'commander';
import { RANKINGS, type Ranking } from '../../curation/ranking';
import { bundledBackbone } from '../../heads/backbone';
import { defaultModel } from '../../models/defaultModel';
import type { ProviderChoice } from '../../protocol/analysis';
import { collectMapping, collectPath, parseNames, parsePath, providerOption } from '../arguments';
import type { CurateProgram } from '../curate';
import { classIdsOf, labelIssues } from './labelIssues';

interface Arguments {
  readonly json?: boolean;
  readonly by: Ranking;
  readonly labels: string;
  readonly map: Readonly<Record<string, string>>;
  readonly classes?: readonly string[];
  readonly model?: readonly string[];
  readonly backbone?: string;
  readonly provider: ProviderChoice;
  readonly out?: string;
  readonly top?: number;
}

export function labelIssuesCommand({ command, perform, spawn, root }: CurateProgram): void {
  command('label-issues', 'which images of a folder to look at first, each with its reason: labels to check, uncertain verdicts, models that disagree')
    .argument('<folder>')
    .addOption(new Option('--by <reason>', 'label: heads trained on other images do not agree with it; margin, entropy: a model is not sure; disagreement: between models; duplicates: near-duplicates with another label; background: the map lies outside cells').choices(RANKINGS).default('label'))
    .option('--labels <file.csv>', 'the labels: a CSV (path, label, optionally group), `annotations` for the annotation log, or `folders`', 'folders')
    .option('--map <NAME=CLASS>', 'what a label stands for; an empty class leaves it out; repeat it for several', collectMapping, {})
    .option('--classes <ids>', 'the classes of the labels, separated by commas (default: those of --model, or else what the labels name)', parseNames)
    .option('--model <path>', 'model.json, its folder, or an .onnx file; repeat it for disagreement (default: the model that comes with SmearLens)', collectPath)
    .option('--backbone <model>', 'the network whose features heads are trained on (default: MobileNetV2 of ImageNet, which saw no smear)', parsePath)
    .addOption(providerOption())
    .option('--out <file>', 'write the rows to a .csv or .json file', parsePath)
    .option('--top <n>', 'only the first n', parseCount)
    .action((folder: string, o: Arguments, c) => {
      if (o.by === 'disagreement' && (o.model?.length ?? 0) < 2) c.error('error: --by disagreement needs at least two models (--model M --model M2)');
      const labels = o.labels === 'folders' || o.labels === 'annotations' ? o.labels : { csv: o.labels };
      return perform(o, folder, async (output, signal) => {
        const classes = o.classes ?? (o.model && (await classIdsOf(o.model[0])));
        await labelIssues({ ...o, folder, labels, classes, models: o.model ?? [defaultModel(root)], backbone: o.backbone ?? bundledBackbone(root) }, spawn, output, signal);
      });
    });
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a whole number from 1 on.');
}
