import { type Json, objectIn, parseObject, textIn } from '../kube/json.ts';
import { plainText } from '../plain-text.ts';
import type { RunProgress } from './step-run.ts';

/** What minikube says went wrong; each text safe to draw, and empty where it says none. */
export type MinikubeError = {
  /** Stable, such as `MK_USAGE` or `GUEST_PROVISION`. */
  readonly name: string;
  readonly message: string;
  readonly advice: string;
  readonly url: string;
};

/** What `minikube start -o json` has told so far. */
export type MinikubeStory = {
  /** What it says for a person in the line that was read last; empty where that is nothing. */
  readonly said: string;
  readonly progress: RunProgress | undefined;
  /** The step that it is in, and how many there are. */
  readonly step: { readonly current: number; readonly total: number };
  /** The last one: what came before may have been tried again. */
  readonly error: MinikubeError | undefined;
};

export const NOTHING_TOLD: MinikubeStory = {
  said: '',
  progress: undefined,
  step: { current: 0, total: 0 },
  error: undefined,
};

const TYPE = 'io.k8s.sigs.minikube.';

/**
 * The story after one more line: a CloudEvent of minikube's, or any other text, which is what its libraries write beside them. An
 * event that is cut off is text too.
 */
export function afterMinikubeLine(story: MinikubeStory, line: string): MinikubeStory {
  const event = parseObject(line);
  const type = textIn(event?.type) ?? '';
  if (!type.startsWith(TYPE)) return { ...story, said: plainText(line) };
  const data = objectIn(event?.data);
  const text = (name: string) => plainText(textIn(data[name]) ?? '');
  switch (type.slice(TYPE.length)) {
    case 'step':
      return afterStep(story, text('name'), text('message'), {
        current: numberOf(data.currentstep),
        total: numberOf(data.totalsteps),
      });
    case 'download':
      return { ...story, said: `downloading ${text('artifact')}` };
    case 'download.progress':
      return afterDownload(story, text('artifact'), numberOf(data.progress) ?? 0);
    case 'error': {
      const error = {
        name: text('name'),
        message: text('message'),
        advice: text('advice'),
        url: text('url'),
      };
      return { ...story, said: error.message, error, progress: story.progress && failedIn(story.progress) };
    }
    default:
      return { ...story, said: text('message') };
  }
}

/** minikube writes its numbers as text, and leaves one empty on a detour; undefined for what is no number. */
function numberOf(value: Json | undefined): number | undefined {
  const text = textIn(value) ?? '';
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

type Steps = MinikubeStory['step'];

function afterStep(
  story: MinikubeStory,
  name: string,
  message: string,
  { current, total }: { readonly [Name in keyof Steps]: number | undefined },
): MinikubeStory {
  const step = { current: current ?? story.step.current, total: total ?? story.step.total };
  const before = (story.progress?.parts ?? []).filter(part => part.name !== name);
  const isOver = step.total > 0 && step.current >= step.total;
  const parts = [
    ...before.map(part => ({ ...part, state: 'done', words: '' }) as const),
    { name, state: isOver ? 'done' : 'running', words: '' } as const,
  ];
  return {
    ...story,
    said: message,
    step,
    progress: { words: message, fraction: fractionAt(step, 0), parts },
  };
}

/** Part of a step: it adds to the fraction, and is worth no line of its own. */
function afterDownload(story: MinikubeStory, artifact: string, share: number): MinikubeStory {
  const { step, progress } = story;
  const words = `downloading ${artifact}, ${Math.round(100 * share)} %`;
  const fraction = fractionAt(step, Math.min(1, share));
  return { ...story, said: '', progress: { words, fraction, parts: progress?.parts ?? [] } };
}

/** minikube leaves out steps that a driver has no use for, so this may leap; it never goes beyond the end. */
function fractionAt({ current, total }: Steps, share: number): number | undefined {
  return total > 0 ? Math.min(1, (current + share) / total) : undefined;
}

function failedIn(progress: RunProgress): RunProgress {
  const parts = progress.parts.map(part =>
    part.state === 'running' ? ({ ...part, state: 'failed' } as const) : part,
  );
  return { ...progress, parts };
}
