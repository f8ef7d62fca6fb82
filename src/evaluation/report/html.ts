/**
 * The report as a page, in its two homes: a file without network access, and a webview. Both have the same content and script. The script
 * fills what has an id; the structure (landmarks, headings, their order) is read here.
 */
import { createHash } from 'node:crypto';
import type { ReportData } from './types';

/** The bundle's text (dist/webview/report.js and report.css). */
export interface ReportAssets {
  readonly script: string;
  readonly style: string;
}

/** Where a webview serves the bundle. */
export interface ReportPageOptions {
  /** `webview.cspSource`: the origin of {@link script} and {@link style}. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  /** Fresh for every page. */
  readonly nonce: string;
}

/**
 * The report as one HTML file that needs no other file and no network: its policy allows its own script and style, by their hashes, and
 * pictures within the file.
 */
export function reportHtml(data: ReportData, { script, style }: ReportAssets): string {
  const [inScript, inStyle] = [closed(script, 'script'), closed(style, 'style')];
  return page(data, {
    policy: `default-src 'none'; script-src ${hash(inScript)}; style-src ${hash(inStyle)}; img-src data:; base-uri 'none'; form-action 'none'`,
    head: `<style>${inStyle}</style>`,
    script: `<script>${inScript}</script>`,
  });
}

/** The report as a webview's page. */
export function reportPage(data: ReportData, { cspSource, script, style, nonce }: ReportPageOptions): string {
  return page(data, {
    policy: `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}; img-src data:; base-uri 'none'; form-action 'none'`,
    head: `<link rel="stylesheet" href="${style}">`,
    script: `<script nonce="${nonce}" src="${script}"></script>`,
  });
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** A script or style whose text cannot end its element early, nor open a comment. Within a string, '<\/' means '</'. */
function closed(text: string, tag: string): string {
  return text.replace(new RegExp(`<(?=/${tag}|!--)`, 'gi'), (bracket) => `${bracket}\\`);
}

const DATA = /<script type="application\/json" id="report-data">([^<]*)<\/script>/;

/** The data of a report that was written as a file; undefined where it is none. */
export function reportDataOf(html: string): ReportData | undefined {
  const found = DATA.exec(html)?.[1];
  return found === undefined ? undefined : (JSON.parse(found) as ReportData);
}

/** JSON that no HTML parser takes for markup: it holds no '<'. */
function json(data: ReportData): string {
  return JSON.stringify(data).replace(/</g, '\\u003c').replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029');
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

interface PageParts {
  readonly policy: string;
  readonly head: string;
  readonly script: string;
}

function page(data: ReportData, { policy, head, script }: PageParts): string {
  const { result, run } = data;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escapeHtml(run.title)}: SmearLens evaluation</title>
  ${head}
</head>
<body>
  <main>
    <section id="leakage" aria-labelledby="leakage-summary" data-finding="${result.leakage.groupDisjoint}">
      <p id="leakage-summary">${escapeHtml(result.leakage.summary)}</p>
      <details id="leakage-details"><summary>What was looked for, and found</summary><div id="leakage-findings"></div></details>
    </section>
    <header>
      <h1>Evaluation of ${escapeHtml(run.title)}</h1>
      <p id="run"></p>
      <p id="research-use">${escapeHtml(result.researchUse)}</p>
      <noscript><p>This report needs JavaScript. The figures are also in metrics.json beside it.</p></noscript>
    </header>
    <section aria-labelledby="models-heading">
      <h2 id="models-heading">Models</h2>
      <div id="models"></div>
      <details id="comparisons" hidden><summary>Any two models compared</summary><div id="comparison-rows"></div></details>
    </section>
    <section aria-labelledby="model-heading" id="model">
      <h2 id="model-heading">One model in detail</h2>
      <div id="model-choice"></div>
      <div id="figures"></div>
      <div class="side-by-side">
        <div>
          <section aria-labelledby="confusion-heading"><h3 id="confusion-heading">Confusion matrix</h3><div id="confusion"></div></section>
          <section aria-labelledby="classes-heading"><h3 id="classes-heading">Each class against the rest</h3><div id="per-class"></div></section>
        </div>
        <section aria-labelledby="adjust-heading" id="adjust"><h3 id="adjust-heading">Other thresholds</h3><div id="thresholds"></div></section>
      </div>
      <div class="charts">
        <section aria-labelledby="roc-heading"><h3 id="roc-heading">ROC, one against the rest</h3><div id="roc"></div></section>
        <section aria-labelledby="pr-heading"><h3 id="pr-heading">Precision and recall</h3><div id="pr"></div></section>
        <section aria-labelledby="reliability-heading"><h3 id="reliability-heading">Reliability</h3><div id="reliability"></div></section>
        <section aria-labelledby="coverage-heading"><h3 id="coverage-heading">Coverage and accuracy</h3><div id="coverage"></div></section>
      </div>
    </section>
    <section aria-labelledby="images-heading" id="images-section">
      <h2 id="images-heading">Images</h2>
      <div id="image-filters"></div>
      <div id="images"></div>
      <div id="image-detail" hidden></div>
    </section>
    <section aria-labelledby="unreadable-heading" id="unreadable" hidden><h2 id="unreadable-heading">Unreadable images</h2><div id="unreadable-rows"></div></section>
    <section aria-labelledby="mapping-heading"><h2 id="mapping-heading">Class names</h2><div id="mapping"></div></section>
    <section aria-labelledby="methods-heading"><h2 id="methods-heading">Methods</h2><div id="methods"></div></section>
  </main>
  <script type="application/json" id="report-data">${json(data)}</script>
  ${script}
</body>
</html>`;
}
