import { linesOf, ProgramRun } from './program-run.ts';

/** A line of `weighbridge canary -o json`; which members there are depends on the event. */
export type CanaryLine = {
  readonly event: 'started' | 'phase' | 'progress' | 'held' | 'ended';
  readonly at: string;
  readonly phase?: string;
  readonly step?: number | null;
  readonly outcome?: string;
  readonly exitCode?: number;
  readonly isBack?: boolean;
  readonly weights?: Readonly<Record<string, number | null>> | null;
  readonly reason?: string | null;
  readonly error?: { readonly headline: string; readonly nextStep: string } | null;
  readonly backAfterFirstFailureMs?: number | null;
  readonly backCommand?: string | null;
};

/** `weighbridge canary -o json`, with the lines that it wrote. */
export class CanaryProcess extends ProgramRun {
  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    super(['canary', ...args, '-o', 'json'], env);
  }

  get lines(): readonly CanaryLine[] {
    return linesOf(this).map(line => JSON.parse(line) as CanaryLine);
  }

  get last(): CanaryLine | undefined {
    return this.lines.at(-1);
  }

  /** Resolves with the first line that `holds`; rejects where the process ends without it. */
  until(holds: (line: CanaryLine) => boolean): Promise<CanaryLine> {
    return this.found(() => this.lines.find(holds));
  }
}
