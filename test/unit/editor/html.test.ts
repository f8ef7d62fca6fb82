import { describe, expect, it } from 'vitest';
import { editorPage } from '../../../src/editor/html';
import { sheetPage } from '../../../src/editor/sheetHtml';

const options = { cspSource: 'https://webview.example', script: 'https://webview.example/e.js', style: 'https://webview.example/s.css', nonce: 'n0nce' };

describe.each([['editorPage', editorPage(options)], ['sheetPage', sheetPage({ ...options, heading: 'Contact sheet', hasPng: true })]])('%s', (_, html) => {
  it('allows scripts by nonce and styles by origin, and nothing unsafe', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'nonce-n0nce'");
    expect(policy).toContain("style-src https://webview.example 'nonce-n0nce';");
    expect(policy).not.toContain('unsafe');
  });

  it('carries no inline style, handler or script, which that policy would refuse', () => {
    expect(html).not.toMatch(/<[^>]+\s(style|on\w+)=/i);
    expect(html.match(/<script/g)).toHaveLength(1);
    expect(html).not.toContain('<style');
  });

  it('has every id once, and every label for an element that exists', () => {
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    const referred = [...html.matchAll(/\s(?:for|aria-labelledby)="([^"]+)"/g)].map((match) => match[1]);
    expect(ids).toEqual(expect.arrayContaining(referred));
  });
});
