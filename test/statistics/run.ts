// What the verdicts come to over many seeded hours of traffic: false alarms, and how soon a wrong split is found.
import { MANY, SIMULATIONS } from './simulations.ts';

let failed = 0;
for (const { name, run } of SIMULATIONS) {
  const startedAtMs = performance.now();
  const { isRight, words } = run(MANY);
  if (!isRight) failed += 1;
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0);
  console.log(`${isRight ? 'ok  ' : 'FAIL'} ${name}: ${words} (${seconds} s)`);
}
console.log(`\n${SIMULATIONS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
