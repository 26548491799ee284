import { isRequestPath } from '../kube/sample-request.ts';
import { TOTAL } from '../kube/split.ts';
import { plainText } from '../plain-text.ts';
import { assertNever } from './assert-never.ts';
import type { Intent } from './intents.ts';
import type { AppState, TrafficState } from './state.ts';
import type { PromptSubject } from './ui-state.ts';

export type Answer =
  | { readonly kind: 'problem'; readonly problem: string }
  | { readonly kind: 'intent'; readonly intent: Intent }
  | { readonly kind: 'traffic'; readonly traffic: Partial<TrafficState> };

/** What the `=` key asks for: an exact weight in the Weights pane, what the sampler lacks in the Responses pane. */
export function promptFor(state: AppState): PromptSubject {
  const { sampling } = state.traffic;
  if (state.ui.focus !== 'responses') return 'weight';
  return sampling.kind === 'needs-answer' ? sampling.asks : 'gateway';
}

/** Reads what was typed into a prompt, or says what is wrong with it. */
export function answerPrompt(asks: Exclude<PromptSubject, 'context'>, text: string): Answer {
  const typed = text.trim();
  switch (asks) {
    case 'weight': {
      const problem = weightProblem(typed);
      if (problem !== '') return { kind: 'problem', problem };
      return { kind: 'intent', intent: { kind: 'set-to', weight: Number(typed) } };
    }
    case 'gateway':
      return gatewayAnswer(typed);
    case 'method':
      if (!isMethod(typed)) return { kind: 'problem', problem: 'a method, such as POST' };
      return { kind: 'traffic', traffic: { method: typed } };
    case 'header': {
      const header = readHeader(typed);
      if (!header) return { kind: 'problem', problem: 'a header, such as x-user: tester' };
      return { kind: 'traffic', traffic: { headers: header } };
    }
    case 'host':
      if (!isHostName(typed)) return { kind: 'problem', problem: 'a host name, such as shop.example.com' };
      return { kind: 'traffic', traffic: { host: typed } };
    case 'path':
      if (!isRequestPath(typed)) return { kind: 'problem', problem: 'a path that starts with /' };
      return { kind: 'traffic', traffic: { path: typed } };
    default:
      return assertNever(asks);
  }
}

/** What is kept of `text` typed into a prompt: nothing that its answer cannot contain. */
export function typedInto(asks: PromptSubject, text: string): string {
  if (asks === 'weight') return text.replace(/\D/g, '').slice(0, 3);
  const line = plainText(text, 300);
  return asks === 'header' || asks === 'context' ? line : line.replaceAll(' ', '');
}

/** What is wrong with an answer that is still being typed; empty where it may become one. */
export function promptProblem(asks: PromptSubject, draft: string): string {
  if (asks === 'context') return '';
  const answer = answerPrompt(asks, draft);
  return answer.kind === 'problem' ? answer.problem : '';
}

/** Why a typed weight is none; empty when it is one. */
function weightProblem(typed: string): string {
  return /^\d{1,3}$/.test(typed) && Number(typed) <= TOTAL ? '' : 'a whole number from 0 to 100';
}

/** Whether a Host header can say this. */
export function isHostName(text: string): boolean {
  return /^[\w.-]+(:\d+)?$/.test(text);
}

/** Whether a request line can begin with this. CONNECT is none of a gateway's routes. */
export function isMethod(text: string): boolean {
  return /^[A-Z]{1,20}$/.test(text) && text !== 'CONNECT';
}

/** A header as `NAME: VALUE` or `NAME=VALUE`, its name in lower case; undefined where it is none, or one that the sampler sets. */
export function readHeader(text: string): Readonly<Record<string, string>> | undefined {
  const [, name = '', value = ''] = /^([\w!#$%&'*+.^`|~-]+)\s*[:=]\s*([\x20-\x7e]*)$/.exec(text.trim()) ?? [];
  const key = name.toLowerCase();
  return key === '' || CONNECTION_HEADERS.has(key) ? undefined : { [key]: value };
}

/** Headers that belong to the connection or that the sampler has an option for. */
const CONNECTION_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);

/** The origin of a gateway URL as typed, `http://` where no scheme was; undefined where it is none. */
export function gatewayOrigin(typed: string): string | undefined {
  const text = typed.includes('://') ? typed : `http://${typed}`;
  if (typed === '' || !URL.canParse(text) || !/^https?:/i.test(text)) return undefined;
  const url = new URL(text);
  return url.username || url.password ? undefined : url.origin;
}

function gatewayAnswer(typed: string): Answer {
  const origin = gatewayOrigin(typed);
  if (!origin) return { kind: 'problem', problem: 'a URL such as http://192.168.49.2:31380' };
  return { kind: 'traffic', traffic: { gatewayUrl: origin } };
}
