/** The command line: the contact sheet. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rasterise, requireFonts } from '../../src/explain/rasterise';
import { CommandLine, plain } from './commandLine';

const cli = new CommandLine();
beforeAll(() => cli.drawImage());
afterAll(() => cli.dispose());

describe('explain --sheet', () => {
  it('writes a drawing with the smear and a picture of each method and class', async () => {
    const file = cli.at('sheets', 'figure.svg');
    const { status, lines } = await cli.json('explain', cli.image, '--model', plain, '--provider', 'cpu', '--sheet', file);
    expect(status).toBe(0);
    expect(lines).toMatchObject([{ path: cli.image, sheet: file, classes: 4 }]);
    const svg = readFileSync(file, 'utf8');
    const pictures = [...svg.matchAll(/href="data:image\/png;base64,([^"]+)"/g)].map(([, base64]) => Buffer.from(base64, 'base64'));
    expect(pictures.length).toBe(1 + 3 * 4);
    for (const picture of pictures) expect(await sharp(picture).metadata()).toMatchObject({ format: 'png', width: 40, height: 30 });
    expect(svg).toContain(`Score-CAM: exact, ${String(lines[0]['passes'])} passes`);
    expect(svg).toContain('Research use only. Not for diagnosis.');
  });

  it('writes a picture, and goes with --out', async () => {
    const [file, out] = [cli.at('figure.PNG'), cli.at('with-sheet')];
    const { status } = await cli.run('explain', cli.image, '--model', plain, '--out', out, '--sheet', file);
    expect([status, existsSync(`${out}/maps.json`)]).toEqual([0, true]);
    const { format, width = 0, height = 0 } = await sharp(file).metadata();
    expect([format, width > 1500, height > 1000]).toEqual(['png', true, true]);
  });

  it('says before it computes that there are no fonts, or that the file has another format', async () => {
    const fonts = cli.at('fonts.conf');
    writeFileSync(fonts, '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>/nonexistent</dir></fontconfig>');
    process.env['FONTCONFIG_FILE'] = fonts;
    const bare = await cli.json('explain', cli.image, '--model', plain, '--sheet', cli.at('bare.png')).finally(() => delete process.env['FONTCONFIG_FILE']);
    expect([bare.status, bare.lines[0].error?.code, existsSync(cli.at('bare.png'))]).toEqual([1, 'output-unwritable', false]);
    expect(bare.lines[0].error?.message).toContain('no fonts');
    const { status, lines } = await cli.json('explain', cli.image, '--model', plain, '--sheet', cli.at('figure.pdf'));
    expect([status, lines[0].error?.code, lines[0].error?.message.includes('figure.pdf')]).toEqual([1, 'output-unwritable', true]);
  });

  it('needs an image, or a tensor', async () => {
    const { status, stderr } = await cli.run('explain', '--model', plain, '--sheet', cli.at('figure.svg'));
    expect([status, stderr.includes('--sheet needs an image')]).toEqual([2, true]);
  });
});

describe('rasterise', () => {
  it('draws two pixels for each unit, text included', async () => {
    await requireFonts('here');
    const png = await rasterise('<svg xmlns="http://www.w3.org/2000/svg" width="50" height="30"><text x="5" y="25" font-size="20">W</text></svg>');
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, data.some((value) => value < 50), data[0]]).toEqual([100, 60, true, 255]);
  });
});
