import { openLine } from '../session/open-line.ts';
import { previewOf } from '../session/selected-weight.ts';
import type { Overlay, PromptSubject } from '../session/ui-state.ts';
import { Text } from './text.tsx';
import { TypedLine } from './typed-line.tsx';
import { useDerived, useGlyphs } from './use-app-state.tsx';

type OpenPrompt = Extract<Overlay, { kind: 'prompt' }>;

const PROMPTS: Readonly<Record<Exclude<PromptSubject, 'weight'>, string>> = {
  gateway: 'URL of the ingress gateway, such as http://192.168.49.2:31380',
  host: 'Host that the VirtualService answers for',
  path: 'Path that the route matches',
  method: 'Method to send to the route with every sample: it may change something',
  header: 'Header that the route matches, such as x-user: tester',
  context: 'Name of this context, typed as it is: what you do changes a cluster that is not on this computer',
};

/** One line to type: what it is, and what enter would make of it. */
export function PromptBox({ prompt }: { readonly prompt: OpenPrompt }) {
  const line = useDerived(state => openLine(state) ?? null);
  const selected = useDerived(
    ({ weights }) => weights.applied?.route.destinations[weights.selected]?.label ?? '',
  );
  const asked = prompt.asks === 'weight' ? `Weight of ${selected}, 0 to 100` : PROMPTS[prompt.asks];
  return (
    <>
      <Text bold>{asked}</Text>
      <Text>
        {'> '}
        <TypedLine before={line?.before ?? ''} after={line?.after ?? ''} />
      </Text>
      <Outcome prompt={prompt} />
    </>
  );
}

function Outcome({ prompt: { asks, draft, problem } }: { readonly prompt: OpenPrompt }) {
  const preview = useDerived(state => (asks === 'weight' ? (previewOf(state, draft) ?? null) : null));
  const { status } = useGlyphs();
  const doubt = problem === '' ? refusedWords(preview) : `type ${problem}`;
  if (doubt === '') return <Text dimColor>{preview?.words ?? 'enter takes it'}</Text>;
  return (
    <Text>
      <Text color="yellow">{status.warning}</Text>
      {` ${doubt}`}
    </Text>
  );
}

function refusedWords(preview: ReturnType<typeof previewOf> | null): string {
  return preview?.isRefused ? preview.words : '';
}
