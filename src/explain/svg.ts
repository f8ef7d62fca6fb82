/** The few SVG elements that a figure is made of. Pure: a caller puts the strings together. */

/** Width of a letter in parts of the text's size, on the safe side for sans-serif faces: there is nothing here to measure with. */
const LETTER = 0.56;

const FONT = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

export interface TextStyle {
  readonly size: number;
  readonly bold?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly colour?: string;
}

/** @param y of the base line */
export function text(x: number, y: number, content: string, { size, bold = false, anchor = 'start', colour = '#101010' }: TextStyle): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}"${bold ? ' font-weight="bold"' : ''}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`} fill="${colour}">${escape(content)}</text>`;
}

/** A picture, stretched to its place. @param title what it shows */
export function image(x: number, y: number, width: number, height: number, uri: string, title: string): string {
  return `<image x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" preserveAspectRatio="none" href="${escape(uri)}"><title>${escape(title)}</title></image>`;
}

export function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${fill}"/>`;
}

/** A whole drawing on white. @param title what it shows, for whoever cannot see it */
export function drawing(width: number, height: number, title: string, parts: readonly string[]): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" font-family="${FONT}" role="img"><title>${escape(title)}</title>${rectangle(0, 0, w, h, '#ffffff')}${parts.join('')}</svg>\n`;
}

/** Breaks a text between words, and a word that is too long inside, so that no line is wider than `width`. */
export function wrap(content: string, width: number, size: number): string[] {
  const most = Math.max(1, Math.floor(width / (size * LETTER)));
  const broken: string[] = [];
  let line = '';
  for (const word of content.split(/\s+/).flatMap((whole) => pieces(whole, most))) {
    const longer = line ? `${line} ${word}` : word;
    if (line && longer.length > most) {
      broken.push(line);
      line = word;
    } else line = longer;
  }
  return [...broken, line];
}

function pieces(word: string, most: number): string[] {
  const letters = [...word];
  return Array.from({ length: Math.max(1, Math.ceil(letters.length / most)) }, (_, i) => letters.slice(i * most, (i + 1) * most).join(''));
}

/** Characters that XML 1.0 does not allow, which a file name may hold, become a question mark. */
function escape(content: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return content.replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '?').replace(/[&<>"]/g, (character) => entities[character] ?? character);
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
