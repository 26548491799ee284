import { plainText } from '../plain-text.ts';
import { contextNames, placeNamed } from './context-list.ts';
import type { Intent } from './intents.ts';
import { namespaceNames, namespaceProblem } from './namespace-list.ts';
import { noSuch } from './nearest-names.ts';
import { virtualServiceNames } from './route-list.ts';
import { RATE_WORDS, readRate } from './sampling-options.ts';
import type { AppState } from './state.ts';
import { THEMES } from './ui-state.ts';

/** What a command line asks for, or what is wrong with it, in words that can follow "Can't do that:". */
export type ReadCommand =
  | { readonly kind: 'intent'; readonly intent: Intent }
  | { readonly kind: 'problem'; readonly problem: string };

/** What a list of names is of, where it has to be read before it can be offered. */
export type NamesOf = 'contexts' | 'namespaces';

type Argument = {
  /** As the help writes it: in brackets where it may be left out. */
  readonly shown: string;
  /** What can be typed there now. */
  readonly names: (state: AppState) => readonly string[];
  readonly namesOf?: NamesOf;
  /** @param typed not empty, without blanks around it. */
  readonly read: (typed: string, state: AppState) => ReadCommand;
};

/** A command that is typed after a colon. */
export type TypedCommand = {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly sentence: string;
  /** What it does without an argument; absent where it needs one. */
  readonly intent?: Intent;
  readonly argument?: Argument;
};

const asks = (intent: Intent): ReadCommand => ({ kind: 'intent', intent });
const refuses = (problem: string): ReadCommand => ({ kind: 'problem', problem });

/** Every command, those that are needed most first. */
export const TYPED_COMMANDS: readonly TypedCommand[] = [
  {
    name: 'ns',
    aliases: ['namespace', 'namespaces'],
    sentence: 'go to another namespace of the cluster',
    intent: { kind: 'open-list', list: 'namespaces' },
    argument: {
      shown: '[NAME]',
      names: namespaceNames,
      namesOf: 'namespaces',
      read: (namespace, state) => {
        const problem = namespaceProblem(state, namespace);
        return problem === undefined ? asks({ kind: 'go-to-namespace', namespace }) : refuses(problem);
      },
    },
  },
  {
    name: 'ctx',
    aliases: ['context', 'contexts'],
    sentence: 'go to another cluster of the kubeconfig, or to the demo cluster',
    intent: { kind: 'open-list', list: 'contexts' },
    argument: {
      shown: '[NAME]',
      names: contextNames,
      namesOf: 'contexts',
      read: (context, state) =>
        placeNamed(state, context)
          ? asks({ kind: 'go-to-context', context })
          : refuses(noSuch('context', plainText(context, 120), contextNames(state))),
    },
  },
  {
    name: 'vs',
    aliases: ['virtualservice', 'virtualservices'],
    sentence: 'choose another VirtualService or route',
    intent: { kind: 'open-list', list: 'routes' },
    argument: {
      shown: '[NAME]',
      names: virtualServiceNames,
      read: (name, state) => {
        const names = virtualServiceNames(state);
        return names.includes(name)
          ? asks({ kind: 'choose-virtual-service', name })
          : refuses(noSuch('VirtualService to shift', plainText(name, 253), names));
      },
    },
  },
  {
    name: 'rate',
    aliases: [],
    sentence: `sample at ${RATE_WORDS.replace('a number of ', 'so many ')}`,
    argument: {
      shown: 'N',
      names: () => ['5', '20', '50', '100'],
      read: typed => {
        const ratePerSecond = readRate(typed);
        return ratePerSecond === undefined
          ? refuses(`type ${RATE_WORDS}`)
          : asks({ kind: 'set-rate', ratePerSecond });
      },
    },
  },
  {
    name: 'theme',
    aliases: ['skin'],
    sentence: 'draw in colours, without them, or with nothing dim',
    argument: {
      shown: THEMES.join('|'),
      names: () => THEMES,
      read: typed => {
        const theme = THEMES.find(name => name === typed);
        return theme ? asks({ kind: 'set-theme', theme }) : refuses(noSuch('theme', typed, THEMES));
      },
    },
  },
  {
    name: 'clear',
    aliases: [],
    sentence: 'begin the chart, its failures and its latencies anew',
    intent: { kind: 'clear-chart' },
  },
  {
    name: 'pause',
    aliases: ['resume'],
    sentence: 'pause or resume sampling',
    intent: { kind: 'pause-sampling' },
  },
  {
    name: 'doctor',
    aliases: ['findings'],
    sentence: 'show what keeps requests from following the weights',
    intent: { kind: 'open-list', list: 'findings' },
  },
  {
    name: 'tutorial',
    aliases: [],
    sentence: 'open the tutorial, or close it',
    intent: { kind: 'toggle-tutorial' },
  },
  {
    name: 'history',
    aliases: ['shifts'],
    sentence: 'list every shift of the session',
    intent: { kind: 'open-list', list: 'shifts' },
  },
  {
    name: 'messages',
    aliases: ['msg', 'notices'],
    sentence: 'list what was said in this session',
    intent: { kind: 'open-list', list: 'messages' },
  },
  { name: 'copy', aliases: ['yank'], sentence: 'copy what is under the cursor', intent: { kind: 'copy' } },
  {
    name: 'export',
    aliases: [],
    sentence: 'write every shift of the history to files in the working folder',
    intent: { kind: 'export-shifts' },
  },
  {
    name: 'gateway',
    aliases: ['gw', 'ways'],
    sentence: 'show every way to the gateway',
    intent: { kind: 'open-ways' },
  },
  {
    name: 'help',
    aliases: ['h', '?'],
    sentence: 'show every key and every command',
    intent: { kind: 'open-help' },
  },
  {
    name: 'q',
    aliases: ['quit', 'exit', 'q!'],
    sentence: 'send what is still asked for, then quit',
    intent: { kind: 'quit' },
  },
];

/** A command line in its parts: what stands before the first blank, and what stands behind it, if there is one. */
export function partsOf(text: string): { readonly name: string; readonly argument: string | undefined } {
  const [, name = '', blank = '', argument = ''] = /^\s*(\S*)(\s*)(.*)$/.exec(text) ?? [];
  return { name: name.toLowerCase(), argument: blank === '' ? undefined : argument };
}

export function commandNamed(name: string): TypedCommand | undefined {
  return TYPED_COMMANDS.find(command => command.name === name || command.aliases.includes(name));
}

/** Reads a whole command line. */
export function readCommand(text: string, state: AppState): ReadCommand {
  const { name, argument = '' } = partsOf(text);
  const command = commandNamed(name);
  if (!command) {
    const names = TYPED_COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]);
    return refuses(noSuch('command', plainText(name, 40), names));
  }
  const typed = argument.trim();
  if (typed !== '' && command.argument) return command.argument.read(typed, state);
  if (typed !== '') return refuses(`:${command.name} takes nothing behind it`);
  return command.intent ? asks(command.intent) : refuses(`type :${command.name} ${command.argument?.shown}`);
}

/** `:ns [NAME]`. */
export function commandWords({ name, argument }: TypedCommand): string {
  return argument ? `:${name} ${argument.shown}` : `:${name}`;
}

/** The commands as the README's table. */
export function commandsAsMarkdown(): string {
  const rows = TYPED_COMMANDS.map(command => {
    const aliases = command.aliases.map(alias => `\`:${alias}\``).join(' ');
    const words = commandWords(command).replaceAll('|', '\\|');
    return `| \`${words}\` | ${aliases} | ${command.sentence} |`;
  });
  return ['| command | also | what it does |', '|---|---|---|', ...rows].join('\n');
}
