import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { Host } from '../../harness/host';

/** From out/vscode-test/suites. */
const FOLDER = path.resolve(__dirname, '../../../test/fixtures/architectures');
const NAMES = fs.readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

describe("the study's architectures in the editor", () => {
  let host: Host;
  const choose = (model: string | undefined): Thenable<void> => vscode.workspace.getConfiguration('smearlens').update('model', model, vscode.ConfigurationTarget.Global);
  before(async () => void (host = await Host.activate()));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  after(() => choose(undefined));

  it('are ten', () => assert.strictEqual(NAMES.length, 10));

  for (const name of NAMES) {
    it(`${name} reads a smear, and has maps of its own layer`, async () => {
      await choose(path.join(FOLDER, name, 'model.json'));
      const { analysis } = await host.openSmear('smear-1.jpg');
      assert.strictEqual(analysis.model.id, name);
      const { shape } = JSON.parse(fs.readFileSync(path.join(FOLDER, name, 'reference.json'), 'utf8')) as { shape: number[] };
      const { explanation } = analysis;
      assert.ok(explanation && 'maps' in explanation, JSON.stringify(explanation));
      assert.deepStrictEqual([explanation.height, explanation.width, explanation.maps.length], [...shape.slice(1), 12]);
      assert.ok(explanation.maps.some(({ raw }) => raw.some((value) => value > 0)));
    });
  }
});
