import { arch, availableParallelism, platform, totalmem } from 'node:os';
import { runChild } from '../run-child.ts';
import { type Machine, type Platform, TOOLS, type ToolFact, type ToolName } from './facts.ts';
import { DRIVERS_ON, driverFact, minikubeProfiles, toolFact, VERSION_ARGS } from './tool-answers.ts';

/** A tool that only says what it is needs a fraction of this; docker info asks its daemon. */
const DEADLINE_MS = 10_000;

const PLATFORMS: Partial<Record<NodeJS.Platform, Platform>> = { darwin: 'macos', win32: 'windows' };
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64' };

/**
 * Asks the tools on the PATH of `env` what they are, each in a child of its own, all at once. Never rejects: what hangs is ended
 * at the deadline, with all that it started.
 */
export async function examineMachine(
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  deadlineMs: number = DEADLINE_MS,
): Promise<Machine> {
  const on = PLATFORMS[platform()] ?? 'linux';
  const computer = { memoryMb: Math.floor(totalmem() / 1_048_576), cpus: availableParallelism() };
  const ask = (file: string, args: readonly string[]) =>
    runChild({ file, args, env: quiet(env) }, AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]));
  const tool = async (name: ToolName) => [name, toolFact(name, await ask(name, VERSION_ARGS[name]))] as const;
  const [tools, drivers, profiles] = await Promise.all([
    Promise.all(TOOLS.map(tool)),
    Promise.all(
      DRIVERS_ON[on].map(async question =>
        driverFact(question, await ask(question.file, question.args), computer),
      ),
    ),
    ask('minikube', ['profile', 'list', '-o', 'json']).then(minikubeProfiles),
  ]);
  return {
    platform: on,
    architecture: ARCHITECTURES[arch()] ?? arch(),
    tools: Object.fromEntries(tools) as Readonly<Record<ToolName, ToolFact>>,
    drivers,
    profiles,
  };
}

/** minikube looks for a newer release of itself, and decorates what it says, unless it is told not to. */
function quiet(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, MINIKUBE_IN_STYLE: 'false', MINIKUBE_WANTUPDATENOTIFICATION: 'false' };
}
