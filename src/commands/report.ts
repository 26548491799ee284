import { systemClock } from '../clock.ts';
import { currentContext } from '../kube/kubeconfig.ts';
import { plainText } from '../plain-text.ts';
import { asRecordedShifts } from '../session/shift-history.ts';
import { shiftsAsMarkdown } from '../session/shift-markdown.ts';
import { shiftsAsDocument } from '../session/shift-report.ts';
import { type Output, refuse, writeDocument } from './answer-document.ts';
import { EXIT, type Io } from './io.ts';
import { loadShiftHistory } from './shift-history-file.ts';

export type ReportFlags = {
  readonly context?: string | undefined;
  readonly kubeconfig?: string | undefined;
  readonly namespace?: string | undefined;
  readonly last: boolean;
  readonly output: Output;
};

/**
 * `weighbridge report`: what is remembered of the shifts of a context, as Markdown or for programs. Asks no cluster. Yields the exit code:
 * 1 where what is remembered cannot be read, 2 where no context is known.
 */
export async function report(
  virtualService: string | undefined,
  flags: ReportFlags,
  io: Io,
): Promise<number> {
  const { last, output, namespace } = flags;
  const context = flags.context ?? currentContext(flags, io.env);
  if (context === '') {
    const headline = 'No kubeconfig names a current context.';
    return refuse(io, 'report', output, EXIT.cluster, { headline, nextStep: 'Name one with --context.' });
  }
  const { shifts, spoilt } = await loadShiftHistory(io.env, context);
  if (spoilt !== undefined) {
    const headline = `Can't read the shifts that are remembered in ${spoilt}.`;
    return refuse(io, 'report', output, EXIT.usage, { headline, nextStep: 'Move the file away.' });
  }
  const all = asRecordedShifts(shifts).filter(
    ({ place }) =>
      (virtualService === undefined || place.virtualService === virtualService) &&
      (namespace === undefined || place.namespace === namespace),
  );
  const asked = last ? all.slice(0, 1) : all;
  if (asked.length === 0) io.stderr.write(`No such shift on ${plainText(context, 253)} is remembered.\n`);
  if (output !== 'text') await writeDocument(io, output, shiftsAsDocument(asked, systemClock.now()));
  else if (asked.length > 0) io.stdout.write(shiftsAsMarkdown(asked, systemClock.now()));
  return EXIT.done;
}
