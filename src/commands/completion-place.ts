import type { Argument, Command, Option } from 'commander';

/** What may stand at a place of a command line. */
export type Candidates =
  /** `value`: as it is typed. */
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  | { readonly kind: 'files' }
  | { readonly kind: 'contexts' }
  | { readonly kind: 'namespaces' }
  /** `orVersions`: where it may be left out, and weights of versions come at once. */
  | { readonly kind: 'virtual-services'; readonly orVersions: boolean }
  /** Versions of a route; `suffix` stands behind each. */
  | { readonly kind: 'versions'; readonly suffix: '' | '=' }
  | { readonly kind: 'scenarios' }
  | { readonly kind: 'nothing' };

export type Candidate = { readonly value: string; readonly description: string };

/** A place of a command line that is to be completed. */
export type CompletionPlace = {
  readonly candidates: Candidates;
  /** What stands in the same word before what is completed: the flag of `--context=`. */
  readonly prefix: string;
  /** What is typed of it. */
  readonly typed: string;
  /** Values of the flags that were typed before, by their long name. */
  readonly flags: ReadonlyMap<string, string>;
  /** The arguments that were typed before. */
  readonly args: readonly string[];
};

/** What the value of a flag is, where it is nothing of a fixed choice. */
const OF_FLAG: Readonly<Record<string, Candidates>> = {
  '--context': { kind: 'contexts' },
  '--namespace': { kind: 'namespaces' },
  '--istio-namespace': { kind: 'namespaces' },
  '--kubeconfig': { kind: 'files' },
  '--gateway-ca': { kind: 'files' },
  '--record': { kind: 'files' },
  '--report': { kind: 'files' },
  '--scenario': { kind: 'scenarios' },
  '--to': { kind: 'versions', suffix: '' },
};

/** What a command line means that begins with no verb. */
const DEFAULT_VERB = 'open';

/** What an argument is, by its name. */
const OF_ARGUMENT: Readonly<Record<string, Candidates>> = {
  weights: { kind: 'versions', suffix: '=' },
};

/**
 * What may stand at the last of `words`, which are the words behind the name of the program. The first is the verb; where it is
 * none, they are those of the default verb.
 */
export function completionPlace(program: Command, words: readonly string[]): CompletionPlace {
  const typed = words.at(-1) ?? '';
  const verb = program.commands.find(command => words.length > 1 && command.name() === words[0]);
  const command = verb ?? program.commands.find(other => other.name() === DEFAULT_VERB) ?? program;
  const before = readWords(command, words.slice(verb ? 1 : 0, -1));
  const { flags, args, open } = before;
  const place = { flags, args };
  if (open) return { ...place, candidates: ofOption(open), prefix: '', typed };
  const [name = '', ...value] = typed.split('=');
  const option = typed.startsWith('--') && value.length > 0 ? optionOf(command, name) : undefined;
  if (option) return { ...place, candidates: ofOption(option), prefix: `${name}=`, typed: value.join('=') };
  if (typed.startsWith('-')) return { ...place, candidates: flagsOf(command), prefix: '', typed };
  const isFirst = verb === undefined && words.length <= 1;
  const candidates = isFirst ? verbsOf(program) : ofArgument(command, args);
  return { ...place, candidates, prefix: '', typed };
}

type Before = {
  readonly flags: ReadonlyMap<string, string>;
  readonly args: readonly string[];
  /** The flag whose value comes next. */
  readonly open: Option | undefined;
};

function readWords(command: Command, words: readonly string[]): Before {
  const flags = new Map<string, string>();
  const args: string[] = [];
  let open: Option | undefined;
  for (const word of words) {
    if (open) {
      flags.set(open.long ?? '', word);
      open = undefined;
      continue;
    }
    if (!word.startsWith('-')) {
      args.push(word);
      continue;
    }
    const [name = '', ...value] = word.split('=');
    const option = optionOf(command, name);
    if (!option) continue;
    if (value.length > 0 || !option.required) flags.set(option.long ?? '', value.join('='));
    else open = option;
  }
  return { flags, args, open };
}

function optionOf(command: Command, name: string): Option | undefined {
  return command.options.find(({ long, short }) => long === name || short === name);
}

function ofOption({ long, argChoices }: Option): Candidates {
  if (argChoices) return fixed(argChoices);
  return OF_FLAG[long ?? ''] ?? { kind: 'nothing' };
}

function ofArgument(command: Command, before: readonly string[]): Candidates {
  const declared = command.registeredArguments;
  const argument: Argument | undefined =
    declared[before.length] ?? declared.findLast(({ variadic }) => variadic);
  if (!argument) return { kind: 'nothing' };
  if (argument.argChoices) return fixed(argument.argChoices);
  if (argument.name() === 'virtualservice') {
    return { kind: 'virtual-services', orVersions: declared.some(other => other.name() === 'weights') };
  }
  return OF_ARGUMENT[argument.name()] ?? { kind: 'nothing' };
}

function fixed(values: readonly string[]): Candidates {
  return { kind: 'words', words: values.map(value => ({ value, description: '' })) };
}

function flagsOf(command: Command): Candidates {
  const options = command.createHelp().visibleOptions(command);
  const words = options.flatMap(({ long, description }) => (long ? [{ value: long, description }] : []));
  return { kind: 'words', words };
}

function verbsOf(program: Command): Candidates {
  const verbs = program.createHelp().visibleCommands(program);
  const words = verbs.map(verb => ({
    value: verb.name(),
    description: program.createHelp().subcommandDescription(verb),
  }));
  return { kind: 'words', words };
}
