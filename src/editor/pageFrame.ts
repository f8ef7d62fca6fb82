/** What the webviews' pages have in common. Without 'vscode', so that tests can load the same pages with the same policy. */

export interface PageOptions {
  /** `webview.cspSource`: the origin of {@link script}, {@link style} and the images. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  /** Fresh for every page. */
  readonly nonce: string;
}

export interface PageContent {
  readonly title: string;
  /** Where pictures come from: `blob:` is for those that the host decoded or drew. */
  readonly images: string;
  /** The body element up to its script and end. */
  readonly body: string;
}

/** A page under a strict policy. `csp-nonce` is where the UI toolkit looks for the nonce of a style element it makes. */
export function page({ cspSource, script, style, nonce }: PageOptions, { title, images, body }: PageContent): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource} 'nonce-${nonce}'; img-src ${images}; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta property="csp-nonce" content="${nonce}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${style}">
  <title>${title}</title>
</head>
${body}
  <script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
