import { Agent } from 'node:http';
import type { Socket } from 'node:net';

/** Keeps connections to pods, and says of each by which loopback port it leaves. */
export class UpstreamAgent extends Agent {
  readonly #connectFrom: (loopbackPort: number) => () => void;

  constructor(connectFrom: (loopbackPort: number) => () => void) {
    super({ keepAlive: true, maxFreeSockets: 1_024 });
    this.#connectFrom = connectFrom;
  }

  override createConnection(...args: Parameters<Agent['createConnection']>) {
    const connection = super.createConnection(...args) as Socket | null | undefined;
    connection?.once('connect', () => {
      connection.once('close', this.#connectFrom(connection.localPort ?? 0));
    });
    return connection;
  }
}
