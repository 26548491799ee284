import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isRunning } from '../terminal/processes.ts';

export type FakeMinikube = {
  /** How it was called, each with its arguments. */
  readonly calls: () => Promise<readonly string[]>;
  /** The ids of those that run now. */
  readonly running: () => Promise<readonly number[]>;
  readonly remove: () => Promise<void>;
};

/** Puts a program named minikube first on the PATH that does this, in JavaScript. It notes that it was called, and that it runs. */
export async function putMinikubeOnPath(body: string): Promise<FakeMinikube> {
  const folder = await mkdtemp(join(tmpdir(), 'weighbridge-minikube-'));
  const script = `#!${process.execPath}
const net = require('node:net');
const fs = require('node:fs');
const folder = ${JSON.stringify(folder)};
fs.appendFileSync(folder + '/calls', process.argv.slice(2).join(' ') + '\\n');
fs.writeFileSync(folder + '/running-' + process.pid, '');
process.on('exit', () => fs.rmSync(folder + '/running-' + process.pid));
${body}
`;
  await writeFile(join(folder, 'minikube'), script, { mode: 0o755 });
  const path = process.env.PATH ?? '';
  process.env.PATH = `${folder}${delimiter}${path}`;
  return {
    calls: async () =>
      (await readFile(join(folder, 'calls'), 'utf8')).split('\n').filter(line => line !== ''),
    running: async () =>
      (await readdir(folder)).flatMap(file => {
        const [, id] = /^running-(\d+)$/.exec(file) ?? [];
        return id !== undefined && isRunning(Number(id)) ? [Number(id)] : [];
      }),
    remove: async () => {
      process.env.PATH = path;
      await rm(folder, { recursive: true });
    },
  };
}

/**
 * What `minikube service --url` does where the driver needs a tunnel: prints one URL for each port of the Service in their
 * order, warns on stderr, and blocks until it is interrupted. Of its three ports the second leads to the gateway.
 */
export const tunnelTo = (gatewayPort: number): string => `
const relay = net.createServer(socket => {
  const gateway = net.connect(${gatewayPort}, '127.0.0.1');
  socket.pipe(gateway).pipe(socket);
  socket.on('error', () => gateway.destroy());
  gateway.on('error', () => socket.destroy());
});
relay.listen(0, '127.0.0.1', () => {
  console.log('http://127.0.0.1:1');
  console.log('http://127.0.0.1:' + relay.address().port);
  console.log('http://127.0.0.1:2');
  console.error('! Because you are using a Docker driver on darwin, the terminal needs to be open to run it.');
});
process.on('SIGINT', () => process.exit(130));
`;
