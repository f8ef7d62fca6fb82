/** Versions of what computes, for reports. */
import { env } from 'onnxruntime-node';
import packageJson from '../../package.json';

/** By component: SmearLens, Node.js, onnxruntime-node, and the platform. */
export function versions(): Record<string, string> {
  return {
    smearlens: packageJson.version,
    node: process.versions.node,
    onnxruntime: env.versions.node ?? env.versions.common,
    platform: `${process.platform}-${process.arch}`,
  };
}
