import { readFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { isRequestPath } from '../kube/sample-request.ts';
import { withoutSecrets } from '../kube/without-secrets.ts';
import { plainText } from '../plain-text.ts';
import { gatewayOrigin, isHostName, isMethod, readHeader } from '../session/answers.ts';
import { RATE_WORDS, readNaming, readRate } from '../session/sampling-options.ts';
import type { TrafficState } from '../session/state.ts';

/** How the gateway is to be sampled, as the command line says; what is absent is found out or stays as it is. */
export type SamplingFlags = {
  readonly gateway?: string | undefined;
  /** A file with PEM certificates. */
  readonly gatewayCa?: string | undefined;
  readonly method?: string | undefined;
  readonly host?: string | undefined;
  readonly path?: string | undefined;
  readonly header?: readonly string[] | undefined;
  readonly rate?: number | undefined;
  readonly freshConnections?: boolean | undefined;
  readonly versionHeader?: string | undefined;
  readonly versionPattern?: string | undefined;
};

/** How to reach the gateway, and what to ask it for. */
export function withGatewayFlags(command: Command): Command {
  return command
    .optionsGroup('Gateway:')
    .option('--gateway <url>', 'URL of the ingress gateway; found where absent')
    .option('--gateway-ca <file>', "PEM certificates to check the gateway's against")
    .option('--host <name>', 'Host header of the samples; found where absent')
    .option('--path <path>', 'path of the samples; found where absent')
    .option('--method <name>', 'method of the samples; GET, or what the route matches')
    .option('--header <name:value>', 'a header of the samples; may be repeated', collectHeader);
}

/** The same, and how often it is asked, and how an answer is told from another. */
export function withSamplingFlags(command: Command): Command {
  return withGatewayFlags(command)
    .option('--rate <number>', 'samples per second, 0.1 to 1000; 20 where absent', asRate)
    .option('--fresh-connections', 'open a connection for every sample')
    .option('--version-header <name>', 'response header that tells the version; found out where absent')
    .option('--version-pattern <regex>', 'pattern of what tells the version in an answer');
}

/** What the flags say of sampling, or what is wrong with the first that cannot be used. */
export function readSamplingFlags(
  flags: SamplingFlags,
): Partial<TrafficState> | { readonly problem: string } {
  const gatewayUrl = flags.gateway === undefined ? undefined : gatewayOrigin(flags.gateway);
  if (flags.gateway !== undefined && gatewayUrl === undefined)
    return unusable('--gateway', flags.gateway, 'it is no URL. Give one such as http://192.168.49.2:31380.');
  if (flags.host !== undefined && !isHostName(flags.host))
    return unusable('--host', flags.host, 'it is no host name. Give one such as shop.example.com.');
  if (flags.path !== undefined && !isRequestPath(flags.path))
    return unusable('--path', flags.path, 'it is no path. Give one that starts with /.');
  const method = flags.method?.toUpperCase();
  if (method !== undefined && !isMethod(method))
    return unusable('--method', method, 'it is no method. Give one such as GET.');
  const headers = flags.header?.map(readHeader) ?? [];
  const bad = headers.indexOf(undefined);
  if (bad >= 0)
    return unusable(
      '--header',
      flags.header?.[bad] ?? '',
      'no request may carry it. Give one such as x-user:tester.',
    );
  const naming = readNaming(flags.versionHeader, flags.versionPattern);
  if (naming && 'problem' in naming) return { problem: naming.problem };
  const trusted = readCa(flags.gatewayCa);
  if ('problem' in trusted) return trusted;
  return {
    gatewayUrl,
    ...trusted,
    naming,
    method,
    host: flags.host,
    path: flags.path,
    headers: Object.assign({}, ...headers),
    ...(flags.rate === undefined ? {} : { ratePerSecond: flags.rate }),
    wantsFreshConnections: flags.freshConnections ?? false,
  };
}

/** Only certificates are kept of the file: whatever else is in it, such as a key, is nobody's business. */
function readCa(file: string | undefined): Pick<TrafficState, 'gatewayCa'> | { readonly problem: string } {
  if (file === undefined) return { gatewayCa: undefined };
  try {
    const certificates = readFileSync(file, 'utf8').match(CERTIFICATE) ?? [];
    // Loading it takes a tenth of the time to the first frame, and most people give no certificates.
    const { X509Certificate } = process.getBuiltinModule('node:crypto');
    for (const certificate of certificates) new X509Certificate(certificate);
    if (certificates.length > 0) return { gatewayCa: certificates.join('\n') };
    return unusable(
      '--gateway-ca',
      file,
      'it holds no PEM certificate. Give the file that signed the gateway.',
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return unusable('--gateway-ca', file, `${why}. Give a file with PEM certificates.`);
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function unusable(flag: string, value: string, why: string): { readonly problem: string } {
  const shown = plainText(withoutSecrets(value, []), 200);
  return { problem: `Can't use ${flag} ${shown}: ${plainText(why, 300)}` };
}

function collectHeader(text: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, text];
}

function asRate(text: string): number {
  const rate = readRate(text);
  if (rate === undefined) throw new InvalidArgumentError(`Give ${RATE_WORDS}.`);
  return rate;
}
