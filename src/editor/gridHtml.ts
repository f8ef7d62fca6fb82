import { page, type PageOptions } from './pageFrame';
import { QUEUE_STATES } from '../protocol/queue';

/** The page of the review queue's grid. Without 'vscode'. */
export function gridPage(options: PageOptions): string {
  const states = Object.entries(QUEUE_STATES).map(([state, name]) => `<option value="${state}">${name}</option>`).join('');
  return page(options, { title: 'SmearLens review queue', images: `${options.cspSource} blob:`, body: `<body>
  <main>
    <h1 class="for-screen-readers">Review queue</h1>
    <div id="bar" role="toolbar" aria-label="Queue">
      <label>Order <select id="order"></select></label>
      <label>State <select id="state"><option value="">All</option>${states}</select></label>
      <label>Label <select id="label"></select></label>
      <label>Size <input id="size" type="range" min="96" max="320" step="16" value="160"></label>
      <span id="count"></span>
    </div>
    <div id="grid" role="listbox" aria-multiselectable="true" aria-label="Images" tabindex="0"></div>
    <p id="empty" hidden></p>
    <div id="keys" class="key-buttons" role="toolbar" aria-label="Label what is selected">
      <span id="classes"></span>
      <span id="news" role="status"></span>
      <span id="help">Arrows move, Space selects, Shift extends, Ctrl+A takes all, Enter opens, Z takes back</span>
    </div>
    <p id="research-use"></p>
  </main>` });
}
