import { BlockList, isIP } from 'node:net';

/**
 * The proxy for a server, as kubectl chooses it: the kubeconfig's `proxy-url`, which wins over everything, else what
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say by the rules of Go's net/http. Undefined where the server is reached directly.
 *
 * @throws TypeError where a proxy's address is no URL.
 */
export function chooseProxy(
  server: URL,
  proxyUrl: string | undefined,
  env: NodeJS.ProcessEnv,
): URL | undefined {
  if (proxyUrl) return new URL(proxyUrl);
  const wanted = variable(env, server.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (wanted === '' || isDirect(server, variable(env, 'NO_PROXY'))) return undefined;
  return readProxy(wanted);
}

/** An address without a scheme is a proxy that speaks HTTP. */
function readProxy(address: string): URL {
  const hasScheme = /^(https?|socks5h?):\/\//i.test(address);
  return new URL(hasScheme ? address : `http://${address}`);
}

function variable(env: NodeJS.ProcessEnv, name: string): string {
  return env[name] || env[name.toLowerCase()] || '';
}

/** Whether a server is reached without a proxy: this machine always is, others where `NO_PROXY` names them. */
export function isDirect(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isLoopback(host)) return true;
  return noProxy.split(',').some(entry => namesServer(entry.trim().toLowerCase(), host, port));
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return false;
  const loopback = new BlockList();
  loopback.addSubnet('127.0.0.0', 8, 'ipv4');
  loopback.addAddress('::1', 'ipv6');
  return loopback.check(host, familyName(family));
}

/** Whether an entry of `NO_PROXY` names the server: `*`, a network, an address or a domain, the latter two also with a port. */
function namesServer(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const network = readNetwork(entry);
  if (network) return isIP(host) !== 0 && network.check(host, familyName(isIP(host)));
  const { name, only } = splitPort(entry);
  if (name === '' || (only !== '' && only !== port)) return false;
  if (isIP(name) !== 0) return isIP(host) === isIP(name) && normalised(host) === normalised(name);
  const suffix = name.replace(/^\*(?=\.)/, '');
  return suffix.startsWith('.') ? host.endsWith(suffix) : host === suffix || host.endsWith(`.${suffix}`);
}

function readNetwork(entry: string): BlockList | undefined {
  const [, address = '', prefix = ''] = /^([^/]+)\/(\d+)$/.exec(entry) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(prefix) > (family === 4 ? 32 : 128)) return undefined;
  const network = new BlockList();
  network.addSubnet(address, Number(prefix), familyName(family));
  return network;
}

/** A name and the port that it is limited to. A bare IPv6 address has colons and no port. */
function splitPort(entry: string): { readonly name: string; readonly only: string } {
  const [, bracketed, plain, only = ''] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(entry) ?? [];
  const name = bracketed ?? plain;
  return name === undefined ? { name: entry.replace(/^\[|\]$/g, ''), only: '' } : { name, only };
}

/** One spelling for each IP address. */
function normalised(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]`).hostname : address;
}

function familyName(family: number): 'ipv4' | 'ipv6' {
  return family === 4 ? 'ipv4' : 'ipv6';
}
