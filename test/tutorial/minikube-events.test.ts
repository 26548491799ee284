import { describe, expect, it } from 'vitest';
import { afterMinikubeLine, NOTHING_TOLD } from '../../src/tutorial/minikube-events.ts';
import { minikubeFailure } from '../../src/tutorial/minikube-failure.ts';
import {
  errorEvent,
  eventLine,
  type MinikubeEvent,
  stepEvent,
} from '../support/stand-ins/minikube-script.ts';

const storyOf = (...lines: readonly (MinikubeEvent | string)[]) =>
  lines
    .map(line => (typeof line === 'string' ? line : eventLine(line)))
    .reduce(afterMinikubeLine, NOTHING_TOLD);

const download = (progress: string): MinikubeEvent => [
  'download.progress',
  { artifact: 'kicbase', currentstep: '5', progress, totalsteps: '19' },
];

const pulling = stepEvent(5, 'Pulling Base Image', 'Pulling base image v0.0.48 ...');

describe('what minikube tells of itself', () => {
  it('becomes named steps with a fraction', () => {
    expect(storyOf(stepEvent(0, 'Initial Minikube Setup', 'minikube v1.38.1'), pulling).progress).toEqual({
      words: 'Pulling base image v0.0.48 ...',
      fraction: 5 / 19,
      parts: [
        { name: 'Initial Minikube Setup', state: 'done', words: '' },
        { name: 'Pulling Base Image', state: 'running', words: '' },
      ],
    });
  });

  it('adds the part of a download to the step that it is of', () => {
    expect(storyOf(pulling, download('0.5')).progress).toMatchObject({
      words: 'downloading kicbase, 50 %',
      fraction: 5.5 / 19,
    });
  });

  it('ends with every step done', () => {
    const { progress } = storyOf(pulling, stepEvent(19, 'Done', 'Done!'));
    expect(progress?.fraction).toBe(1);
    expect(progress?.parts.map(({ state }) => state)).toEqual(['done', 'done']);
  });

  it('marks the step that an error came in', () => {
    const story = storyOf(pulling, errorEvent('GUEST_PROVISION', 80, 'no space left'));
    expect(story.progress?.parts).toEqual([{ name: 'Pulling Base Image', state: 'failed', words: '' }]);
    expect(story.error).toEqual({ name: 'GUEST_PROVISION', message: 'no space left', advice: '', url: '' });
  });

  it('goes on from where it was on a detour, whose number minikube leaves out', () => {
    const detour: MinikubeEvent = [
      'step',
      { currentstep: '', message: 'Stopping node', name: 'Stopping', totalsteps: '19' },
    ];
    expect(storyOf(pulling, detour).progress?.fraction).toBe(5 / 19);
  });

  it.each([
    ['a step', pulling, 'Pulling base image v0.0.48 ...'],
    ['a warning', ['warning', { message: 'This VM is slow' }] as const, 'This VM is slow'],
    ['a download that begins', ['download', { artifact: 'kicbase' }] as const, 'downloading kicbase'],
    ['a percent of a download', download('0.1'), ''],
    ['text of a library', 'I1125 04:10:21 main.go:5] hello', 'I1125 04:10:21 main.go:5] hello'],
    ['half an event', '{"type":"io.k8s.sigs', '{"type":"io.k8s.sigs'],
    ['JSON of somebody else', '{"level":"info"}', '{"level":"info"}'],
    ['text that would move the cursor', 'a\u001b[2Jb', 'ab'],
  ])('says for a person of %s', (_what, line, said) => {
    expect(storyOf(line as string | MinikubeEvent).said).toBe(said);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"type":"io.k8s.sigs.minikube.step"}',
    '{"type":"io.k8s.sigs.minikube.step","data":7}',
  ])('is taken as it is where it says nothing: %j', line => {
    expect(() => storyOf(line)).not.toThrow();
  });
});

describe('why minikube failed', () => {
  const ended = (exit: string, words = '') => ({ kind: 'ended', exit, output: '', words }) as const;
  const refused = {
    name: 'MK_USAGE',
    message: 'Docker Desktop has only 7591MB memory but you specified 8192MB',
    advice: '',
    url: '',
  };

  it.each([
    ['macos', 'Docker Desktop: Settings, Resources, Memory: 8 GB or more, then Apply & restart.'],
    [
      'windows',
      'Docker Desktop on WSL: memory=8GB below [wsl2] in %UserProfile%\\.wslconfig, then wsl --shutdown.',
    ],
    ['linux', 'Docker Desktop: Settings, Resources, Memory: 8 GB or more, then Apply & restart.'],
  ] as const)('names the setting of Docker Desktop on %s', (platform, nextStep) => {
    expect(minikubeFailure('start', ended('64'), refused, platform)?.nextStep).toBe(nextStep);
  });

  it.each([
    ['not there', { kind: 'not-started', code: 'ENOENT', words: '' }, 'minikube is not on the PATH.'],
    ['not to be run', { kind: 'not-started', code: 'EACCES', words: '' }, 'minikube cannot be run (EACCES).'],
    ['stopped', { kind: 'killed', words: '' }, 'minikube start was stopped.'],
    [
      'silent',
      { kind: 'quiet', minutes: 10 },
      'minikube start said nothing for 10 minutes, and was stopped.',
    ],
    ['at an end', ended('1', 'x\nlast words.\n'), 'minikube start ends with 1: last words.'],
  ] as const)('is told where it is %s', (_what, end, headline) => {
    expect(minikubeFailure('start', end, undefined, 'linux')?.headline).toBe(headline);
  });

  it('is nothing where it ended well, whatever it tried before', () => {
    expect(minikubeFailure('start', ended('0'), refused, 'macos')).toBeUndefined();
  });
});
