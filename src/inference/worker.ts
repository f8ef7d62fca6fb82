/**
 * The worker thread's side: it owns the engine and with it every session. onnxruntime-node's `session.run` is
 * synchronous, so this thread hears nothing while a model runs; cancelling is the business of the threads around it.
 */
import type { MessagePort } from 'node:worker_threads';
import { toErrorInfo } from '../errors';
import type { FromEngineThread, InquiryStep, LogLevel, RemoteEngine, ToEngineThread } from './engineThread';

/** Answers the calls that come through `port`, which the main thread sends one at a time. */
export function runWorker(port: MessagePort, createEngine: (options: { log(level: LogLevel, text: string): void }) => RemoteEngine): void {
  const post = (message: FromEngineThread): void => port.postMessage(message);
  const engine = createEngine({ log: (level, text) => post({ kind: 'log', level, text }) });
  const inquiries = new Map<number, ReturnType<RemoteEngine['inquire']>>();
  port.on('message', (call: ToEngineThread) => {
    switch (call.method) {
      case 'inquire':
        return void inquiries.set(call.id, engine.inquire(...call.args));
      case 'next':
        return void answer(call.id, () => nextOf(inquiries, call.id)).then(post);
      case 'return':
        return end(inquiries, call.id);
      default:
        return void answer(call.id, () => invoke(engine, call)).then(post);
    }
  });
  post({ kind: 'ready' });
}

type Value = Extract<FromEngineThread, { kind: 'value' }>['value'];

async function answer(id: number, compute: () => Promise<Value>): Promise<FromEngineThread> {
  try {
    return { kind: 'value', id, value: await compute() };
  } catch (thrown) {
    return { kind: 'error', id, error: toErrorInfo(thrown) };
  }
}

type Inquiries = Map<number, ReturnType<RemoteEngine['inquire']>>;

async function nextOf(inquiries: Inquiries, id: number): Promise<InquiryStep> {
  const inquiry = inquiries.get(id);
  if (!inquiry) throw new Error(`There is no inquiry ${id}.`);
  return inquiry.next();
}

/** Whether it was answered or nobody wants to know any more. */
function end(inquiries: Inquiries, id: number): void {
  // What is returned is of no meaning: an inquiry that is ended early has no answer.
  void inquiries.get(id)?.return(undefined as never);
  inquiries.delete(id);
}

type Single = Exclude<ToEngineThread, { method: 'inquire' | 'next' | 'return' }>;

function invoke(engine: RemoteEngine, call: Single): ReturnType<RemoteEngine[Single['method']]> {
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
