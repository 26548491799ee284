import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** One answer as a client between the program and the gateway sees it; times are epoch milliseconds. */
export type CountedAnswer = { readonly version: 'v1' | 'v2'; readonly answeredAtMs: number };

/** A reverse proxy in front of a gateway that counts every answer by the version in its page, in the order of the requests. */
export async function startCountingGateway(gateway: string) {
  const answers: (CountedAnswer | undefined)[] = [];
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(gateway);
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const at = answers.push(undefined) - 1;
    const { method, url, headers } = incoming;
    const upstream = request({ hostname, port, method, path: url, headers, agent });
    upstream.on('error', () => response.destroy());
    incoming.pipe(upstream);
    const [answer] = await once(upstream, 'response');
    const page = await text(answer);
    response.writeHead(answer.statusCode, answer.headers).end(page);
    answers[at] = { version: versionIn(page), answeredAtMs: Date.now() };
  };
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Every answer so far; undefined where a request is still open, or failed. */
    answers: answers as readonly (CountedAnswer | undefined)[],
    stop: async () => {
      server.closeAllConnections();
      agent.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A client of its own that asks for the page over and over, with nothing of ours in it, and counts the answers. */
export function startCountingClient(gateway: string) {
  const answers: CountedAnswer[] = [];
  const agent = new Agent({ keepAlive: true });
  let isOver = false;
  const asking = (async () => {
    while (!isOver) {
      const asked = request(gateway, { agent });
      asked.end();
      const [answer] = await once(asked, 'response');
      answers.push({ version: versionIn(await text(answer)), answeredAtMs: Date.now() });
      await new Promise(resolve => setTimeout(resolve, 10));
    }
    agent.destroy();
  })();
  return {
    answers: answers as readonly CountedAnswer[],
    stop: async () => {
      isOver = true;
      await asking;
    },
  };
}

function versionIn(page: string): CountedAnswer['version'] {
  return page.includes('v2') ? 'v2' : 'v1';
}
