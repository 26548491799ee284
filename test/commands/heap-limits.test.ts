import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** In a process of its own, because flags of V8 hold for all of one. */
function youngMegabytes(...args: readonly string[]): number {
  const program = join(import.meta.dirname, 'make-garbage.ts');
  return Number(execFileSync(process.execPath, [program, ...args], { encoding: 'utf8' }));
}

it('keeps garbage from taking as much memory as the machine has to give', () => {
  const limited = youngMegabytes('8000000');
  expect(limited).toBeGreaterThan(1);
  expect(limited).toBeLessThan(youngMegabytes() / 1.5);
});
