import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { COMMANDS } from '../../../../src/commands/table';
import { Host } from '../../harness/host';

describe('SmearLens in the extension host', () => {
  let host: Host;
  before(async () => void (host = await Host.activate()));
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  function activeViewType(): string | undefined {
    const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
    return input instanceof vscode.TabInputCustom ? input.viewType : undefined;
  }

  it('starts no process until an image is opened', () => assert.strictEqual(host.api.inferencePid(), undefined));

  it('has registered every command', async () => {
    const registered = await vscode.commands.getCommands(true);
    assert.deepStrictEqual(Object.keys(COMMANDS).filter((id) => !registered.includes(id)), []);
  });

  for (const name of ['smear-1.jpg', 'smear-2.png', 'smear-3.bmp', 'smear-5.webp', 'SMEAR-6.JPG', 'smear [7] ü.jpg']) {
    it(`opens and analyses ${name}`, async () => {
      const { analysis } = await host.openSmear(name);
      assert.strictEqual(activeViewType(), 'smearlens.smear');
      assert.strictEqual(analysis.image.path, host.file(name).fsPath);
      assert.deepStrictEqual([analysis.image.width, analysis.image.height], [224, 224]);
      assert.ok(host.api.inferencePid());
    });
  }

  it('analyses with probabilities that sum to 1 and three maps a class', async () => {
    const { analysis } = await host.openSmear('smear-1.jpg');
    const { model, probabilities, explanation } = analysis;
    assert.strictEqual(probabilities.length, model.classes.length);
    assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-6);
    assert.ok(explanation && 'maps' in explanation, JSON.stringify(explanation));
    assert.strictEqual(explanation.maps.length, 3 * model.classes.length);
    for (const { raw } of explanation.maps) {
      assert.ok(raw instanceof Float32Array);
      assert.strictEqual(raw.length, explanation.width * explanation.height);
      assert.ok(raw.every((value) => value >= 0 && Number.isFinite(value)));
    }
  });

  it('is the editor for TIFF, and leaves JPEG to VS Code until asked', async () => {
    const done = host.outcome(host.file('smear-4.tif'));
    await vscode.commands.executeCommand('vscode.open', host.file('smear-4.tif'));
    await done;
    assert.strictEqual(activeViewType(), 'smearlens.smearTiff');
    await vscode.commands.executeCommand('vscode.open', host.file('smear-1.jpg'));
    assert.notStrictEqual(activeViewType(), 'smearlens.smear');
  });

  it('opens the image of the active tab when the command comes from the palette', async () => {
    await vscode.commands.executeCommand('vscode.open', host.file('smear-2.png'));
    const done = host.outcome(host.file('smear-2.png'));
    await vscode.commands.executeCommand('smearlens.open');
    await done;
    assert.strictEqual(activeViewType(), 'smearlens.smear');
  });

  for (const name of ['corrupt.jpg', 'empty.png']) {
    it(`says what is wrong with ${name}, and goes on with the next image`, async () => {
      const failed = host.outcome(host.file(name), 'failed');
      await vscode.commands.executeCommand('smearlens.open', host.file(name));
      const { error } = await failed;
      assert.match(error.code, /^image-/);
      assert.ok(error.message.includes(name), error.message);
      assert.ok(error.hint.length > 0);
      await host.openSmear('smear-1.jpg');
    });
  }

  it('analyses the next image after the inference process was killed', async () => {
    await host.openSmear('smear-1.jpg');
    const pid = host.api.inferencePid() ?? assert.fail('No inference process.');
    process.kill(pid, 'SIGKILL');
    await host.openSmear('smear-2.png');
    assert.notStrictEqual(host.api.inferencePid(), pid);
  });

  it('says so when its file is deleted, and analyses it when it changes or comes back', async () => {
    // A name for every try: what the try before has left must not be taken for this one's.
    const file = host.file(`changing-${Date.now()}.jpg`);
    const bytes = ['smear-1.jpg', 'SMEAR-6.JPG'].map((source) => fs.readFileSync(host.file(source).fsPath));
    // At once, as a copy that is under way may be read half.
    const put = (content: Buffer | undefined): void => {
      fs.writeFileSync(host.file('half').fsPath, content ?? '');
      fs.renameSync(host.file('half').fsPath, file.fsPath);
    };
    // VS Code tells nothing of what is made and deleted in one instant: the next step waits until it has told of the one before.
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(host.workspace, '*'));
    const told = (): Promise<void> =>
      new Promise((resolve) => {
        for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete])
          subscriptions.push(event((uri) => uri.toString() === file.toString() && resolve()));
      });
    const subscriptions: vscode.Disposable[] = [watcher];
    const step = async <T>(outcome: Promise<T>, change: () => void): Promise<T> => {
      const event = told();
      change();
      await event;
      return outcome;
    };
    try {
      await step(Promise.resolve(), () => put(bytes[0]));
      const done = host.outcome(file);
      await vscode.commands.executeCommand('smearlens.open', file);
      const first = await done;
      const changed = await step(host.outcome(file), () => put(bytes[1]));
      assert.notStrictEqual(changed.analysis.image.sha256, first.analysis.image.sha256);
      await step(host.outcome(file, 'deleted'), () => fs.rmSync(file.fsPath));
      const back = await step(host.outcome(file), () => put(bytes[0]));
      assert.strictEqual(back.analysis.image.sha256, first.analysis.image.sha256);
    } finally {
      vscode.Disposable.from(...subscriptions).dispose();
      fs.rmSync(file.fsPath, { force: true });
    }
  });

  it('takes another model and provider from the settings at once', async () => {
    const settings = vscode.workspace.getConfiguration('smearlens');
    await host.openSmear('smear-1.jpg');
    try {
      const failed = host.outcome(host.file('smear-1.jpg'), 'failed');
      await settings.update('model', 'no/such/model.onnx', vscode.ConfigurationTarget.Workspace);
      const { error } = await failed;
      assert.strictEqual(error.code, 'model-not-found');
      assert.ok(error.message.includes(path.join(host.workspace.fsPath, 'no/such/model.onnx')), error.message);
      const done = host.outcome(host.file('smear-1.jpg'));
      await settings.update('model', undefined, vscode.ConfigurationTarget.Workspace);
      await done;
      const onCpu = host.outcome(host.file('smear-1.jpg'));
      await settings.update('provider', 'cpu', vscode.ConfigurationTarget.Workspace);
      assert.strictEqual((await onCpu).analysis.provider, 'cpu');
    } finally {
      await settings.update('model', undefined, vscode.ConfigurationTarget.Workspace);
      await settings.update('provider', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('analyses two smears side by side', async () => {
    await host.openSmear('smear-1.jpg');
    const done = host.outcome(host.file('smear-2.png'));
    await vscode.commands.executeCommand('vscode.openWith', host.file('smear-2.png'), 'smearlens.smear', vscode.ViewColumn.Beside);
    await done;
    const open = vscode.window.tabGroups.all.map(({ activeTab }) => activeTab?.label);
    assert.deepStrictEqual(open, ['smear-1.jpg', 'smear-2.png']);
  });

  it('reports in its doctor which execution providers work', async () => {
    await vscode.commands.executeCommand('smearlens.doctor');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /\| CPU \| yes \|/);
  });

  it('checks the model over the images of a folder, and names those it could not read', async () => {
    await vscode.commands.executeCommand('smearlens.checkModel', host.workspace);
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.match(text, /\| With the background flattened \| \d+ of \d+ \| \d+\.\d % \|/);
    assert.match(text, /when its last weights are made random \(median \|Spearman\| \d\.\d\d over \d+ maps of 5 images/);
    assert.match(text, /- .*corrupt\.jpg: /);
  });
});
