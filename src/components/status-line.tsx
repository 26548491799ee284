import { currentNotice } from '../session/notices.ts';
import { placeWords } from '../session/places.ts';
import { connectionPhase, writeRefusal } from '../session/selectors.ts';
import type { AppState, Notice } from '../session/state.ts';
import { unfollowedWords } from '../session/unfollowed.ts';
import { Text } from './text.tsx';
import { useDerived, useGlyphs } from './use-app-state.tsx';

const COLOURS: Readonly<Record<Notice['level'], 'red' | 'yellow' | undefined>> = {
  info: undefined,
  warning: 'yellow',
  error: 'red',
};

/** One line: the newest notice while it is new, else what holds for as long as it holds. */
export function StatusLine() {
  const { level, text } = useDerived(state => currentNotice(state) ?? standing(state));
  const { status } = useGlyphs();
  const icon = level === 'info' ? ' ' : status[level === 'error' ? 'failing' : 'warning'];
  const colour = COLOURS[level];
  return (
    <Text wrap="truncate-end" {...(colour ? { color: colour } : {})} dimColor={level === 'info'}>
      {` ${icon} ${text}`}
    </Text>
  );
}

type Standing = Pick<Notice, 'level' | 'text'>;

function standing(state: AppState): Standing {
  if (state.run.kind !== 'running')
    return { level: 'info', text: 'sending what is still asked for, then closing' };
  const { move } = state.places;
  if (move.kind === 'leaving') {
    const text = `sending what is still asked for, then going to ${placeWords(move.to)}`;
    return { level: 'info', text };
  }
  if (move.kind === 'entering') return { level: 'info', text: `going to ${placeWords(move.to)}` };
  const phase = connectionPhase(state.cluster);
  if (phase.kind === 'lost') return { level: 'error', text: `${phase.reason} ${phase.nextStep}` };
  if (state.target.kind === 'none')
    return { level: 'warning', text: `${state.target.reason} ${state.target.nextStep}` };
  const unfollowed = unfollowedWords(state);
  if (unfollowed !== undefined) return { level: 'error', text: unfollowed };
  const readOnly = writeRefusal(state);
  if (readOnly !== undefined) return { level: 'warning', text: readOnly };
  const { sampling, isPaused } = state.traffic;
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
  if (isPaused) return { level: 'info', text: 'sampling is paused; p resumes' };
  if (state.connection.isDemo) {
    return {
      level: 'info',
      text: `beside it: kubectl --kubeconfig ${state.connection.kubeconfig} get pods`,
    };
  }
  if (sampling.kind !== 'sampling') return { level: 'info', text: '' };
  return { level: 'info', text: `sampling ${sampling.place} (${sampling.way}); ${sampling.identification}` };
}
