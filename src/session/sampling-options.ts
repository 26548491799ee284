import { plainText } from '../plain-text.ts';
import { isSamplingRate, RATE_WORDS } from '../traffic/sampling-rate.ts';
import { patternProblem, type VersionNaming } from '../traffic/version-naming.ts';

export { RATE_WORDS };

/** A rate as written by a person; undefined where it is none that the sampler can keep. */
export function readRate(text: string): number | undefined {
  const rate = text.trim() === '' ? Number.NaN : Number(text);
  return isSamplingRate(rate) ? rate : undefined;
}

/** How answers tell their version, as a person says it; undefined where nothing is said. */
export function readNaming(
  header: string | undefined,
  pattern: string | undefined,
): VersionNaming | { readonly problem: string } | undefined {
  if (header !== undefined && pattern !== undefined)
    return { problem: "Can't use --version-header and --version-pattern together. Give one of them." };
  if (header !== undefined) {
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(header)) return { kind: 'header', name: header.toLowerCase() };
    const shown = plainText(header, 80);
    return {
      problem: `Can't use --version-header ${shown}: it is no name of a header. Give one such as x-version.`,
    };
  }
  if (pattern === undefined) return undefined;
  const problem = patternProblem(pattern);
  if (problem === undefined) return { kind: 'pattern', source: pattern };
  return {
    problem: `Can't use --version-pattern: ${plainText(problem, 200)}. Give one such as version: (\\w+).`,
  };
}
