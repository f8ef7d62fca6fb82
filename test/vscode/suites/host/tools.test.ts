import * as assert from 'node:assert';
import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { AnnotationLog } from '../../../../src/annotations/log';
import type { EventDraft } from '../../../../src/annotations/types';
import { TOOLS } from '../../../../src/editor/contributions';
import { metricsJson } from '../../../../src/evaluation/metrics/json';
import { metricsOf } from '../../../../src/evaluation/metrics/metrics';
import type { EvaluationFile } from '../../../../src/evaluation/types';
import { Host, until } from '../../harness/host';

const FOLDER = 'asked';
const IMAGES = ['one.jpg', 'two.jpg'];
const EVALUATION = path.join('.smearlens', 'evaluations', 'made up');

/** Questions at once. */
const MANY = 40;

type ToolInput = Readonly<Record<string, unknown>>;

describe('the tools for language models', () => {
  let host: Host;
  before(async () => {
    host = await Host.activate();
    const folder = host.file(FOLDER).fsPath;
    fs.mkdirSync(folder);
    // The log is there before the images, so that the editor never takes them for those of another one.
    await label(folder);
    for (const name of IMAGES) fs.copyFileSync(source(name), path.join(folder, name));
    fs.mkdirSync(host.file(EVALUATION).fsPath, { recursive: true });
    fs.writeFileSync(host.file(path.join(EVALUATION, 'metrics.json')).fsPath, metricsJson(evaluation()));
    await settings().update('reviewer', 'Anna', vscode.ConfigurationTarget.Workspace);
  });
  after(async () => {
    await settings().update('reviewer', undefined, vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const name of [FOLDER, EVALUATION]) fs.rmSync(host.file(name).fsPath, { recursive: true });
  });

  const settings = (): vscode.WorkspaceConfiguration => vscode.workspace.getConfiguration('smearlens');
  /** Two pictures with different bytes. */
  const source = (name: string): string => host.file(name === 'one.jpg' ? 'smear-1.jpg' : 'SMEAR-6.JPG').fsPath;
  const sha256 = (file: string): string => crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');

  async function ask(name: (typeof TOOLS)[number], input: ToolInput, token?: vscode.CancellationToken): Promise<string> {
    const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
    return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : assert.fail('No text.'))).join('');
  }

  /** Anna corrected the model on one.jpg, and Bo differs from her there; on two.jpg only Bo has given a label. */
  async function label(folder: string): Promise<void> {
    const log = await AnnotationLog.open(folder);
    const draft = (name: string, value: string): EventDraft => ({ type: 'label', value, image: { path: name, sha256: sha256(source(name)) }, model: { id: 'net', sha256: 'f'.repeat(64), predicted: 'Early', probabilities: { Early: 0.9, Pre: 0.1 } } });
    await log.append({ reviewer: 'Anna', device: '00000001' }, [draft('one.jpg', 'Pre')]);
    await log.append({ reviewer: 'Bo', device: '00000002' }, [draft('one.jpg', 'Early'), draft('two.jpg', 'Benign')]);
  }

  function evaluation(): EvaluationFile {
    const classes = ['Early', 'Pre'].map((id) => ({ id, name: id }));
    const rows = [0, 0, 1, 1].map((label, i) => ({ path: `${i}`, sha256: '', label, predicted: i === 3 ? 0 : label, probabilities: i === 3 ? [0.7, 0.3] : [0.9 - 0.8 * label, 0.1 + 0.8 * label] }));
    return {
      researchUse: 'Research use only. Not for diagnosis.',
      models: [{ model: 'net', name: 'Network', sha256: 'f'.repeat(64), kind: 'model', ...metricsOf({ classes, rows, groupSource: 'none' }) }],
      comparisons: [],
      notDistinguishable: ['net'],
      leakage: { summary: 'Leakage: none was found.', groupDisjoint: 'unknown', exactAcrossSplits: [], nearAcrossSplits: [], groupsAcrossSplits: [], contradictions: [], outsideDomain: {}, notIndependent: [] },
      unreadable: [],
      mapping: {},
    };
  }

  it('are offered under the names and with the inputs of package.json', () => {
    const own = vscode.lm.tools.filter(({ name }) => name.startsWith('smearlens_'));
    assert.deepStrictEqual(own.map(({ name }) => name).sort(), [...TOOLS].sort());
    for (const { description, tags, inputSchema } of own) {
      assert.ok(description.length > 200);
      assert.ok(tags.includes('read-only'));
      assert.ok(inputSchema && 'properties' in inputSchema);
    }
  });

  it('classify an image as the editor does', async () => {
    const { analysis } = await host.openSmear('smear-1.jpg');
    const text = await ask('smearlens_classify', { path: 'smear-1.jpg' });
    const [first] = text.split('\n');
    assert.strictEqual(first, 'Research use only. Not for diagnosis.');
    assert.ok(text.includes(`- Image: \`smear-1.jpg\` (sha256 ${sha256(host.file('smear-1.jpg').fsPath)}, 224 × 224 pixels)`), text);
    assert.ok(text.includes(`sha256 ${analysis.model.sha256}`), text);
    const name = analysis.model.classes[analysis.predicted]?.name ?? assert.fail('No class.');
    // A drawn smear may be unlike the training images; then no class is to be named.
    if (analysis.domain?.inDomain === false) assert.ok(text.includes('no class offered') && !text.includes(name), text);
    else assert.ok(text.includes(`- Verdict: ${name} (`), text);
    assert.strictEqual(await ask('smearlens_classify', { path: host.file('smear-1.jpg').fsPath }), text);
  });

  for (const [what, input, message] of [
    ['a path outside the workspace', { path: '../secret.jpg' }, /outside the workspace.*Only files in the folders that are open/],
    ['what is no image', { path: '.smearlens/evaluations/made up/metrics.json' }, /is no image/],
    ['an image that is not there', { path: 'none.jpg' }, /there is no such file/],
    ['a damaged image', { path: 'corrupt.jpg' }, /corrupt\.jpg/],
    ['no path', {}, /path/],
  ] as const) {
    it(`say what is wrong with ${what}`, () => assert.rejects(ask('smearlens_classify', input), (error: Error) => message.test(error.message) || assert.fail(error.message)));
  }

  it('stop when the chat does', async () => {
    const chat = new vscode.CancellationTokenSource();
    // More than can be answered before the chat is stopped.
    const asked = Array.from({ length: MANY }, () => ask('smearlens_classify', { path: 'smear-2.png' }, chat.token));
    const outcomes = Promise.allSettled(asked);
    await until(() => host.api.pendingCalls() > 0, true);
    chat.cancel();
    const stopped = (await outcomes).flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
    assert.ok(stopped.length > 0);
    for (const error of stopped) assert.match(`${error.name} ${error.message}`, /cancel/i);
    await until(() => host.api.pendingCalls(), 0);
  });

  it('summarise the newest evaluation, and the one that is named', async () => {
    const text = await ask('smearlens_summarise_evaluation', {});
    assert.ok(text.startsWith('Research use only. Not for diagnosis.\n\nLeakage: none was found.\n'), text);
    assert.ok(text.includes('| net | 4 | 0.7500 |'), text);
    assert.ok(text.includes('1 of 2 Pre (50.0 %) taken for Early'), text);
    for (const name of [EVALUATION, path.join(EVALUATION, 'metrics.json')]) assert.strictEqual(await ask('smearlens_summarise_evaluation', { path: name }), text);
    await assert.rejects(ask('smearlens_summarise_evaluation', { path: FOLDER }), /metrics\.json: cannot be read/);
  });

  it('list where the reviewer and the model differ', async () => {
    const text = await ask('smearlens_list_disagreements', { folder: FOLDER, kind: 'model' });
    assert.ok(text.includes('on 1 of 1 images'), text);
    assert.ok(text.includes(`| \`${FOLDER}/one.jpg\` | ${sha256(source('one.jpg'))} | Pre (10.0 %) | Early (90.0 %) | net@ffffffff |`), text);
    assert.ok(!text.includes('Bo'), text);
  });

  it('list where reviewers differ, without the labels of others on images that the reviewer has not labelled', async () => {
    const text = await ask('smearlens_list_disagreements', { folder: host.file(FOLDER).fsPath, kind: 'reviewers' });
    assert.ok(text.includes('Anna: Pre; Bo: Early'), text);
    assert.ok(!text.includes('two.jpg') && !text.includes('Benign'), text);
  });

  it('give no verdict on the image of a blind review', async () => {
    const done = host.outcome(vscode.Uri.joinPath(host.file(FOLDER), 'two.jpg'));
    await vscode.commands.executeCommand('smearlens.review', vscode.Uri.joinPath(host.file(FOLDER), 'two.jpg'));
    await done;
    await vscode.commands.executeCommand('smearlens.toggleBlind');
    await assert.rejects(ask('smearlens_classify', { path: `${FOLDER}/two.jpg` }), /is under blind review/);
    await vscode.commands.executeCommand('smearlens.toggleBlind');
    assert.match(await ask('smearlens_classify', { path: `${FOLDER}/two.jpg` }), /^Research use only/);
  });

  it('write nothing', () => {
    const files = fs.readdirSync(host.file(FOLDER).fsPath, { recursive: true }).map(String).filter((name) => !name.includes('.lock'));
    assert.deepStrictEqual(files.filter((name) => name.endsWith('.jsonl')).map((name) => path.basename(name)).sort(), ['Anna.00000001.jsonl', 'Bo.00000002.jsonl']);
    const lines = fs.readFileSync(path.join(host.file(FOLDER).fsPath, '.smearlens/annotations/Anna.00000001.jsonl'), 'utf8').split('\n').slice(0, -1);
    assert.strictEqual(lines.length, 1);
  });
});
