/** Draws the extension's icon, media/icon.png, from media/icon.svg: VS Code takes no SVG there. `node scripts/icon.mjs` */
import * as path from 'node:path';
import sharp from 'sharp';

/** Pixels a side: VS Code shows it at up to 128, on dense screens at twice that. */
const SIDE = 256;
const MEDIA = path.resolve(import.meta.dirname, '../media');

const { size } = await sharp(path.join(MEDIA, 'icon.svg')).resize(SIDE, SIDE).png({ palette: true, quality: 95, effort: 10 }).toFile(path.join(MEDIA, 'icon.png'));
console.log(`media/icon.png: ${SIDE} × ${SIDE}, ${size} bytes`);
