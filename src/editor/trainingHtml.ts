import { page, type PageOptions } from './pageFrame';

/** The page of a training; what it shows comes as messages. Without 'vscode'. */
export function trainingPage(options: PageOptions): string {
  return page(options, { title: 'SmearLens: training', images: 'data:', body: `<body>
  <main>
    <header>
      <h1 id="title"></h1>
      <p id="research-use"></p>
    </header>
    <section aria-labelledby="state-heading">
      <h2 id="state-heading">Training</h2>
      <p id="status" role="status"></p>
      <progress id="progress" aria-labelledby="status" hidden></progress>
      <p id="stopping"><button type="button" id="stop" class="secondary"></button></p>
      <ul id="plan"></ul>
    </section>
    <section id="curves" aria-labelledby="curves-heading" hidden>
      <h2 id="curves-heading">Loss and accuracy</h2>
      <p id="latest" class="readout"></p>
      <div id="legend"></div>
      <div class="charts">
        <section aria-labelledby="loss-heading"><h3 id="loss-heading">Loss</h3><div id="loss"></div></section>
        <section aria-labelledby="accuracy-heading"><h3 id="accuracy-heading">Accuracy</h3><div id="accuracy"></div></section>
      </div>
      <div id="table"></div>
    </section>
    <section id="result" aria-labelledby="result-heading" hidden>
      <h2 id="result-heading">The new model</h2>
      <p id="about"></p>
      <div id="actions">
        <button type="button" id="use" class="primary">Use This Model</button>
        <button type="button" id="rank" class="secondary">Rank Review Queue With It</button>
        <button type="button" id="open" class="secondary">Open Folder</button>
      </div>
      <div id="figures"></div>
      <h3>Confusion matrix</h3>
      <div id="confusion"></div>
      <h3>Each class</h3>
      <div id="per-class"></div>
    </section>
  </main>` });
}
