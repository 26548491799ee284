import { plainText } from '../plain-text.ts';
import { withoutNumbers } from '../sentence.ts';
import type { ClusterFacts, TutorialPlace } from '../tutorial/facts.ts';
import type { Manifests } from '../tutorial/manifests.ts';
import { SHIFT_GOALS, splitWords } from '../tutorial/shift-goals.ts';
import {
  type Action,
  commandLine,
  isPassed,
  PROGRESS_WORDS,
  type Progress,
  type Step,
  type Trouble,
} from '../tutorial/step.ts';
import { contextWords, type RunEvent } from '../tutorial/step-run.ts';
import { laterRuns, type Tutorial } from '../tutorial/tutorial.ts';
import { version } from '../version.ts';

/** The tutorial as Markdown, for this machine and this cluster. */
export function tutorialAsMarkdown({ steps, next }: Tutorial, cluster: ClusterFacts): string {
  const upcoming = steps.find(({ id }) => id === next);
  const head = ['# Blue/green traffic shifting, step by step', placeWords(cluster)];
  const where = upcoming ? [`**Next: step ${upcoming.number}, ${upcoming.title.toLowerCase()}.**`] : [];
  return `${[...head, ...where, ...steps.flatMap(stepBlocks)].join('\n\n')}\n`;
}

function placeWords(cluster: ClusterFacts): string {
  if (cluster.kind === 'none')
    return escaped(`No cluster answers. ${cluster.reason} ${cluster.nextStep}`.trim());
  const { context, namespace, isDemo } = cluster.place;
  const where = isDemo ? 'On the demo cluster' : `On the cluster of context ${context}`;
  return escaped(`${where}, in namespace ${namespace}.`);
}

/** Paragraphs, lists and code of one step, each a block of its own. */
function stepBlocks(step: Step): readonly string[] {
  const { number, title, why, progress, troubles, notes, seenBy, runs, offers, mayGoWrong, undo } = step;
  const there = progress.kind === 'unknown' || progress.kind === 'blocked' ? [] : progress.evidence;
  const missing = progress.kind === 'to-do' ? progress.missing : [];
  const waiting = progress.kind === 'unknown' ? [progress.reason] : [];
  return [
    `## ${number}. ${title}: ${PROGRESS_WORDS[progress.kind]}`,
    why.join(' '),
    ...listBlock('', [
      ...there.map(text => `there: ${text}`),
      ...missing.map(text => `missing: ${text}`),
      ...waiting.map(text => `not judged: ${text}`),
    ]),
    ...listBlock('In the way:', troubles.map(troubleWords)),
    ...listBlock('Beside:', notes),
    `Seen to be done by: ${escaped(seenBy)}`,
    ...codeBlock(progress.kind === 'done' ? 'To see it:' : 'It runs:', runs),
    ...offers.flatMap(({ words, runs }) => codeBlock(`${words}, where you want that:`, runs)),
    ...listBlock('What can go wrong:', mayGoWrong.map(troubleWords)),
    ...codeBlock('To take it back:', undo),
  ];
}

function troubleWords({ sentence, fix }: Trouble): string {
  return `${sentence} ${fix}`;
}

function listBlock(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  const list = items.map(item => `- ${escaped(item)}`).join('\n');
  return title === '' ? [list] : [title, list];
}

function codeBlock(title: string, actions: readonly Action[]): readonly string[] {
  if (actions.length === 0) return [];
  return [title, ['```sh', ...actions.map(actionLine), '```'].join('\n')];
}

/** One action as a line that a shell takes; what is no command is a comment. */
export function actionLine(action: Action): string {
  switch (action.kind) {
    case 'shell':
      return `${action.line}  # ${action.words}`;
    case 'keys':
      return `# press ${action.keys} to ${action.words}`;
    default:
      return `${commandLine(action.command)}  # ${action.words}`;
  }
}

/** Text of a cluster, in which nothing is Markdown. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|]/g, String.raw`\$&`);
}

/** The tutorial for programs, as `schemas/tutorial.json` describes it. */
export function tutorialAsDocument({ steps, next }: Tutorial, cluster: ClusterFacts) {
  const place = cluster.kind === 'answers' ? cluster.place : null;
  return { version: 1, weighbridge: version, place, next, steps: steps.map(stepAsJson) };
}

function stepAsJson(step: Step) {
  const { id, number, title, why, seenBy, progress, troubles, notes, runs, offers, mayGoWrong, undo } = step;
  return {
    id,
    number,
    title,
    why,
    seenBy,
    progress: progress.kind,
    evidence: 'evidence' in progress ? progress.evidence : [],
    missing: missingOf(progress),
    troubles,
    notes,
    runs: runs.map(actionAsJson),
    offers: offers.map(({ id, words, runs }) => ({ id, words, runs: runs.map(actionAsJson) })),
    mayGoWrong,
    undo: undo.map(actionAsJson),
  };
}

function missingOf(progress: Progress): readonly string[] {
  if (progress.kind === 'to-do') return progress.missing;
  return progress.kind === 'unknown' ? [progress.reason] : [];
}

function actionAsJson(action: Action) {
  const { kind, words } = action;
  return {
    kind,
    words,
    command: 'command' in action ? action.command : null,
    line: actionLine(action),
    object: 'object' in action ? action.object.object : null,
  };
}

/** What a run will do, before it does it: the steps that are not done, with what each runs now or once those before it are done. */
export function planAsText(steps: readonly Step[], manifests: Manifests, place: TutorialPlace): string {
  const lines = steps.flatMap(step => {
    const { number, title, progress } = step;
    return isPassed(step)
      ? [`${number}. ${title}: ${PROGRESS_WORDS[progress.kind]}`]
      : [`${number}. ${title}`, ...runLines(step, manifests, place).map(line => `     ${line}`)];
  });
  return lines.map(line => `${line}\n`).join('');
}

/** Where nobody presses keys, the shift is made as a person would make it. */
function runLines(step: Step, manifests: Manifests, place: TutorialPlace): readonly string[] {
  if (step.id !== 'shift') return laterRuns(step, manifests, place).map(actionLine);
  const splits = SHIFT_GOALS.map(splitWords);
  return [`# shift to ${splits.join(', then ')}, each proved by the answers of the gateway`];
}

/**
 * Writes what a step reports while it runs as lines for a person who reads them later: progress only where it is something else
 * than before, not each percent of it.
 */
export function progressPrinter(write: (line: string) => void): (event: RunEvent) => void {
  let shown = '';
  let said = '';
  return event => {
    switch (event.kind) {
      case 'command':
        shown = '';
        write(`$ ${commandLine(event.command)}`);
        return;
      case 'lines':
        for (const { text } of event.lines) write(plainText(text));
        said = event.lines.at(-1)?.text ?? '';
        return;
      case 'progress': {
        const { words, fraction } = event.progress;
        if (withoutNumbers(words) === withoutNumbers(shown)) return;
        shown = words;
        if (words === said) return;
        const percent = fraction === undefined ? '' : `${Math.round(fraction * 100)} % `.padStart(6);
        write(`${percent}${plainText(words)}`);
        return;
      }
      case 'context':
        write(contextWords(event.from, event.to));
    }
  };
}
