import { shellWord } from './kubectl-command.ts';
import type { SampleRequest } from './sample-request.ts';

/** The command that asks the gateway for what a sample asks for, for a POSIX shell. */
export function curlCommand(gatewayUrl: string, { method, host, path, headers }: SampleRequest): string {
  const given = host === undefined ? headers : { host, ...headers };
  const asked = Object.entries(given).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const how = method === 'HEAD' ? ['-I'] : ['-i', ...(method === 'GET' ? [] : ['-X', method])];
  return ['curl', ...how, ...asked, `${gatewayUrl.replace(/\/$/, '')}${path}`].map(shellWord).join(' ');
}
