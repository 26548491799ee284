import { linesOf, ProgramRun } from './program-run.ts';

/** `weighbridge status --watch`, with the lines that it wrote. */
export class WatchProcess extends ProgramRun {
  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    super(['status', '--watch', ...args], env);
  }

  get lines(): readonly string[] {
    return linesOf(this);
  }

  /** Resolves once a line matches; rejects where the process ends without it. */
  async until(pattern: RegExp): Promise<void> {
    await this.found(() => this.lines.find(line => pattern.test(line)));
  }
}
