/** Open sessions by what they were opened for, the least recently used released first: a session holds its weights. */
import type { ProviderName } from '../protocol/analysis';

export interface SessionKey {
  /** What tells the model, in the present state of its files, from every other. */
  readonly model: string;
  readonly provider: ProviderName;
  /** What the session computes, e.g. the layer that it explains. */
  readonly purpose: string;
}

export class SessionCache<T> {
  /** In order of last use, the latest last. */
  private readonly sessions = new Map<string, Promise<T>>();

  /**
   * @param capacity how many stay open; what `get` gave stays open until so many others were got after it
   * @param release closes one
   */
  constructor(
    private readonly capacity: number,
    private readonly release: (session: T) => Promise<void>,
  ) {}

  /** The session under `key`, opened if need be. A failure to open is passed on and not remembered. */
  async get(key: SessionKey, open: () => Promise<T>): Promise<T> {
    const name = JSON.stringify([key.model, key.provider, key.purpose]);
    const session = this.sessions.get(name) ?? open();
    this.sessions.delete(name);
    this.sessions.set(name, session);
    try {
      await session;
    } catch (thrown) {
      if (this.sessions.get(name) === session) this.sessions.delete(name);
      throw thrown;
    }
    await this.evict();
    return session;
  }

  async dispose(): Promise<void> {
    await this.evict(0);
  }

  private async evict(keep: number = this.capacity): Promise<void> {
    while (this.sessions.size > keep) {
      const [oldest] = this.sessions;
      if (!oldest) return;
      const [name, session] = oldest;
      this.sessions.delete(name);
      // One that never opened needs no release; who asked for it has the error.
      await session.then(this.release, () => undefined);
    }
  }
}
