// The floor of what Node can do: a socket that asks URL 20 times a second and throws away what comes, with no HTTP client. Takes
// and prints what `sampler-alone.ts` does.
import { connect } from 'node:net';
import { type Batches, meterSamples } from './sample-meter.ts';

const INTERVAL_MS = 50;

const [url = '', batches = ''] = process.argv.slice(2);
const { host, hostname, port } = new URL(url);

const socket = connect(Number(port), hostname).setNoDelay(true).resume();
const onSample = meterSamples(JSON.parse(batches) as Batches, msPerSample => {
  process.stdout.write(JSON.stringify(msPerSample));
  clearInterval(timer);
  socket.destroy();
});
const timer = setInterval(() => {
  socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  onSample();
}, INTERVAL_MS);
socket.on('close', hadError => {
  if (!socket.readableEnded && !hadError) return;
  throw new Error('the gateway closed the connection');
});
