/** The network whose features tell images apart: one that never saw them. */
import * as path from 'node:path';

/**
 * Path of the bundled backbone, MobileNetV2 of ImageNet without its head (models/imagenet-mobilenetv2). It is a bare ONNX file on purpose: a manifest
 * names classes, and with one it would be offered wherever a classifier is chosen. It takes images as any file without a manifest.
 * @param root the extension's folder
 */
export function bundledBackbone(root: string): string {
  return path.join(root, 'models/imagenet-mobilenetv2/model.onnx');
}
