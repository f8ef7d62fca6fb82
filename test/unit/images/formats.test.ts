import { describe, expect, it } from 'vitest';
import { browserShows, isImagePath } from '../../../src/images/formats';

describe('file names', () => {
  it.each(['a.jpg', 'A.JPEG', '/x.y/b.Tif', 'c.tiff', 'd.bmp', 'e.webp', 'f.gif', 'g.avif', 'C:\\x\\h.PNG'])('%s is an image', (path) => {
    expect(isImagePath(path)).toBe(true);
    expect(browserShows(path)).toBe(!/tiff?$/i.test(path));
  });

  it.each(['jpg', 'a.txt', 'a.jpg/readme', 'a.jpg.zip', 'a.', '', 'x.svg'])('%j is none', (path) => {
    expect(isImagePath(path)).toBe(false);
    expect(browserShows(path)).toBe(false);
  });
});
