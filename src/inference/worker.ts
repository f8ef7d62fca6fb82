/**
 * The worker thread's side: it owns the engine and with it every session. onnxruntime-node's `session.run` is
 * synchronous, so this thread hears nothing while a model runs; cancelling is the business of the threads around it.
 */
import type { MessagePort } from 'node:worker_threads';
import { toErrorInfo } from '../errors';
import type { FromEngineThread, LogLevel, RemoteEngine, ToEngineThread } from './engineThread';

/** Answers the calls that come through `port`, which the main thread sends one at a time. */
export function runWorker(port: MessagePort, createEngine: (options: { log(level: LogLevel, text: string): void }) => RemoteEngine): void {
  const post = (message: FromEngineThread): void => port.postMessage(message);
  const engine = createEngine({ log: (level, text) => post({ kind: 'log', level, text }) });
  port.on('message', (call: ToEngineThread) => void answer(engine, call).then(post));
  post({ kind: 'ready' });
}

async function answer(engine: RemoteEngine, call: ToEngineThread): Promise<FromEngineThread> {
  try {
    return { kind: 'value', id: call.id, value: await invoke(engine, call) };
  } catch (thrown) {
    return { kind: 'error', id: call.id, error: toErrorInfo(thrown) };
  }
}

function invoke(engine: RemoteEngine, call: ToEngineThread): ReturnType<RemoteEngine[ToEngineThread['method']]> {
  switch (call.method) {
    case 'analyse':
      return engine.analyse(...call.args);
    case 'describe':
      return engine.describe(...call.args);
    case 'layers':
      return engine.layers(...call.args);
    case 'doctor':
      return engine.doctor(...call.args);
  }
}
