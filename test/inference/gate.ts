/** Where the fake engine's runs report and wait: a test sees a run begin, lets it go on, and sees it die. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface Arrival {
  readonly name: string;
  /** Lets the run go on. */
  readonly release: () => void;
  /** Resolves when the run's end of the connection is gone: released, or its process dead. */
  readonly gone: Promise<unknown>;
}

export class Gate {
  /** Every run that came, in order. */
  readonly names: string[] = [];
  private readonly arrivals: Arrival[] = [];
  private readonly waiting: ((arrival: Arrival) => void)[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => void this.welcome(socket));
  }

  static async open(): Promise<Gate> {
    const gate = new Gate(createServer());
    gate.server.listen(0, '127.0.0.1');
    await once(gate.server, 'listening');
    return gate;
  }

  /** The `model.path` of a run that comes here under `name` and behaves as `how`. */
  path(how: 'wait' | 'block', name: string): string {
    return `${how}|${(this.server.address() as AddressInfo).port}|${name}`;
  }

  /** The next run that comes; each is given out once. */
  next(): Promise<Arrival> {
    const arrival = this.arrivals.shift();
    return arrival ? Promise.resolve(arrival) : new Promise((resolve) => this.waiting.push(resolve));
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private async welcome(socket: Socket): Promise<void> {
    this.sockets.add(socket);
    // A killed process resets its connection; 'close' tells.
    socket.on('error', () => undefined);
    const gone = new Promise((resolve) => socket.on('close', resolve));
    const [data] = (await once(socket, 'data')) as [Buffer];
    const arrival = { name: data.toString().trim(), release: () => void socket.end(), gone };
    this.names.push(arrival.name);
    const waiting = this.waiting.shift();
    if (waiting) waiting(arrival);
    else this.arrivals.push(arrival);
  }
}
