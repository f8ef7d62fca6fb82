import { page, type PageOptions } from './pageFrame';

export interface SheetPageOptions extends PageOptions {
  readonly heading: string;
  /** It can be saved as a picture, too. */
  readonly hasPng: boolean;
}

/** The page of a sheet, with a policy as strict as the editor's; the drawing comes as a message. Without 'vscode'. */
export function sheetPage({ heading, hasPng, ...options }: SheetPageOptions): string {
  return page(options, { title: `SmearLens: ${heading}`, images: 'blob:', body: `<body>
  <main>
    <h1>${heading}</h1>
    <div id="save">
      <vscode-button id="save-svg" data-format="svg">Save as SVG</vscode-button>
      ${hasPng ? '<vscode-button id="save-png" data-format="png" appearance="secondary">Save as PNG</vscode-button>' : ''}
    </div>
    <img id="sheet" alt="">
  </main>` });
}
