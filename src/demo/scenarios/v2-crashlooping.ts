import type { Scenario } from './scenario.ts';

export const V2_CRASHLOOPING: Scenario = {
  name: 'v2-crashlooping',
  summary: "v2's process ends at once, again and again: CrashLoopBackOff, and 503 for its share.",
  trouble: { 'version=v2': 'crash' },
};
