import { gatewaysOf } from '../kube/bound-gateways.ts';
import { curlCommand } from '../kube/curl-command.ts';
import { asReached } from '../kube/delegation.ts';
import { type KubectlPlace, kubectlCommand, weightsCommand } from '../kube/kubectl-command.ts';
import { sampleRequest } from '../kube/sample-request.ts';
import { weightsText } from '../kube/split.ts';
import { type Copyable, copyableText } from './copyable.ts';
import { listedFinding } from './findings-list.ts';
import { chosenIndex, type ListRow } from './list.ts';
import { listedRows } from './list-overlay.ts';
import { messageNumbered } from './message-list.ts';
import { focusedRow } from './pane-rows.ts';
import { recordedShift } from './recorded-shifts.ts';
import { shiftsAsMarkdown } from './shift-markdown.ts';
import type { AppState } from './state.ts';
import { stepCopyables } from './step-copyables.ts';
import type { ListId, Overlay, Subject } from './ui-state.ts';

type OpenList = Extract<Overlay, { kind: 'list' }>;

/** What can be copied where the cursor is, the likeliest first; empty where nothing can. */
export function copyables(state: AppState): readonly Copyable[] {
  const { overlay } = state.ui;
  switch (overlay.kind) {
    case 'list':
      return ofHighlighted(state, overlay);
    case 'shift':
      return ofShift(state, overlay.number);
    case 'finding': {
      const row = listedFinding(state, overlay.id);
      return row ? [copyableText('the finding', findingText(row))] : [];
    }
    case 'details':
      return ofSubject(state, overlay.subject);
    case 'none':
      return ofPanes(state);
    default:
      return [];
  }
}

/** The highlighted row, or what a step runs, first; else of the weights, but in the pane that shows what the gateway answers. */
function ofPanes(state: AppState): readonly Copyable[] {
  const subject = focusedRow(state)?.subject;
  const ofWeights = [...shiftCommand(state), ...yaml(state)];
  const ofGateway = gateway(state);
  if (state.ui.focus === 'tutorial') return [...stepCopyables(state), ...ofWeights, ...ofGateway];
  if (subject) return [...ofSubject(state, subject), ...ofWeights, ...ofGateway];
  return state.ui.focus === 'responses' ? [...ofGateway, ...ofWeights] : [...ofWeights, ...ofGateway];
}

/** An object by its name, and what tells more of it. */
function ofSubject({ connection }: AppState, subject: Subject): readonly Copyable[] {
  if (subject.kind === 'version') return [copyableText('the name of the version', subject.label)];
  const { kind, name } = subject;
  const where = subject.kind === 'pod' ? ['-n', subject.namespace] : [];
  const command = kubectlCommand(placeOf(connection), ...where, 'describe', kind, name);
  return [
    copyableText(`the name of the ${kind}`, name),
    copyableText(`the kubectl command that describes the ${kind}`, `${command}\n`),
  ];
}

function placeOf({ kubeconfig, contextName }: AppState['connection']): KubectlPlace {
  return { kubeconfig, context: contextName };
}

/** What sets the weights that are applied: those that the last shift left, whoever made it. */
function shiftCommand({ weights: { applied }, connection }: AppState): readonly Copyable[] {
  if (!applied) return [];
  const { virtualService, route, weights, source } = applied;
  const command = weightsCommand(placeOf(connection), virtualService, route, weights);
  const which = source.kind === 'found' ? 'the weights' : 'the last shift';
  return [copyableText(`the kubectl command for ${which}, ${weightsText(weights)}`, `${command}\n`)];
}

function yaml({ weights: { applied } }: AppState): readonly Copyable[] {
  if (!applied) return [];
  const { namespace, name } = applied.virtualService;
  return [
    { name: `the YAML of VirtualService ${name}`, content: { kind: 'virtual-service', namespace, name } },
  ];
}

/** Where samples go by a URL; a port-forward of this program is of no use outside it. */
function gateway(state: AppState): readonly Copyable[] {
  const { sampling } = state.traffic;
  if (sampling.kind !== 'sampling' || !/^https?:\/\//.test(sampling.place)) return [];
  const command = curl(state, sampling.place);
  return [
    copyableText('the URL of the gateway', sampling.place),
    ...(command === undefined ? [] : [copyableText('the curl command for a sample', `${command}\n`)]),
  ];
}

function curl({ weights: { applied }, cluster, traffic }: AppState, url: string): string | undefined {
  const reached = applied && asReached(applied.virtualService, applied.route, cluster.virtualServices.items);
  if (!reached) return undefined;
  const { virtualService, route } = reached;
  const bound = gatewaysOf(virtualService, cluster.gateways.items);
  const asked = sampleRequest(virtualService, route, bound, traffic);
  return 'request' in asked ? curlCommand(url, asked.request) : undefined;
}

function ofHighlighted(state: AppState, list: OpenList): readonly Copyable[] {
  const { rows } = listedRows(state, list);
  const row = rows[chosenIndex(rows, list.chosen)];
  if (!row) return [];
  return ofRow(state, list.list, row);
}

function ofRow(state: AppState, list: ListId, row: ListRow): readonly Copyable[] {
  const [first = ''] = row.cells;
  switch (list) {
    case 'shifts':
      return ofShift(state, Number(row.id));
    case 'messages': {
      const message = messageNumbered(state, Number(row.id));
      return message ? [message] : [];
    }
    case 'findings':
      return [copyableText('the finding', findingText(row))];
    case 'copies':
      return [];
    default:
      return [copyableText(first, first)];
  }
}

function findingText({ cells: [group = '', code = '', sentence = ''], detail }: ListRow): string {
  return [`${code || group}: ${sentence}`, detail].filter(line => line !== '').join('\n');
}

function ofShift(state: AppState, number: number): readonly Copyable[] {
  const shift = recordedShift(state, number);
  return shift ? [copyableText(`shift ${number} as Markdown`, shiftsAsMarkdown([shift], state.now))] : [];
}
