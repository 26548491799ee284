import type { Binding } from './binding.ts';

/** The keys of the command line, as k9s has them. */
export const commandKeys: readonly Binding[] = [
  {
    id: 'open-command-line',
    context: ['everywhere', 'help', 'ways', 'finding', 'shift', 'details', 'list'],
    keys: [':'],
    shown: ':',
    label: 'command',
    sentence: 'type a command, such as :ns; each is listed below',
    intent: { kind: 'open-command-line' },
    hint: { at: 14, keys: ':' },
  },
  {
    id: 'run-command',
    context: ['command-line'],
    keys: ['enter'],
    shown: 'enter',
    label: 'run',
    sentence: 'run the command',
    intent: { kind: 'submit' },
    hint: { at: 0, keys: 'enter' },
  },
  {
    id: 'complete-command',
    context: ['command-line'],
    keys: ['tab'],
    shown: 'tab',
    label: 'complete',
    sentence: 'take what is proposed; so does → at the end of the line',
    intent: { kind: 'complete' },
    hint: { at: 1, keys: 'tab' },
  },
  {
    id: 'command-previous',
    context: ['command-line'],
    keys: ['up'],
    shown: '↑',
    label: 'others',
    sentence: 'propose the name before',
    intent: { kind: 'move-choice', by: -1 },
    hint: { at: 2, keys: '↑/↓' },
  },
  {
    id: 'command-next',
    context: ['command-line'],
    keys: ['down'],
    shown: '↓',
    label: 'others',
    sentence: 'propose the next name',
    intent: { kind: 'move-choice', by: 1 },
  },
];
