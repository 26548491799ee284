import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { SocksClient } from 'socks';
import { plainText } from '../plain-text.ts';
import { ConnectionFailure } from './connection-failure.ts';

const TUNNEL_DEADLINE_MS = 10_000;
const SOCKS_PORT = 1080;

/**
 * A raw connection to a host through a proxy that speaks HTTP, HTTPS or SOCKS5; the proxy looks the host up.
 *
 * @throws ConnectionFailure that names the proxy, because the server that was asked for is not at fault.
 */
export async function openTunnel(proxy: URL, host: string, port: number): Promise<Socket> {
  const where = `${proxy.protocol}//${plainText(proxy.host, 200)}`;
  const target = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  try {
    switch (proxy.protocol) {
      case 'http:':
      case 'https:':
        return await throughHttp(proxy, target);
      case 'socks5:':
      case 'socks5h:':
        return await throughSocks(proxy, host, port);
      default:
        throw new Error('it speaks neither http, https nor socks5');
    }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const reason = plainText(code === 'ECONNREFUSED' ? 'nothing listens there' : message, 200);
    throw new ConnectionFailure(
      'unreachable',
      `the proxy ${where} gives no way to ${target}: ${reason}`,
      'Check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY.',
    );
  }
}

function throughHttp(proxy: URL, target: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const ask = proxy.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = ask({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...authorization(proxy) },
      agent: false,
      signal: AbortSignal.timeout(TUNNEL_DEADLINE_MS),
    });
    request.once('connect', (response, socket) => {
      if (response.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`it answered ${response.statusCode} ${response.statusMessage ?? ''}`.trim()));
    });
    request.once('response', response => {
      response.destroy();
      reject(new Error(`it answered ${response.statusCode} ${response.statusMessage ?? ''}`.trim()));
    });
    request.once('error', reject);
    request.end();
  });
}

async function throughSocks(proxy: URL, host: string, port: number): Promise<Socket> {
  const { socket } = await SocksClient.createConnection({
    command: 'connect',
    destination: { host, port },
    timeout: TUNNEL_DEADLINE_MS,
    proxy: {
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: Number(proxy.port) || SOCKS_PORT,
      type: 5,
      ...(proxy.username
        ? { userId: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) }
        : {}),
    },
  });
  return socket;
}

function authorization(proxy: URL): Readonly<Record<string, string>> {
  if (!proxy.username) return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
