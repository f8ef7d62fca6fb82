import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SmearLensError } from '../../../src/errors';
import { readPredictions, writePredictionRows, writePredictions } from '../../../src/evaluation/predictionsCsv';
import type { PredictionSet } from '../../../src/evaluation/types';
import { setOf } from './metrics/sets';

const folder = mkdtempSync(join(tmpdir(), 'smearlens-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'predictions.csv');

function read(text: string | Buffer): Promise<PredictionSet> {
  writeFileSync(file, text);
  return readPredictions(file);
}

async function refusal(text: string): Promise<string> {
  const error: unknown = await read(text).then(() => undefined, (e: unknown) => e);
  expect(error).toBeInstanceOf(SmearLensError);
  const { code, message, hint } = error as SmearLensError;
  expect([code, message.startsWith(file), hint.length > 10]).toEqual(['input-invalid', true, true]);
  return message.slice(file.length);
}

describe('readPredictions', () => {
  it('takes classes from the p: columns, ignores other columns, and sorts by code units', async () => {
    const set = await read('note,p:Pre-B,path,label,p:Benign,predicted\nx,0.25,b.png,Benign,0.75,nonsense\n,1,B.png,Pre-B,0,\n"q,""r""",5e-1,é.png,Benign,.5,Benign\n');
    expect(set.classes.map((c) => c.id)).toEqual(['Pre-B', 'Benign']);
    expect(set.groupSource).toBe('none');
    expect(set.rows).toEqual([
      { path: 'B.png', sha256: '', label: 0, predicted: 0, probabilities: [1, 0] },
      { path: 'b.png', sha256: '', label: 1, predicted: 1, probabilities: [0.25, 0.75] },
      { path: 'é.png', sha256: '', label: 1, predicted: 0, probabilities: [0.5, 0.5] },
    ]);
  });

  it('reads byte order marks, CRLF, quotes, line breaks in cells, empty lines and Unicode', async () => {
    const { rows, classes } = await read('\uFEFFpath,label,p:Früh,"p:a, b"\r\n"dir/ä ""x"", 1.png",Fru\u0308h,0.5,0.5\r\n\r\n"two\r\nlines.png","a, b",0,1\r\n');
    expect(classes.map((c) => c.id)).toEqual(['Früh', 'a, b']);
    expect(rows.map((row) => [row.path, row.label])).toEqual([['dir/ä "x", 1.png', 0], ['two\r\nlines.png', 1]]);
  });

  it('reads groups and where they come from', async () => {
    const table = (...cells: string[]): string => `path,label,p:A,group,groupSource\n${cells.map((c, i) => `${i},A,1,${c}\n`).join('')}`;
    const read3 = async (...cells: string[]): Promise<unknown[]> => {
      const { groupSource, rows } = await read(table(...cells));
      return [groupSource, ...rows.map((row) => row.group)];
    };
    expect(await read3('g1,given', 'g2,given', ',')).toEqual(['given', 'g1', 'g2', undefined]);
    expect(await read3('g1,', 'g2,file-run')).toEqual(['file-run', 'g1', 'g2']);
    expect(await read3('g1,none', ',none')).toEqual(['none', undefined, undefined]);
    expect((await read('path,label,p:A,group\na,A,1,g\n')).groupSource).toBe('given');
  });

  it('takes NaN and empty scores as NaN', async () => {
    const { rows } = await read('path,label,p:A,p:B\na,A,NaN,0.25\nb,A,,nan\nc,B,0.5,0.5\n');
    expect(rows.map((row) => [row.probabilities, row.predicted])).toEqual([[[NaN, 0.25], 1], [[NaN, NaN], -1], [[0.5, 0.5], 0]]);
  });

  it.each([
    ['', ': is empty.'],
    ['path,label,p:A\n', ': has no rows below its header.'],
    ['path;label;p:A\n', ", line 1: there is no column 'path'."],
    ['path,p:A\na,1\n', ", line 1: there is no column 'label'."],
    ['path,label,A\na,A,1\n', ", line 1: there is no column 'p:<class>'."],
    ['path,label,p:\na,A,1\n', ", line 1: a column 'p:' names no class."],
    ['path,label,p:A,p:A\na,A,0,1\n', ", line 1: the column 'p:A' stands there twice."],
    ['path,label,p:A\na,A,1\nb,C,1\n', ", line 3: the label 'C' is no class of this table."],
    ['path,label,p:A\n,A,1\n', ', line 2: the path is empty.'],
    ['path,label,p:A\na,A,x\n', ", line 2: 'x' in column p:A is no number."],
    ['path,label,p:A\na,A,0x1\n', ", line 2: '0x1' in column p:A is no number."],
    ['path,label,p:A,p:B\na,A,-2,3\n', ', line 2: -2 in column p:A is no probability.'],
    ['path,label,p:A,p:B\na,A,0.5,0.25\n', ', line 2: the probabilities sum to 0.75, and not to 1.'],
    ['path,label,p:A\na,A,1\n\nb,A,1\na,A,1\n', ", line 5: 'a' stands in line 2 already."],
    ['path,label,p:A,group,groupSource\na,A,1,g,guess\n', ", line 2: the groupSource 'guess' is unknown."],
  ])('refuses %j', async (text, message) => expect(await refusal(text)).toBe(message));

  it('refuses what is no table, and a file that is not there', async () => {
    expect(await refusal('path,label,p:A\n"a,A,1\n')).toContain(': cannot be read as a table');
    await expect(readPredictions(join(folder, 'absent.csv'))).rejects.toMatchObject({ code: 'input-invalid', message: expect.stringContaining('ENOENT') as string });
  });
});

describe('writePredictions', () => {
  const set = setOf([0, 1, 1], [[1 / 3, 2 / 3], [1e-7, 1 - 1e-7], [null, null]], ['patient, "1"', undefined, 'ü']);
  const scrambled = { ...set, rows: [set.rows[2], set.rows[0], { ...set.rows[1], path: 'Z ä,b.png', sha256: 'ab' }] };

  it('writes 17 digits, sorted, and reads them back to the bit', async () => {
    await writePredictions(scrambled, file);
    const text = readFileSync(file, 'utf8');
    expect(text.split('\n')).toEqual([
      'path,sha256,label,predicted,p:A,p:B,group,groupSource',
      '"Z ä,b.png",ab,B,B,9.9999999999999995e-8,0.99999990000000005,,none',
      'a000,,A,B,0.33333333333333331,0.66666666666666663,"patient, ""1""",given',
      'a002,,B,,NaN,NaN,ü,given',
      '',
    ]);
    const again = await readPredictions(file);
    expect(again).toEqual({ ...scrambled, rows: [scrambled.rows[2], scrambled.rows[1], scrambled.rows[0]].map(({ group, ...row }) => (group === undefined ? row : { ...row, group })) });
    await writePredictions(again, file);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('writes rows as they come, without groups where there are none, and nothing else stays', async () => {
    async function* rows(): AsyncGenerator<PredictionSet['rows'][number]> {
      yield* scrambled.rows;
    }
    await writePredictionRows({ ...set, groupSource: 'none', rows: rows() }, file);
    expect(readFileSync(file, 'utf8').split('\n').map((line) => line.slice(0, 4))).toEqual(['path', 'a002', 'a000', '"Z ä', '']);
    expect(readFileSync(file, 'utf8')).not.toContain('group');
    expect(readdirSync(folder)).toEqual(['predictions.csv']);
  });

  it('leaves the file that was there if it cannot finish, and names one that cannot be written', async () => {
    await writePredictions(set, file);
    const before = readFileSync(file, 'utf8');
    async function* broken(): AsyncGenerator<never> {
      throw new Error('the source broke');
    }
    await expect(writePredictionRows({ ...set, rows: broken() }, file)).rejects.toThrow('the source broke');
    expect([readFileSync(file, 'utf8') === before, readdirSync(folder)]).toEqual([true, ['predictions.csv']]);
    await expect(writePredictions(set, join(file, 'below-a-file.csv'))).rejects.toMatchObject({ code: 'output-unwritable' });
  });
});
