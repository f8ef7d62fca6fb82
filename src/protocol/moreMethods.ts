/** HiResCAM, LayerCAM, XGrad-CAM and Eigen-CAM of one image. */
import type { CamMap, ProviderName } from './analysis';

export interface MoreMethods {
  readonly layer: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** As in `Explanation`: HiResCAM and XGrad-CAM then equal Grad-CAM. */
  readonly uniformGradient: boolean;
  /** Of each class explained; Eigen-CAM's is the same for all. */
  readonly maps: readonly CamMap[];
  /** Runs done, of those that it takes. */
  readonly done: number;
  readonly total: number;
  readonly provider: ProviderName;
  /** Wall time, in milliseconds. */
  readonly milliseconds: number;
}
