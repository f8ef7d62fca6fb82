/** A data set in another program's format. */
import { exportCoco } from './coco';
import { exportCsv } from './csv';
import { exportFiftyOne } from './fiftyOne';
import type { Export, Exported, Format } from './format';
import { exportHuggingFace } from './huggingFace';
import { exportImageFolder } from './imageFolder';
import { exportJsonl } from './jsonl';
import { exportLabelStudio } from './labelStudio';

const EXPORTERS: Readonly<Record<Format, (options: Export) => Promise<Exported>>> = {
  csv: exportCsv,
  jsonl: exportJsonl,
  imagefolder: exportImageFolder,
  huggingface: exportHuggingFace,
  coco: exportCoco,
  fiftyone: exportFiftyOne,
  'label-studio': exportLabelStudio,
};

/**
 * Writes `options.images` in a format. Images are never changed; files of images are only copied or linked.
 * @throws SmearLensError `output-unwritable`, `cancelled`
 */
export function exportDataset(format: Format, options: Export): Promise<Exported> {
  return EXPORTERS[format](options);
}
