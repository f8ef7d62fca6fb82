import type { PageOptions } from './html';

export interface SheetPageOptions extends PageOptions {
  readonly heading: string;
  /** It can be saved as a picture, too. */
  readonly hasPng: boolean;
}

/** The page of a sheet, with a policy as strict as the editor's; the drawing comes as a message. Without 'vscode'. */
export function sheetPage({ cspSource, script, style, nonce, heading, hasPng }: SheetPageOptions): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource} 'nonce-${nonce}'; img-src blob:; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta property="csp-nonce" content="${nonce}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${style}">
  <title>SmearLens: ${heading}</title>
</head>
<body>
  <main>
    <h1>${heading}</h1>
    <div id="save">
      <vscode-button id="save-svg" data-format="svg">Save as SVG</vscode-button>
      ${hasPng ? '<vscode-button id="save-png" data-format="png" appearance="secondary">Save as PNG</vscode-button>' : ''}
    </div>
    <img id="sheet" alt="">
  </main>
  <script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
