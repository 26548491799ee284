import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * Behaves as `minikube service --url` does where the driver needs a tunnel: prints one URL for each port of the Service in
 * their order, warns on stderr, and blocks until it is interrupted. Of its three ports the second leads to the gateway.
 */
const script = (folder: string, gatewayPort: number) => `#!${process.execPath}
const net = require('node:net');
const fs = require('node:fs');
fs.appendFileSync(${JSON.stringify(join(folder, 'calls'))}, process.argv.slice(2).join(' ') + '\\n');
const running = ${JSON.stringify(folder)} + '/running-' + process.pid;
fs.writeFileSync(running, '');
const relay = net.createServer(socket => {
  const gateway = net.connect(${gatewayPort}, '127.0.0.1');
  socket.pipe(gateway).pipe(socket);
  socket.on('error', () => gateway.destroy());
  gateway.on('error', () => socket.destroy());
});
relay.listen(0, '127.0.0.1', () => {
  const { port } = relay.address();
  fs.writeFileSync(${JSON.stringify(join(folder, 'port'))}, String(port));
  console.log('http://127.0.0.1:1');
  console.log('http://127.0.0.1:' + port);
  console.log('http://127.0.0.1:2');
  console.error('! Because you are using a Docker driver on darwin, the terminal needs to be open to run it.');
});
process.on('SIGINT', () => {
  fs.rmSync(running);
  process.exit(130);
});
`;

export type FakeMinikube = {
  /** How it was called, each with its arguments. */
  readonly calls: () => Promise<readonly string[]>;
  /** The URL that it printed for the gateway's port. */
  readonly url: () => Promise<string>;
  /** How many of it run now. */
  readonly running: () => Promise<number>;
  readonly remove: () => Promise<void>;
};

/** Puts a program named minikube first on the PATH, whose tunnel leads to a loopback port. */
export async function putMinikubeOnPath(gatewayPort: number): Promise<FakeMinikube> {
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-minikube-'));
  await writeFile(join(folder, 'minikube'), script(folder, gatewayPort), { mode: 0o755 });
  const path = process.env.PATH ?? '';
  process.env.PATH = `${folder}${delimiter}${path}`;
  const lines = async (file: string) =>
    (await readFile(join(folder, file), 'utf8')).split('\n').filter(line => line !== '');
  return {
    calls: () => lines('calls'),
    url: async () => `http://127.0.0.1:${(await lines('port'))[0]}`,
    running: async () => (await readdir(folder)).filter(file => file.startsWith('running-')).length,
    remove: async () => {
      process.env.PATH = path;
      await rm(folder, { recursive: true });
    },
  };
}
