import * as assert from 'node:assert';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as v8 from 'node:v8';
import * as vscode from 'vscode';
import type { AnalysisEvent } from '../../../../src/editor/smearDocument';
import { Host, until } from '../../harness/host';

const FOLDER = 'many';
const NAMES = Array.from({ length: 20 }, (_, i) => `many-${i + 1}.jpg`);
/** Of a session that stands at its first image: that one and the next two. */
const HELD_BY_A_SESSION = 3;

type Class = abstract new (...args: never[]) => object;

describe('what is left of smears that were closed', () => {
  let host: Host;
  let watchers: ReturnType<typeof countWatchers>;
  before(async () => {
    host = await Host.activate();
    fs.mkdirSync(host.file(FOLDER).fsPath);
    for (const name of NAMES) fs.copyFileSync(host.file('smear-1.jpg').fsPath, file(name).fsPath);
    watchers = countWatchers();
  });
  beforeEach(async () => {
    await closeAll();
    await nothingIsOpen();
  });
  after(async () => {
    watchers.stop();
    await closeAll();
    fs.rmSync(host.file(FOLDER).fsPath, { recursive: true });
  });

  const file = (name: string): vscode.Uri => vscode.Uri.joinPath(host.file(FOLDER), name);
  const open = (name: string, preview: boolean): Thenable<unknown> => vscode.commands.executeCommand('vscode.openWith', file(name), 'smearlens.smear', { preview });
  const closeAll = (): Thenable<unknown> => vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const openTabs = (): number => vscode.window.tabGroups.all.reduce((sum, { tabs }) => sum + tabs.length, 0);

  const whatIsOpen = (): object => ({ tabs: openTabs(), documents: host.api.documents.size, pages: host.api.pages.size });
  const unfinished = (): number => [...host.api.documents].filter(({ state }) => state.kind !== 'done').length;
  const count = (found: Class): number => v8.queryObjects(found, { format: 'count' });

  /** VS Code tells of closed editors one by one. */
  async function nothingIsOpen(): Promise<void> {
    const { api } = host;
    await until(() => ({ ...whatIsOpen(), calls: api.pendingCalls() }), { tabs: 0, documents: 0, pages: 0, calls: 0 });
  }

  /** The classes of what is open: each object that is left of one is found in memory, whoever holds it. */
  function classesOfOpen(): Set<Class> {
    const objects = [...host.api.documents, ...[...host.api.pages].flatMap((page) => [page.surface, page])];
    return new Set(objects.map(({ constructor }) => constructor as Class).filter((found) => found !== Object));
  }

  async function nothingIsLeft(classes: Iterable<Class>): Promise<void> {
    await nothingIsOpen();
    assert.strictEqual(watchers.count(), 0);
    // Collects what nobody holds, and counts the rest; what VS Code itself still holds for a moment, it lets go of.
    for (const found of classes) await until(() => [found.name, count(found)], [found.name, 0]);
  }

  it('is nothing, after 20 smears in one preview tab, 20 in tabs of their own, and a review session', async () => {
    const { api } = host;
    for (const name of NAMES) {
      await open(name, true);
      await until(unfinished, 0);
    }
    await until(whatIsOpen, { tabs: 1, documents: 1, pages: 1 });
    for (const name of NAMES) {
      await open(name, false);
      await until(unfinished, 0);
    }
    await until(whatIsOpen, { tabs: NAMES.length, documents: NAMES.length, pages: NAMES.length });
    await vscode.commands.executeCommand('smearlens.review', host.file(FOLDER));
    await until(whatIsOpen, { tabs: NAMES.length + 1, documents: NAMES.length + HELD_BY_A_SESSION, pages: NAMES.length + 1 });
    await until(unfinished, 0);
    // One for each smear, and the session's own.
    assert.strictEqual(watchers.count(), NAMES.length + HELD_BY_A_SESSION + 1);
    const classes = classesOfOpen();
    assert.strictEqual(classes.size, 3, 'A smear, its editor and a review session are objects of three classes.');
    for (const found of classes) assert.ok(count(found) > 0);
    const pid = api.inferencePid();
    await closeAll();
    await nothingIsLeft(classes);
    assert.strictEqual(api.inferencePid(), pid);
  });

  it('is nothing, where they are closed before their analysis is done, and the next smear is read as ever', async () => {
    await host.openSmear(path.join(FOLDER, NAMES[0] ?? ''));
    const classes = classesOfOpen();
    await closeAll();
    await nothingIsOpen();
    const pid = host.api.inferencePid() ?? assert.fail('No inference process.');
    const events: AnalysisEvent[] = [];
    const subscription = host.api.onDidChangeAnalysis((event) => events.push(event));
    // It answers nothing until it may go on.
    process.kill(pid, 'SIGSTOP');
    try {
      for (const name of NAMES.slice(0, 6)) {
        await vscode.commands.executeCommand('smearlens.open', file(name));
        assert.ok(host.api.pendingCalls() > 0);
        await closeAll();
      }
      await vscode.commands.executeCommand('smearlens.review', host.file(FOLDER));
      await closeAll();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await nothingIsLeft(classes);
    subscription.dispose();
    assert.deepStrictEqual([...new Set(events.map(({ state }) => state.kind))], ['running']);
    const { analysis } = await host.openSmear('smear-2.png');
    assert.strictEqual(analysis.image.path, host.file('smear-2.png').fsPath);
  });
});

/** Counts the file watchers that are made and not disposed of, from now on. The tests have the extension's own API object. */
function countWatchers(): { count(): number; stop(): void } {
  const { createFileSystemWatcher } = vscode.workspace;
  const open = new Set<vscode.FileSystemWatcher>();
  const counting: typeof createFileSystemWatcher = (...args) => {
    const watcher = createFileSystemWatcher(...args);
    const dispose = watcher.dispose.bind(watcher) as () => unknown;
    open.add(watcher);
    watcher.dispose = () => (open.delete(watcher), dispose());
    return watcher;
  };
  Object.assign(vscode.workspace, { createFileSystemWatcher: counting });
  return { count: () => open.size, stop: () => void Object.assign(vscode.workspace, { createFileSystemWatcher }) };
}
