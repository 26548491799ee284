import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import selfsigned from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  readSamplingFlags,
  type SamplingFlags,
  withSamplingFlags,
} from '../../src/commands/sampling-flags.ts';

const folder = mkdtempSync(join(tmpdir(), 'weighbridge-flags-'));
const certificates = join(folder, 'ca.pem');
let certificate = '';

beforeAll(async () => {
  const made = await selfsigned.generate([{ name: 'commonName', value: 'gateway' }]);
  certificate = made.cert.trim();
  writeFileSync(certificates, `${made.private}\n# the gateway's\n${made.cert}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What is read of a command line, or the message that refuses it. */
function read(...args: readonly string[]) {
  const written: string[] = [];
  const command = withSamplingFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: text => written.push(text) });
  try {
    return readSamplingFlags(command.parse([...args], { from: 'user' }).opts<SamplingFlags>());
  } catch {
    return { problem: written.join('') };
  }
}

describe('what the command line says of sampling', () => {
  it('changes nothing where it says nothing', () => {
    expect(read()).toEqual({ headers: {}, wantsFreshConnections: false });
  });

  it('is read in full', () => {
    const said = read(
      ...['--gateway', 'gateway.example:8443', '--host', 'shop.example.com', '--path', '/cart?beta=yes'],
      ...['--method', 'head', '--header', 'X-User: tester', '--header', 'x-group=a b', '--rate', '0.5'],
      ...['--fresh-connections', '--version-header', 'X-Version'],
    );
    expect(said).toEqual({
      gatewayUrl: 'http://gateway.example:8443',
      host: 'shop.example.com',
      path: '/cart?beta=yes',
      method: 'HEAD',
      headers: { 'x-user': 'tester', 'x-group': 'a b' },
      ratePerSecond: 0.5,
      wantsFreshConnections: true,
      naming: { kind: 'header', name: 'x-version' },
    });
    expect(read('--version-pattern', 'v(\\d+)')).toMatchObject({
      naming: { kind: 'pattern', source: 'v(\\d+)' },
    });
  });

  it.each([
    [['--rate', '0.09'], /Give a number of samples per second from 0\.1 to 1000/],
    [['--rate', '1001'], /from 0\.1 to 1000/],
    [['--rate', 'fast'], /from 0\.1 to 1000/],
    [['--rate', ''], /from 0\.1 to 1000/],
    [['--gateway', 'ftp://x'], /^Can't use --gateway ftp:\/\/x: it is no URL\./],
    [['--gateway', 'ftp://me:hunter22@x'], /^Can't use --gateway ftp:\/\/\(hidden\)@x: it is no URL\./],
    [['--host', 'a b'], /^Can't use --host a b: it is no host name\./],
    [['--path', 'cart'], /^Can't use --path cart: it is no path\./],
    [['--method', 'GE T'], /^Can't use --method GE T: it is no method\./],
    [['--header', 'no value'], /^Can't use --header no value: no request may carry it\. Give one such as/],
    [
      ['--header', 'Host: other'],
      /^Can't use --header Host: other: no request may carry it\. Give one such as/,
    ],
    [['--version-header', 'x version'], /^Can't use --version-header x version: it is no name/],
    [
      ['--version-pattern', '(v1'],
      /^Can't use --version-pattern: Invalid regular expression: .*Unterminated group/,
    ],
    [['--version-pattern', 'v', '--version-header', 'x'], /together/],
    [['--gateway-ca', '/no/such/file'], /^Can't use --gateway-ca \/no\/such\/file: ENOENT/],
    [['--gateway-ca', import.meta.filename], /it holds no PEM certificate/],
  ])('is refused with what to give: %j', (args, message) => {
    expect(read(...args)).toEqual({ problem: expect.stringMatching(message) });
  });

  it('takes the certificates of a file, and no key that is beside them', () => {
    const said = read('--gateway-ca', certificates);
    expect(said).toMatchObject({ gatewayCa: certificate.replaceAll('\r\n', '\n') });
    expect(JSON.stringify(said)).not.toContain('PRIVATE');
  });
});
