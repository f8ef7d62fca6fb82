import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vm from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { metricsOf } from '../../../../src/evaluation/metrics/metrics';
import { reportHtml, reportPage } from '../../../../src/evaluation/report/html';
import { reportData } from '../../../../src/evaluation/report/reportData';
import type { ReportData } from '../../../../src/evaluation/report/types';
import { writeReport } from '../../../../src/evaluation/report/writeReport';
import { row, setOf } from './sets';

const HOSTILE = '</script><!--<img src=x onerror=alert(1)>\u2028&"\'.png';

function hostileData(): ReportData {
  const set = setOf(row(HOSTILE, 0, [0.9, 0.1]), row('b.png', 1, [0.2, 0.8]), row('c.png', 1, [NaN, NaN]));
  return reportData({
    result: {
      researchUse: 'Research use only. Not for diagnosis.',
      models: [{ id: 'm', name: 'M', sha256: '', kind: 'model', metrics: metricsOf(set, { resamples: 20 }) }],
      comparisons: [],
      notDistinguishable: [],
      leakage: { summary: HOSTILE, groupDisjoint: 'unknown', exactAcrossSplits: [], nearAcrossSplits: [], groupsAcrossSplits: [], contradictions: [], outsideDomain: {}, notIndependent: [] },
      unreadable: [],
      mapping: {},
    },
    run: { title: HOSTILE, facts: { when: '2026-03-04T09:30:00Z', imagesPerSecond: {} } },
    sets: new Map([['m', set]]),
  });
}

/** The text of the only element of this tag, as an HTML parser delimits it: up to the first end tag. */
function textOf(html: string, opening: string, tag: string): string {
  const from = html.indexOf(opening) + opening.length;
  expect(from).toBeGreaterThan(opening.length);
  return html.slice(from, html.toLowerCase().indexOf(`</${tag}`, from));
}

describe('the report as a file', () => {
  const script = 'const a = "</script><!-- x";';
  const style = 'p::after { content: "</style>"; }';

  it('takes no name for markup, and gives every name back', () => {
    const data = hostileData();
    const html = reportHtml(data, { script, style });
    expect(html).not.toContain('<img');
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(JSON.parse(textOf(html, 'id="report-data">', 'script'))).toEqual(JSON.parse(JSON.stringify(data)));
    expect(data.paths).toContain(HOSTILE);
  });

  it('allows its own script and style, by their hashes, and nothing from elsewhere', () => {
    const html = reportHtml(hostileData(), { script, style });
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).toContain(`script-src ${hash(textOf(html, '<script>', 'script'))};`);
    expect(policy).toContain(`style-src ${hash(textOf(html, '<style>', 'style'))};`);
    expect(policy).not.toMatch(/unsafe|http|\*/);
    // What the escaped script says is what it said.
    expect(vm.runInNewContext(`${textOf(html, '<script>', 'script')} a`)).toBe('</script><!-- x');
  });

  it('says no more than nothing where a model gave no scores', () => {
    expect(hostileData().predictions['m'].probabilities).toEqual([0.9, 0.1, 0.2, 0.8, null, null]);
  });
});

it("has a policy without 'unsafe' in a webview", () => {
  const html = reportPage(hostileData(), { cspSource: 'vscode:', script: 'vscode:/report.js', style: 'vscode:/report.css', nonce: 'n0nce' });
  expect(html).toContain(`script-src 'nonce-n0nce'; style-src vscode:; img-src data:;`);
  expect(html).not.toContain('unsafe');
});

describe('writing the report', () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'report-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('leaves one finished file', async () => {
    fs.writeFileSync(path.join(folder, 'report.js'), 'script();');
    fs.writeFileSync(path.join(folder, 'report.css'), 'p {}');
    const out = path.join(folder, 'out');
    fs.mkdirSync(out);
    const file = await writeReport(out, hostileData(), folder);
    expect(fs.readdirSync(out)).toEqual([path.basename(file)]);
    expect(fs.readFileSync(file, 'utf8')).toContain('<script>script();</script>');
    await expect(writeReport(path.join(file, 'within-a-file'), hostileData(), folder)).rejects.toMatchObject({ code: 'output-unwritable' });
  });

  it('says that the build is incomplete', async () => {
    await expect(writeReport(folder, hostileData(), folder)).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining('report.js') as string });
  });
});
