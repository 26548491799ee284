import type { FindingFacts, HealthFacts, VersionFacts } from './status-facts.ts';

/** What there is to say of a version, its name first. */
export function versionCells({ version, readyPods, wantedPods, words, image, why }: VersionFacts) {
  const pods = readyPods === null ? '' : `${readyPods}/${wantedPods}`;
  return withoutEmpty([version, pods, words, image, why === words ? '' : why]);
}

/** What there is to say of a node or a pod, its name first. */
export function healthCells({ name, ready, words, why }: HealthFacts): readonly string[] {
  return withoutEmpty([name, ready, words, why]);
}

export function findingWords({ severity, code, sentence }: FindingFacts): string {
  return `${severity} ${code}: ${sentence}`;
}

function withoutEmpty(cells: readonly string[]): readonly string[] {
  return cells.filter(cell => cell !== '');
}
