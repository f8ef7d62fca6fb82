/** Composition root of the inference process, dist/inference.js: one bundle for its main thread and its worker thread. */
import './inference/noTelemetry';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { ExplainEngine } from './explain/engine';
import { preparation } from './inference/prepare';
import { serveParent } from './inference/process';
import { runWorker } from './inference/worker';

if (isMainThread) serveParent(preparation, () => new Worker(__filename));
else if (parentPort) runWorker(parentPort, (options) => new ExplainEngine(options));
