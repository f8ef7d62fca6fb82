/**
 * The WebGPU execution provider on a software Vulkan driver, where Debian's package chromium-common has put one (it brings
 * the Vulkan loader along). Slow, but the same shaders as on a GPU.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InferenceClient } from '../../src/inference/client';
import type { Analysis, Explanation, ProviderName } from '../../src/protocol/analysis';
import { bundle, temporaryFolder } from './bundle';

const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const fixtures = join(import.meta.dirname, '../fixtures/onnx');
const name = `WebGPU${existsSync(driver) ? '' : ' (skipped: there is no software Vulkan driver; on Debian, install chromium-common)'}`;

describe.skipIf(!existsSync(driver))(name, () => {
  const folder = temporaryFolder();
  const image = join(folder.path, 'smear.png');
  const env = { ...process.env, VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: dirname(driver) };
  let agreement: string;
  let client: InferenceClient;

  beforeAll(async () => {
    const [entry = '', check = ''] = await bundle(folder.path, '../../src/inferenceProcess.ts', 'fixtures/agreement.ts');
    agreement = check;
    await sharp({ create: { width: 40, height: 30, channels: 3, background: '#b06090', noise: { type: 'gaussian', mean: 128, sigma: 40 } } })
      .png()
      .toFile(image);
    client = new InferenceClient({ entry, env, log: () => undefined });
  });
  afterAll(async () => {
    await client.dispose();
    folder.remove();
  });

  async function analyse(model: string, provider: ProviderName): Promise<Analysis & { explanation: Explanation }> {
    const path = join(fixtures, `${model}.onnx`);
    const analysis = await client.call('analyse', { imagePath: image, model: { path, provider, layer: 'auto' }, explain: true });
    const { explanation } = analysis;
    if (!explanation || 'error' in explanation) throw new Error(`${model} has no explanation on ${provider}`);
    return { ...analysis, explanation };
  }

  test.each(['gap-linear-opset13', 'max-pool-head', 'densenet'])(
    'gives the scores and maps of %s that the CPU gives',
    async (model) => {
      const [cpu, webgpu] = [await analyse(model, 'cpu'), await analyse(model, 'webgpu')];
      expect([cpu.provider, webgpu.provider]).toEqual(['cpu', 'webgpu']);
      webgpu.logits.forEach((logit, i) => expect(logit).toBeCloseTo(cpu.logits[i] ?? NaN, 3));
      webgpu.explanation.maps.forEach((map, m) => {
        const expected = cpu.explanation.maps[m]?.raw ?? new Float32Array(0);
        const largest = Math.max(...expected, Number.MIN_VALUE);
        expect(map.raw).toHaveLength(expected.length);
        map.raw.forEach((value, i) => expect(Math.abs(value - (expected[i] ?? NaN)) / largest).toBeLessThan(1e-4));
      });
    },
  );

  test('is refused for a model that it computes wrongly, and works for the next', async () => {
    await expect(analyse('dense-head', 'webgpu')).rejects.toMatchObject({ code: 'provider-unavailable' });
    expect((await analyse('gap-linear-opset13', 'webgpu')).provider).toBe('webgpu');
  });

  test('is found out where it computes wrongly: 3×3 convolutions over 6 channels (microsoft/onnxruntime#29651)', async () => {
    const models = ['gap-linear-opset13', 'densenet', 'dense-head', 'gated-two-pool'].map((model) => join(fixtures, `${model}.onnx`));
    const { stdout } = await promisify(execFile)(process.execPath, [agreement, ...models], { env });
    const verdicts = stdout.trim().split('\n').map((line) => JSON.parse(line) as string);
    expect(verdicts).toEqual(['agrees', 'agrees', 'provider-unavailable', 'provider-unavailable']);
  });
});
