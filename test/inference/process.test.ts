import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { InferenceClient, type CallOptions, type ClientOptions } from '../../src/inference/client';
import type { Analysis } from '../../src/protocol/analysis';
import type { InquiryAnswer } from '../../src/protocol/inquiry';
import { bundle, temporaryFolder } from './bundle';
import { Gate } from './gate';

// What does not come within this will not come.
vi.setConfig({ testTimeout: 30_000 });

const folder = temporaryFolder();
const image = join(folder.path, 'red.png');
let entry: string;
let host: string;

let gate: Gate;
let client: InferenceClient;
let log: string[];
let listeners: (() => void)[];

beforeAll(async () => {
  [entry = '', host = ''] = await bundle(folder.path, 'fixtures/fakeProcess.ts', 'fixtures/host.ts');
  await sharp({ create: { width: 1, height: 1, channels: 3, background: { r: 255, g: 1, b: 2 } } }).png().toFile(image);
});
afterAll(() => folder.remove());

beforeEach(async () => {
  log = [];
  listeners = [];
  gate = await Gate.open();
  client = newClient();
});
afterEach(async () => {
  await client.dispose();
  gate.close();
});

function newClient(options: Partial<ClientOptions> = {}): InferenceClient {
  const record = (_level: string, text: string): void => {
    log.push(text);
    for (const listener of listeners) listener();
  };
  return new InferenceClient({ entry, log: record, ...options });
}

/** Resolves when the process has logged `text`. */
function logged(text: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (log.some((line) => line.includes(text))) resolve();
    };
    listeners.push(look);
    look();
  });
}

function restarted(): Promise<string> {
  return new Promise((resolve) => client.onDidRestart(resolve));
}

function inquire(path: string, options: CallOptions = {}): Promise<InquiryAnswer> {
  const call = client.call('inquire', { imagePath: image, model: { path, provider: 'cpu', layer: 'auto' }, inquiry: { kind: 'score-cam', mode: 'exact' } }, options);
  call.catch(() => undefined);
  return call;
}

function analyse(path: string, options: CallOptions = {}, imagePath: string = image): Promise<Analysis> {
  const call = client.call('analyse', { imagePath, model: { path, provider: 'cpu', layer: 'auto' }, explain: false }, options);
  // A test may look at the call after it has failed.
  call.catch(() => undefined);
  return call;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('a call', () => {
  test('is answered with the decoded image run through the engine', async () => {
    expect(await analyse('echo')).toMatchObject({ logits: [255, 1, 2], image: { path: image, width: 1, height: 1 } });
  });

  test('of each kind is answered', async () => {
    const model = { path: 'echo', provider: 'cpu', layer: 'relu' } as const;
    expect(await client.call('describe', { model })).toMatchObject({ model: { id: 'echo' }, layer: 'relu' });
    expect(await client.call('layers', { model })).toMatchObject({ automatic: 'relu', layers: [{ name: 'relu', differentiable: true }] });
    expect(await client.call('doctor', { model })).toMatchObject({ providers: [{ name: 'cpu', works: true }] });
    const rendered = await client.call('render', { imagePath: image, maxSide: 5 });
    expect([rendered.width, ...rendered.png]).toEqual([5, 1, 2, 3]);
  });

  test('that fails in the engine rejects with the code, message and hint given there', async () => {
    await expect(analyse('error')).rejects.toMatchObject({
      name: 'SmearLensError',
      code: 'op-not-differentiable',
      message: 'model.onnx has an Einsum',
      hint: 'Choose another layer.',
    });
  });

  test('with an image that cannot be read fails, and the next one works', async () => {
    const files = { 'empty.png': '', 'text.jpg': 'no picture', 'cut.bmp': 'BM' };
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder.path, name), content);
    const codes = await Promise.all(
      [...Object.keys(files), 'absent.tif'].map((name) =>
        analyse('echo', {}, join(folder.path, name)).then(
          () => `${name} was read`,
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(codes).toEqual(['image-empty', 'image-unsupported', 'image-unreadable', 'image-not-found']);
    expect(await analyse('echo')).toMatchObject({ logits: [255, 1, 2] });
  });

  test('that is interactive overtakes the background ones that wait', async () => {
    const calls = [
      analyse(gate.path('wait', 'first'), { priority: 'background' }),
      analyse(gate.path('wait', 'second'), { priority: 'background' }),
    ];
    const first = await gate.next();
    calls.push(analyse(gate.path('wait', 'urgent'), { priority: 'interactive' }));
    await logged(`preparing ${gate.path('wait', 'urgent')}`);
    first.release();
    (await gate.next()).release();
    (await gate.next()).release();
    await Promise.all(calls);
    expect(gate.names).toEqual(['first', 'urgent', 'second']);
  });

  test('that is raised overtakes the background ones before it', async () => {
    const raise = new AbortController();
    const [first, second, third] = ['first', 'second', 'third'].map((name) => gate.path('wait', name));
    const calls = [first, second].map((path) => analyse(path, { priority: 'background' }));
    const running = await gate.next();
    await logged(`preparing ${second}`);
    calls.push(analyse(third, { priority: 'background', raised: raise.signal }));
    raise.abort();
    await logged(`preparing ${third}`);
    running.release();
    (await gate.next()).release();
    (await gate.next()).release();
    await Promise.all(calls);
    expect(gate.names).toEqual(['first', 'third', 'second']);
  });

  test('may talk: its output and its log reach the host', async () => {
    await analyse('talk');
    await Promise.all(['out loud', 'in anger', 'by the book'].map(logged));
  });
});

describe('cancelling', () => {
  test('a call that waits ends it at once and disturbs no other', async () => {
    const running = analyse(gate.path('wait', 'running'));
    const { release } = await gate.next();
    const { pid } = client;
    const abort = new AbortController();
    const waiting = analyse(gate.path('wait', 'waiting'), { signal: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    const later = analyse('echo');
    release();
    expect(await running).toMatchObject({ logits: [255, 1, 2] });
    expect(await later).toMatchObject({ logits: [255, 1, 2] });
    expect(gate.names).toEqual(['running']);
    expect(client.pid).toBe(pid);
  });

  test('a run that does not end has the process replaced, and the others are answered', async () => {
    client = newClient({ cancelGraceMs: 0, loadGraceMs: 0 });
    const abort = new AbortController();
    const blocked = analyse(gate.path('block', 'blocked'), { signal: abort.signal });
    const arrival = await gate.next();
    const others = [analyse('echo'), analyse('echo', { priority: 'background' }), analyse(gate.path('wait', 'other'))];
    const restart = restarted();
    abort.abort();
    await expect(blocked).rejects.toMatchObject({ code: 'cancelled' });
    await arrival.gone;
    expect(await restart).toContain('a cancelled call did not end');
    (await gate.next()).release();
    await Promise.all(others);
    expect(gate.names).toEqual(['blocked', 'other']);
  });

  test('a run that is slow but honest keeps the process', async () => {
    client = newClient({ cancelGraceMs: 0, loadGraceMs: 60_000 });
    const abort = new AbortController();
    const running = analyse(gate.path('wait', 'running'), { signal: abort.signal });
    const { release } = await gate.next();
    const { pid } = client;
    abort.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    // It runs on, as this answer shows, which needs no engine; then the next run gets its turn.
    await client.call('render', { imagePath: image, maxSide: 5 });
    release();
    await analyse('echo');
    expect(client.pid).toBe(pid);
  });

  test('before the process is up, or beforehand, calls nothing', async () => {
    const abort = new AbortController();
    const early = analyse(gate.path('wait', 'early'), { signal: abort.signal });
    abort.abort();
    await expect(early).rejects.toMatchObject({ code: 'cancelled' });
    await expect(analyse(gate.path('wait', 'aborted'), { signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' });
    await analyse('echo');
    expect(gate.names).toEqual([]);
  });
});

describe('a process that dies', () => {
  test('by SIGKILL in mid-run is replaced, and the run, the waiting and the next calls are answered', async () => {
    const running = analyse(gate.path('wait', 'running'));
    await gate.next();
    const waiting = analyse('echo');
    const restart = restarted();
    process.kill(client.pid ?? 0, 'SIGKILL');
    expect(await restart).toContain('SIGKILL');
    (await gate.next()).release();
    const reply = { logits: [255, 1, 2] };
    expect(await Promise.all([running, waiting, analyse('echo')])).toMatchObject([reply, reply, reply]);
    expect(gate.names).toEqual(['running', 'running']);
  });

  test('while idle is replaced by the next call', async () => {
    await analyse('echo');
    process.kill(client.pid ?? 0, 'SIGKILL');
    await logged('The inference process ended');
    expect(await analyse('echo')).toMatchObject({ logits: [255, 1, 2] });
  });

  test('once in a call is replaced, and the call is answered', async () => {
    expect(await analyse(`crash-once|${join(folder.path, 'crashed')}`)).toMatchObject({ logits: [255, 1, 2] });
  });

  test('twice in a call fails that call, and none of its neighbours', async () => {
    const neighbours = [analyse('echo'), analyse('echo', { priority: 'background' })];
    const crash = analyse('crash');
    const crashInBackground = analyse('crash', { priority: 'background' });
    neighbours.push(analyse('echo'), analyse('echo', { priority: 'background' }));
    await expect(crash).rejects.toMatchObject({ code: 'inference-died', message: expect.stringContaining(image) as string });
    await expect(crashInBackground).rejects.toMatchObject({ code: 'inference-died' });
    for (const reply of await Promise.all(neighbours)) expect(reply.logits).toEqual([255, 1, 2]);
  });

  test('of a defect in its thread quotes it', async () => {
    await expect(analyse('throw')).rejects.toMatchObject({
      code: 'inference-died',
      message: expect.stringContaining('the thread broke') as string,
    });
    expect(await analyse('echo')).toMatchObject({ logits: [255, 1, 2] });
  });

  test.skipIf(process.platform === 'win32')('or hangs is replaced when its heartbeat stops', async () => {
    client = newClient({ silentTicks: 3 });
    const running = analyse(gate.path('wait', 'running'));
    await gate.next();
    const restart = restarted();
    process.kill(client.pid ?? 0, 'SIGSTOP');
    expect(await restart).toContain('no longer answered');
    (await gate.next()).release();
    expect(await running).toMatchObject({ logits: [255, 1, 2] });
  });

  test('before it is ready is given up after some attempts, with its last words; the next call tries anew', async () => {
    const broken = join(folder.path, 'broken.js');
    writeFileSync(broken, 'console.error("libmissing.so: cannot open"); process.exitCode = 3;');
    client = newClient({ entry: broken });
    for (const call of [analyse('echo'), analyse('echo')]) {
      await expect(call).rejects.toMatchObject({
        code: 'inference-died',
        message: expect.stringMatching(/ended with code 3[^]*libmissing\.so: cannot open/) as string,
      });
    }
    copyFileSync(entry, broken);
    expect(await analyse('echo')).toMatchObject({ logits: [255, 1, 2] });
  });
});

describe('the end', () => {
  test('dispose rejects what is pending and leaves no process', async () => {
    const running = analyse(gate.path('block', 'running'));
    const waiting = analyse('echo');
    const { gone } = await gate.next();
    const pid = client.pid ?? 0;
    expect(isAlive(pid)).toBe(true);
    await client.dispose();
    await gone;
    expect(isAlive(pid)).toBe(false);
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await expect(analyse('echo')).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('the host\'s death ends the process, even in mid-run', async () => {
    const parent = spawn(process.execPath, [host, entry, gate.path('block', 'orphan')], { stdio: 'ignore' });
    const { gone } = await gate.next();
    parent.kill('SIGKILL');
    await gone;
  });

  test('an idle process does not keep the host from ending', async () => {
    const parent = spawn(process.execPath, [host, entry, 'echo'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const output: string[] = [];
    parent.stdout.on('data', (data: Buffer) => output.push(data.toString()));
    const [code] = (await once(parent, 'close')) as [number];
    expect([code, output.join('')]).toEqual([0, 'described echo\n']);
  });
});

describe('an inquiry', () => {
  test('tells how far it is, and then the whole', async () => {
    const seen: unknown[] = [];
    const whole = await inquire('quick', { onProgress: (answer) => seen.push('done' in answer && answer.done) });
    expect([seen, 'done' in whole && whole.done]).toEqual([[1], 2]);
  });

  test('of which nobody wants to know any more ends between two steps, and the process goes on', async () => {
    await analyse('quick');
    const { pid } = client;
    const abort = new AbortController();
    const call = inquire('quick', { signal: abort.signal, onProgress: () => abort.abort() });
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    await analyse('quick');
    expect(client.pid).toBe(pid);
    expect(client.pending).toBe(0);
  });
});
