/** The page that the webview starts from. Without 'vscode', so that tests can load the same page with the same policy. */

import { page, type PageOptions } from './pageFrame';

/**
 * The editor's skeleton. The script fills what has an id and creates nothing but table rows and options, so
 * the structure (landmarks, headings, order of the controls) is read here.
 */
export function editorPage(options: PageOptions): string {
  return page(options, { title: 'SmearLens', images: `${options.cspSource} blob:`, body: `<body data-state="loading">
  <main id="stage" aria-label="Smear image">
    <h1 id="title" class="for-screen-readers">SmearLens</h1>
    <div id="viewer"></div>
    <p id="no-image" hidden>This image cannot be shown.</p>
    <div id="picture">
      <img id="image" alt="" draggable="false" crossorigin="anonymous">
      <div id="field" aria-hidden="true">
        <canvas id="overlay"></canvas>
        <svg id="contour" preserveAspectRatio="none" hidden><path class="halo"/><path class="line"/></svg>
      </div>
      <div id="marks" aria-hidden="true"></div>
    </div>
    <div id="regions" class="key-buttons" role="toolbar" aria-label="Regions">
      <button id="region-select" type="button" title="Select a region; again: the next (V)" aria-pressed="true"><kbd>V</kbd>Select</button>
      <button id="region-box" type="button" title="Draw boxes: drag from corner to corner (R)" aria-pressed="false"><kbd>R</kbd>Box</button>
      <button id="region-ellipse" type="button" title="Draw ellipses: drag across the cell (E)" aria-pressed="false"><kbd>E</kbd>Ellipse</button>
      <button id="region-polygon" type="button" title="Draw polygons: click corner by corner; Enter or the first corner closes, Delete takes a corner back, Escape leaves it (G)" aria-pressed="false"><kbd>G</kbd>Polygon</button>
      <button id="region-point" type="button" title="Mark points: click on the cell (T)" aria-pressed="false"><kbd>T</kbd>Point</button>
      <button id="region-delete" type="button" title="Delete the selected region (Delete)"><kbd>Del</kbd>Delete</button>
      <button id="region-toggle" type="button" title="Hide the regions, or show them again (H)" aria-pressed="false"><kbd>H</kbd>Hide</button>
      <span id="region-state" role="status"></span>
    </div>
    <div id="labels" class="key-buttons" role="toolbar" aria-label="Label">
      <span id="label-target" role="status" title="What the keys are about">Image</span>
      <span id="label-classes"></span>
      <button id="label-unsure" type="button" title="I cannot tell (U)" aria-pressed="false"><kbd>U</kbd>Unsure</button>
      <button id="label-note" type="button" title="Write a note (N)"><kbd>N</kbd>Note</button>
      <button id="label-exclude" type="button" title="Leave the image out, or take it back in (X)" aria-pressed="false"><kbd>X</kbd>Exclude</button>
      <button id="label-undo" type="button" title="Take the latest label back (Z)" data-action="undo-label"><kbd>Z</kbd>Undo</button>
      <span id="label-state" role="status"></span>
      <form id="note-editor" hidden><label id="note-label" for="note-text">Note</label><input id="note-text" type="text" autocomplete="off"><span class="hint">Enter saves, Escape leaves it</span></form>
    </div>
    <div id="strip" role="toolbar" aria-label="View">
      <button id="previous" type="button" data-action="previous" title="Previous image" aria-label="Previous image">‹</button>
      <span id="position" hidden></span>
      <button id="next" type="button" data-action="next" title="Next image" aria-label="Next image">›</button>
      <span class="divider"></span>
      <button id="zoom-out" type="button" title="Zoom out" aria-label="Zoom out">−</button>
      <span id="scale"></span>
      <button id="zoom-in" type="button" title="Zoom in" aria-label="Zoom in">+</button>
      <button id="fit" type="button" title="Show the whole image">Fit</button>
      <button id="actual-size" type="button" title="One screen pixel for each image pixel">1:1</button>
      <span id="cursor"></span>
      <span id="file-name"><bdi id="file-name-text"></bdi></span>
      <span id="short-verdict" role="status"></span>
      <button id="toggle-panel" type="button" aria-controls="panel" aria-expanded="true">Analysis</button>
    </div>
  </main>
  <aside id="panel" aria-label="Analysis">
    <p id="review-note" hidden></p>
    <section aria-labelledby="verdict-heading">
      <h2 id="verdict-heading">Verdict</h2>
      <div id="verdict" role="status">
        <div id="progress" hidden><vscode-progress-ring aria-hidden="true"></vscode-progress-ring><span>Analysing…</span></div>
        <p id="verdict-title"></p>
        <p id="verdict-detail"></p>
      </div>
      <div id="failure-actions" hidden>
        <vscode-button id="retry" data-action="retry">Try again</vscode-button>
        <vscode-button id="choose-model" data-action="choose-model" appearance="secondary">Choose model</vscode-button>
        <vscode-button id="show-log" data-action="show-log" appearance="secondary">Show log</vscode-button>
      </div>
    </section>
    <section id="scores" aria-labelledby="scores-heading" hidden>
      <h2 id="scores-heading">Class probabilities</h2>
      <details id="raw-scores"><summary>Raw scores</summary></details>
      <table id="probabilities" aria-labelledby="scores-heading">
        <thead class="for-screen-readers"><tr><th scope="col">Class</th><th scope="col">Probability</th></tr></thead>
        <tbody id="probability-rows"></tbody>
      </table>
      <p id="more-classes" class="note" hidden></p>
    </section>
    <section id="explanation" aria-labelledby="explanation-heading" hidden>
      <h2 id="explanation-heading">Where the model looked</h2>
      <div id="explanation-failure" hidden>
        <p id="explanation-failure-text" class="note"></p>
        <vscode-button data-action="choose-layer" appearance="secondary">Choose layer</vscode-button>
      </div>
      <div id="controls">
        <vscode-radio-group id="overlay-choice" orientation="vertical" aria-label="Overlay"></vscode-radio-group>
        <details id="more-methods"><summary>More methods</summary><vscode-radio-group id="more-choice" orientation="vertical" aria-label="More overlays"></vscode-radio-group></details>
        <div id="inquiry" hidden>
          <p id="inquiry-progress" hidden></p>
          <progress id="inquiry-bar" aria-labelledby="inquiry-progress" hidden></progress>
          <p id="inquiry-result" role="status"></p>
          <button id="inquiry-action" type="button" class="link" hidden></button>
        </div>
        <div class="field"><span id="class-label">For class</span><vscode-dropdown id="class-choice" aria-labelledby="class-label"></vscode-dropdown></div>
        <div class="field layer"><span>Layer</span><span id="layer-name"></span><button id="choose-layer" type="button" class="link" data-action="choose-layer" title="Explain another layer">Change</button></div>
        <vscode-radio-group id="style-choice" orientation="horizontal" aria-label="Shown as"></vscode-radio-group>
        <div class="field"><label for="threshold" id="threshold-label">Hide below</label><input id="threshold" type="range" min="0" max="1" step="0.01"><output id="threshold-value" for="threshold"></output></div>
        <div class="field colours"><label for="opacity">Opacity</label><input id="opacity" type="range" min="0" max="1" step="0.01"><output id="opacity-value" for="opacity"></output></div>
        <div class="field colours"><span id="colour-map-label">Colours</span><vscode-dropdown id="colour-map" aria-labelledby="colour-map-label"></vscode-dropdown></div>
        <div id="legend" class="colours"><span>low</span><canvas id="legend-bar" width="256" height="1" aria-hidden="true"></canvas><span>high</span></div>
      </div>
      <p id="overlay-note" class="note" role="status"></p>
      <p id="agreement-note" class="note" hidden></p>
      <p id="similarity-note" class="note" hidden></p>
      <div id="checks" hidden>
        <h3 id="checks-heading">May I believe this map?</h3>
        <p id="checked-map" class="note" hidden></p>
        <ul id="findings" aria-labelledby="checks-heading"></ul>
        <p id="checks-state" class="note" role="status" hidden></p>
        <button id="check-map" type="button" class="link" title="Removal against matched controls, what the map lies on, changed images, random weights">Check this map</button>
        <button id="check-road" type="button" class="link" title="Removed areas are filled from their neighbours; takes longer" hidden>Check by ROAD as well</button>
        <button id="stop-checks" type="button" class="link" hidden>Stop</button>
      </div>
    </section>
    <div id="results" hidden>
      <vscode-button id="copy-result" data-action="copy-result" appearance="secondary">Copy result</vscode-button>
      <vscode-button id="export-overlay" data-action="export-overlay" appearance="secondary">Export overlay</vscode-button>
      <vscode-button id="contact-sheet" data-action="contact-sheet" appearance="secondary">Contact sheet</vscode-button>
    </div>
    <footer id="small-print"><dl id="facts" hidden></dl></footer>
    <p id="research-use"></p>
  </aside>` });
}
