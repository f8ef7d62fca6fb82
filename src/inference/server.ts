/** The main thread of the inference process: takes calls from the host, has them prepared and run, and answers. */
import { toErrorInfo } from '../errors';
import type { Analysis } from '../protocol/analysis';
import type { CallName, FromInference, InferenceCalls, RenderedImage, ToInference } from '../protocol/inference';
import type { InquiryAnswer } from '../protocol/inquiry';
import type { RemoteEngine } from './engineThread';
import { Pipeline, type Prepared } from './pipeline';

type Call = Extract<ToInference, { kind: 'call' }>;
type Reply = InferenceCalls[CallName]['reply'];

/** What is done to images before (or without) the engine; runs beside it. Both honour the signal at their steps. */
export interface Preparation {
  analyse(
    request: Pick<InferenceCalls['analyse']['request'], 'imagePath' | 'model'>,
    signal: AbortSignal,
  ): Promise<{ image: Analysis['image']; tensor: Float32Array }>;
  render(request: InferenceCalls['render']['request'], signal: AbortSignal): Promise<RenderedImage>;
}

/** The way to the host. */
export interface Channel {
  send(message: FromInference): void;
  onMessage(listener: (message: ToInference) => void): void;
}

/** Serves calls from `channel`. The caller sends `ready` once the engine is. */
export function serve(channel: Channel, preparation: Preparation, engine: RemoteEngine): void {
  const pipeline = new Pipeline<Reply, InquiryAnswer>({
    started: (id) => channel.send({ kind: 'started', id }),
    progress: (id, answer) => channel.send({ kind: 'progress', id, answer }),
    done: (id, reply) => channel.send({ kind: 'reply', id, reply }),
    failed: (id, thrown) => channel.send({ kind: 'error', id, error: toErrorInfo(thrown) }),
    cancelled: (id) => channel.send({ kind: 'cancelled', id }),
  });
  channel.onMessage((message) => {
    if (message.kind === 'cancel') pipeline.cancel(message.id);
    else if (message.kind === 'raise') pipeline.raise(message.id);
    else {
      const { id, priority } = message;
      pipeline.submit({ id, priority, prepare: (signal) => prepare(message, signal, preparation, engine) });
    }
  });
}

async function prepare(
  call: Call,
  signal: AbortSignal,
  preparation: Preparation,
  engine: RemoteEngine,
): Promise<Prepared<Reply, InquiryAnswer>> {
  switch (call.name) {
    case 'analyse': {
      const { model, explain } = call.request;
      const { image, tensor } = await preparation.analyse(call.request, signal);
      return { run: async () => ({ image, ...(await engine.analyse(tensor, model, explain)) }) };
    }
    case 'inquire': {
      const { model, inquiry } = call.request;
      const { tensor } = await preparation.analyse(call.request, signal);
      return { steps: () => engine.inquire(tensor, model, inquiry) };
    }
    case 'render':
      return { reply: await preparation.render(call.request, signal) };
    case 'describe':
      return { run: () => engine.describe(call.request.model) };
    case 'layers':
      return { run: () => engine.layers(call.request.model) };
    case 'doctor':
      return { run: () => engine.doctor(call.request.model) };
  }
}
