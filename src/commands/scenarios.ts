import { findScenario, SCENARIOS } from '../demo/scenarios/scenarios.ts';
import { plainText } from '../plain-text.ts';

/** One line for each scenario: its name and a sentence. */
export function listScenarios(): string {
  const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
  return SCENARIOS.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}\n`).join('');
}

/** What is wrong with the name of a scenario; `undefined` when there is one. */
export function scenarioProblem(name: string): string | undefined {
  if (findScenario(name)) return undefined;
  const names = SCENARIOS.map(scenario => scenario.name).join(', ');
  return `Can't open the demo scenario ${plainText(name, 60)}: there is none of that name. Choose one of ${names}.`;
}
