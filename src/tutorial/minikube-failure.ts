import { plainText } from '../plain-text.ts';
import type { Platform } from './facts.ts';
import type { MinikubeError } from './minikube-events.ts';
import { brokenOff, type ProgramEnd } from './program-end.ts';
import type { RunFailure } from './step-run.ts';
import { lastWords } from './tool-answers.ts';

/** Where more memory is given to what minikube runs its cluster in. */
export const MEMORY_FIX: Readonly<Record<Platform, string>> = {
  macos: 'Docker Desktop: Settings, Resources, Memory: 8 GB or more, then Apply & restart.',
  windows:
    'Docker Desktop on WSL: memory=8GB below [wsl2] in %UserProfile%\\.wslconfig, then wsl --shutdown.',
  linux: 'Stop what else takes memory on this computer, or use a cluster elsewhere: --context NAME.',
};

const LOGS = 'minikube logs --problems may say why; running this step again goes on with what is there.';

/**
 * Why minikube did not do what it was told, with its own advice; undefined where it did.
 *
 * @param verb what it was told, such as `start`.
 * @param error what it said of itself, if it came to that.
 */
export function minikubeFailure(
  verb: string,
  end: ProgramEnd,
  error: MinikubeError | undefined,
  platform: Platform,
): RunFailure | undefined {
  if (end.kind !== 'ended') return brokenOff(end, 'minikube', verb, LOGS);
  if (end.exit === '0') return undefined;
  return error ? toldFailure(verb, error, platform) : untoldFailure(verb, end.exit, end.words);
}

function toldFailure(verb: string, error: MinikubeError, platform: Platform): RunFailure {
  const { name, message, url } = error;
  const code = name === '' ? '' : ` (${name})`;
  const advice = adviceOf(error, platform);
  const more = url === '' || advice.includes(url) ? '' : ` ${url}`;
  return {
    headline: `minikube ${verb} fails: ${plainText(message, 300).replace(/[.:\s]+$/, '')}${code}.`,
    nextStep: `${advice}${more}`,
  };
}

/** Its own advice; where it gives none, what is known to help. */
function adviceOf({ name, message, advice }: MinikubeError, platform: Platform): string {
  if (advice !== '') return `minikube advises: ${advice}`;
  if (!isOfMemory(name, message)) return LOGS;
  // On Linux the memory is that of the computer, but for Docker Desktop, which has a machine of its own there too.
  return MEMORY_FIX[platform === 'linux' && message.includes('Docker Desktop') ? 'macos' : platform];
}

/** Docker Desktop that has less memory than was asked for is a wrong usage to minikube. */
function isOfMemory(name: string, message: string): boolean {
  return /^RSRC_.*MEM/.test(name) || /only \d+ ?M.*memory|memory.*(limit|available)/i.test(message);
}

function untoldFailure(verb: string, exit: string, words: string): RunFailure {
  return { headline: `minikube ${verb} ends with ${exit}${lastWords(words)}.`, nextStep: LOGS };
}
