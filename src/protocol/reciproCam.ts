/** Recipro-CAM of one image: its maps of all classes explained, as far as they have come. */
import type { CamMap, ProviderName } from './analysis';

export interface ReciproCam {
  readonly layer: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Positions of the layer done, of all. A position that is not done yet is 0 in the maps. */
  readonly done: number;
  readonly total: number;
  readonly maps: readonly CamMap[];
  readonly provider: ProviderName;
  /** Wall time of the passes, in milliseconds. */
  readonly milliseconds: number;
}
