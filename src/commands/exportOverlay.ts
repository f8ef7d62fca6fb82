import type { ActiveSmear } from '../editor/activeSmear';
import { savePicture } from '../editor/saveFile';

/** Writes the picture as it is on show, with its overlay and a caption, to a file that the reviewer names. */
export async function exportOverlay(active: ActiveSmear): Promise<void> {
  const { surface, exportPicture } = active.page;
  const { uri } = surface.current;
  const { png, name } = await exportPicture('overlay');
  await savePicture('Export overlay', uri, name, 'png', new Uint8Array(png));
}
