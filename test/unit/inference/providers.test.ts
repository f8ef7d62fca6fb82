import { expect, test, vi } from 'vitest';
import { SmearLensError, type ErrorCode } from '../../../src/errors';
import { linuxHasGpu, openWithFirstThatWorks, providerOrder } from '../../../src/inference/providers';
import type { ProviderName } from '../../../src/protocol/analysis';

const failing = (code: ErrorCode, provider: ProviderName): SmearLensError =>
  new SmearLensError(code, `${provider} said no`, 'hint');

test('the order of each platform ends with the CPU', () => {
  expect(providerOrder('win32', 'x64')).toEqual(['dml', 'webgpu', 'cpu']);
  expect(providerOrder('darwin', 'arm64')).toEqual(['coreml', 'webgpu', 'cpu']);
  expect(providerOrder('linux', 'x64', () => true)).toEqual(['cuda', 'webgpu', 'cpu']);
  expect(providerOrder('freebsd', 'x64')).toEqual(['cpu']);
});

test('on Linux without a GPU, or on ARM, only the CPU is tried', () => {
  expect(providerOrder('linux', 'x64', () => false)).toEqual(['cpu']);
  expect(providerOrder('linux', 'arm64', () => true)).toEqual(['cpu']);
});

test('a GPU is told by its device nodes', () => {
  const machine = (folders: Record<string, string[]>) => (folder: string) => {
    const names = folders[folder];
    if (!names) throw new Error('ENOENT');
    return names;
  };
  expect(linuxHasGpu(machine({ '/dev': ['null', 'tty'] }))).toBe(false);
  expect(linuxHasGpu(machine({ '/dev': ['dri'], '/dev/dri': ['card0'] }))).toBe(false);
  expect(linuxHasGpu(machine({ '/dev': ['dri'], '/dev/dri': ['card0', 'renderD128'] }))).toBe(true);
  expect(linuxHasGpu(machine({ '/dev': ['nvidia-caps', 'nvidia0'] }))).toBe(true);
  expect(linuxHasGpu(machine({ '/dev': ['dxg'] }))).toBe(true);
});

test('auto takes the first provider that opens and remembers what failed before', async () => {
  const open = vi.fn(async (provider: ProviderName) => {
    if (provider === 'cuda') throw failing('provider-unavailable', provider);
    if (provider === 'dml') throw failing('numeric', provider);
    if (provider === 'webgpu') throw failing('inference-failed', provider);
    return `session on ${provider}`;
  });
  const opened = await openWithFirstThatWorks('auto', open, ['cuda', 'dml', 'webgpu', 'cpu']);
  expect(opened).toMatchObject({ provider: 'cpu', value: 'session on cpu' });
  expect(opened.failures.map(({ provider, error }) => [provider, error.code])).toEqual([
    ['cuda', 'provider-unavailable'],
    ['dml', 'numeric'],
    ['webgpu', 'inference-failed'],
  ]);
});

test('a chosen provider is the only one tried, and its failure says why', async () => {
  const open = vi.fn((provider: ProviderName) => Promise.reject(failing('inference-failed', provider)));
  await expect(openWithFirstThatWorks('webgpu', open)).rejects.toMatchObject({
    code: 'provider-unavailable',
    message: expect.stringMatching(/"webgpu".*webgpu said no/) as string,
  });
  expect(open.mock.calls).toEqual([['webgpu']]);
});

test('a failure on the CPU is not blamed on the provider', async () => {
  const open = (provider: ProviderName): Promise<never> => Promise.reject(failing('inference-failed', provider));
  await expect(openWithFirstThatWorks('cpu', open)).rejects.toMatchObject({ code: 'inference-failed' });
  await expect(openWithFirstThatWorks('auto', open, ['webgpu', 'cpu'])).rejects.toMatchObject({
    code: 'inference-failed',
    message: 'cpu said no',
  });
});

test('a fault of the model, or of ours, ends the search', async () => {
  const broken = vi.fn((provider: ProviderName) => Promise.reject(failing('model-not-onnx', provider)));
  await expect(openWithFirstThatWorks('auto', broken, ['webgpu', 'cpu'])).rejects.toMatchObject({ code: 'model-not-onnx' });
  expect(broken).toHaveBeenCalledTimes(1);
  const defect = vi.fn(() => Promise.reject(new TypeError('ours')));
  await expect(openWithFirstThatWorks('auto', defect, ['webgpu', 'cpu'])).rejects.toThrow(TypeError);
  expect(defect).toHaveBeenCalledTimes(1);
});
