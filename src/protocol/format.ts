/** How numbers are put into words, the same in the editor and on the command line. */
import type { CamMethod, CamVariant, ProviderName } from './analysis';

/** What a model says about an image unlike its training images, in place of a class. */
export const OUTSIDE_DOMAIN = "Unlike this model's training images: no class offered";

/** Stands below every result. */
export const RESEARCH_USE = 'Research use only. Not for diagnosis.';

/**
 * A probability (0 to 1) with one decimal. Never '100 %' or '0 %': a softmax is never certain, and a reader takes a round
 * figure for certainty. So '> 99.9 %' above 0.999 and '< 0.1 %' below 0.001.
 */
export function formatPercent(probability: number): string {
  if (!Number.isFinite(probability)) return 'not a number';
  if (probability > 0.999) return '> 99.9 %';
  if (probability < 0.001) return '< 0.1 %';
  return `${(probability * 100).toFixed(1)} %`;
}

/** A wall time in milliseconds, with the digits that can be trusted: '0.84 ms', '12.4 ms', '371 ms', '2.4 s'. */
export function formatMilliseconds(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(2)} ms`;
  if (milliseconds < 100) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${milliseconds.toFixed(0)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

const PROVIDERS: Record<ProviderName, string> = { cpu: 'CPU', webgpu: 'WebGPU', cuda: 'CUDA', dml: 'DirectML', coreml: 'CoreML' };

/** An execution provider's name as its makers write it. */
export function formatProvider(provider: ProviderName): string {
  return PROVIDERS[provider];
}

const METHODS: Record<CamMethod, string> = {
  'grad-cam': 'Grad-CAM',
  'grad-cam++': 'Grad-CAM++',
  'score-cam': 'Score-CAM',
  hirescam: 'HiResCAM',
  layercam: 'LayerCAM',
  'xgrad-cam': 'XGrad-CAM',
  'eigen-cam': 'Eigen-CAM',
  'recipro-cam': 'Recipro-CAM',
};
const VARIANTS: Record<CamVariant, string> = { none: '', paper: ' (paper)', normalised: ' (normalised)', authors: " (authors')", 'channel-softmax': ' (channel softmax)' };

/** A method with its variant: implementations of Grad-CAM++ and Score-CAM differ, so every display names which one it is. */
export function formatMethod(method: CamMethod, variant: CamVariant): string {
  return `${METHODS[method]}${VARIANTS[variant]}`;
}

/** Screen pixels an image pixel, as 100 % for one to one. */
export function formatScale(scale: number): string {
  const percent = 100 * scale;
  return `${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)} %`;
}
