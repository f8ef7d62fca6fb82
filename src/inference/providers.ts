/** Which execution provider runs a model: the candidates of a platform, and the first of them that really works. */
import { readdirSync } from 'node:fs';
import { SmearLensError } from '../errors';
import type { ProviderChoice, ProviderName } from '../protocol/analysis';
import { providerUnavailable } from './ortErrors';

/**
 * What `auto` tries, best first; the CPU, which always works, is last. The table is that of the binaries in
 * onnxruntime-node 1.30.
 *
 * @param hasGpu on Linux a Vulkan driver without a GPU is a software one (llvmpipe, SwiftShader): WebGPU runs on it, but
 *   many times slower than the CPU provider does. So there WebGPU is only tried where the kernel knows a GPU.
 */
export function providerOrder(
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
  hasGpu: () => boolean = linuxHasGpu,
): ProviderName[] {
  switch (platform) {
    case 'win32':
      return ['dml', 'webgpu', 'cpu'];
    case 'darwin':
      return ['coreml', 'webgpu', 'cpu'];
    case 'linux':
      if (arch !== 'x64' || !hasGpu()) return ['cpu'];
      return ['cuda', 'webgpu', 'cpu'];
    default:
      return ['cpu'];
  }
}

/** A render node (`/dev/dri/renderD128`, ...), an NVIDIA device, or WSL's `/dev/dxg`. */
export function linuxHasGpu(list: (folder: string) => string[] = (folder) => readdirSync(folder)): boolean {
  const names = (folder: string): string[] => {
    try {
      return list(folder);
    } catch {
      return [];
    }
  };
  return (
    names('/dev/dri').some((name) => name.startsWith('renderD')) ||
    names('/dev').some((name) => /^(nvidia\d+|dxg)$/.test(name))
  );
}

export interface Opened<T> {
  readonly provider: ProviderName;
  readonly value: T;
  /** What was tried before and did not work. */
  readonly failures: readonly { readonly provider: ProviderName; readonly error: SmearLensError }[];
}

/**
 * Opens with the provider chosen or, for `auto`, with the first of `order` with which `open` succeeds. `open` should go
 * as far as a first run: a provider may well take a model and then fail on it.
 *
 * @throws SmearLensError `provider-unavailable` where a chosen provider does not work; the model's own error where the
 *   model is at fault; with `auto`, the error of the last provider
 */
export async function openWithFirstThatWorks<T>(
  choice: ProviderChoice,
  open: (provider: ProviderName) => Promise<T>,
  order: readonly ProviderName[] = choice === 'auto' ? providerOrder() : [choice],
): Promise<Opened<T>> {
  const failures: { provider: ProviderName; error: SmearLensError }[] = [];
  for (const provider of order) {
    try {
      return { provider, value: await open(provider), failures };
    } catch (thrown) {
      if (!(thrown instanceof SmearLensError) || !mayBeTheProvider(thrown)) throw thrown;
      failures.push({ provider, error: thrown });
    }
  }
  const last = failures.at(-1);
  if (!last) throw new SmearLensError('internal', 'No execution provider to try.', 'This is a defect of SmearLens.');
  // A failure on the CPU is the model's or the input's.
  if (last.provider === 'cpu' || last.error.code === 'provider-unavailable') throw last.error;
  throw providerUnavailable(last.provider, last.error.message);
}

/** Every other error would come with every provider. `numeric`: some compute in half precision and overflow. */
function mayBeTheProvider({ code }: SmearLensError): boolean {
  return code === 'provider-unavailable' || code === 'inference-failed' || code === 'numeric';
}
