/** The page of an evaluation's report: in VS Code, and as a file by itself. */
import './report.css';
import { byId } from './dom';
import { drawAppendix } from './report/appendix';
import { drawReliability } from './report/calibration';
import { drawComparisons } from './report/comparisons';
import { drawConfusion } from './report/confusion';
import { CoverageChart } from './report/coverage';
import { CurveChart, PRECISION_RECALL, ROC } from './report/curves';
import { data } from './report/data';
import { images as imagesOf } from './report/figures';
import { drawHeadline } from './report/headline';
import { Images } from './report/images';
import { drawLeakage } from './report/leakage';
import { drawModelChoice } from './report/modelChoice';
import { drawModels } from './report/models';
import { drawPerClass } from './report/perClass';
import type { Selection } from './report/selection';
import { ReportState } from './report/state';
import { buildThresholds, drawLive } from './report/thresholds';

const state = new ReportState();
const images = new Images(state);
const select = (selection: Selection): void => images.select(selection);
const curves = [new CurveChart(ROC, state, select), new CurveChart(PRECISION_RECALL, state, select)];
const coverage = new CoverageChart(state);

drawLeakage(data.result.leakage);
drawRun();
drawModels((model) => {
  state.show(model);
  byId('model').scrollIntoView();
});
drawComparisons();
drawModelChoice(state);
drawAppendix();

state.onModel(() => void drawModel());
state.onFigures(drawFigures);
void drawModel().then(() => (document.body.dataset['state'] = 'drawn'));
drawFigures();

function drawRun(): void {
  const { run, paths } = data;
  const { facts } = run;
  const parts = [imagesOf(paths.length), facts ? new Date(facts.when).toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' }) : '', facts?.provider ? `provider ${facts.provider}` : ''];
  byId('run').textContent = parts.filter(Boolean).join(' · ');
}

async function drawModel(): Promise<void> {
  drawHeadline(state);
  buildThresholds(state);
  images.draw();
  await Promise.all([...curves.map((chart) => chart.draw()), drawReliability(state), coverage.draw()]);
  await images.list();
}

function drawFigures(): void {
  drawConfusion(state, select);
  drawPerClass(state);
  drawLive(state);
  for (const chart of [...curves, coverage]) chart.move();
  images.listSoon();
}
