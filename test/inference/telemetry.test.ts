/** ONNX Runtime must keep nothing for its maker: neither the editor's process nor the command line lets it. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { InferenceClient } from '../../src/inference/client';
import { temporaryFolder } from './bundle';
import { photo, plain } from './commandLine';

const ROOT = join(import.meta.dirname, '../..');
let home: ReturnType<typeof temporaryFolder>;
beforeEach(() => void (home = temporaryFolder()));
afterEach(() => home.remove());

/** A home that is empty, and no sign of a build server, where ONNX Runtime keeps quiet by itself. */
function environment(): NodeJS.ProcessEnv {
  const quiet = Object.fromEntries(['CI', 'TF_BUILD', 'GITHUB_ACTIONS', 'GITLAB_CI', 'JENKINS_URL', 'ORT_DISABLE_TELEMETRY'].map((name) => [name, undefined]));
  return { ...process.env, ...quiet, HOME: home.path, XDG_CACHE_HOME: join(home.path, 'cache') };
}

/** All but the link to node_modules that the folder has for those who look for packages. */
const left = (): string[] => readdirSync(home.path).filter((name) => name !== 'node_modules');

test('the inference process leaves nothing in the home folder', async () => {
  const client = new InferenceClient({ entry: join(ROOT, 'dist/inference.js'), log: () => undefined, env: environment() });
  await client.call('analyse', { imagePath: photo, model: { path: plain, provider: 'cpu', layer: 'auto' }, explain: true });
  await client.dispose();
  expect(left()).toEqual([]);
});

test('the command line leaves nothing in the home folder', async () => {
  await promisify(execFile)(process.execPath, [join(ROOT, 'dist/cli.js'), 'predict', photo, '--model', plain, '--provider', 'cpu'], { env: environment() });
  expect(left()).toEqual([]);
});
