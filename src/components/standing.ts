import { ownerWords } from '../kube/owners.ts';
import { ownersOfChosen } from '../session/ownership.ts';
import { focusedRow } from '../session/pane-rows.ts';
import { placeWords } from '../session/places.ts';
import { type ConnectionPhase, connectionPhase, writeRefusal } from '../session/selectors.ts';
import type { AppState, Notice } from '../session/state.ts';
import { foreseenTrouble, unfollowedWords } from '../session/unfollowed.ts';
import { isLabelCut, labelColumns } from './weight-columns.ts';

export type Standing = Pick<Notice, 'level' | 'text'>;

type Lost = Extract<ConnectionPhase, { kind: 'lost' }>;

/** What the status line says for as long as it holds, the most important first. */
export function standing(state: AppState): Standing {
  if (state.run.kind !== 'running')
    return { level: 'info', text: 'sending what is still asked for, then closing' };
  if (state.ui.isSuspending)
    return {
      level: 'info',
      text: 'sending what is still asked for, then stopping; fg in the shell continues',
    };
  const { move } = state.places;
  if (move.kind === 'leaving') {
    const text = `sending what is still asked for, then going to ${placeWords(move.to)}`;
    return { level: 'info', text };
  }
  if (move.kind === 'entering') return { level: 'info', text: `going to ${placeWords(move.to)}` };
  const phase = connectionPhase(state.cluster);
  if (phase.kind === 'lost') return whileLost(phase, state.weights.applied !== undefined);
  const unfollowed = unfollowedWords(state);
  if (unfollowed !== undefined) return { level: 'error', text: unfollowed };
  const readOnly = writeRefusal(state);
  if (readOnly !== undefined) return { level: 'warning', text: readOnly };
  const trouble = foreseenTrouble(state);
  if (trouble !== undefined) return { level: 'warning', text: trouble };
  return (
    ofSampling(state.traffic) ?? inFull(state) ?? paused(state) ?? overriding(state) ?? whereToLook(state)
  );
}

/** Where there is nothing to show, the Weights pane has room for the reason. */
function whileLost({ reason, nextStep }: Lost, hasRoute: boolean): Standing {
  const text = hasRoute
    ? `${reason} ${nextStep}`
    : 'trying again; c goes to another cluster, or to the demo cluster';
  return { level: 'error', text };
}

/** What keeps samples from saying what a person may take them to say; undefined where nothing does. */
function ofSampling({ sampling }: AppState['traffic']): Standing | undefined {
  if (sampling.kind === 'needs-answer') {
    return { level: 'warning', text: `${sampling.reason}. Press 4, then = to name the ${sampling.asks}.` };
  }
  if (sampling.kind === 'sampling' && sampling.reached === 'other') {
    const text = `no Envoy shows itself at ${sampling.place}: samples may not be of the gateway; g shows every way`;
    return { level: 'warning', text };
  }
  if (sampling.kind === 'sampling' && !sampling.canTellApart) {
    return { level: 'warning', text: `versions cannot be told apart: ${sampling.identification}` };
  }
  return undefined;
}

function paused({ traffic }: AppState): Standing | undefined {
  return traffic.isPaused ? { level: 'info', text: 'sampling is paused; p resumes' } : undefined;
}

/** The highlighted row, or the label of the selected version, with what a pane has no room for. */
function inFull(state: AppState): Standing | undefined {
  const row = focusedRow(state);
  if (row) return { level: 'info', text: row.name };
  const { applied, selected, locked } = state.weights;
  const labels = applied?.route.destinations.map(({ label }) => label) ?? [];
  const label = labels[selected] ?? '';
  const isCut =
    state.ui.focus === 'weights' &&
    isLabelCut(label, locked.includes(selected), labelColumns(labels, state.ui.columns - 2));
  return isCut ? { level: 'info', text: `selected: ${label}` } : undefined;
}

/** An owner that was overridden goes on all the same. */
function overriding(state: AppState): Standing | undefined {
  const owner = ownersOfChosen(state).find(({ reverts }) => reverts);
  return (
    owner && { level: 'info', text: `overriding ${ownerWords(owner)}, which may put its own weights back` }
  );
}

/** Where else to look, while nothing is wrong. */
export function whereToLook({ connection, traffic: { sampling } }: AppState): Standing {
  const { isDemo, kubeconfig } = connection;
  if (isDemo) return { level: 'info', text: `beside it: kubectl --kubeconfig ${kubeconfig} get pods` };
  if (sampling.kind !== 'sampling') return { level: 'info', text: '' };
  const { place, way, identification } = sampling;
  return { level: 'info', text: `sampling ${place} (${way}); ${identification}` };
}
