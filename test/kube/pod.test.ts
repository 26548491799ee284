import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/kube/json.ts';
import { readPod } from '../../src/kube/pod.ts';
import { fixtureObjects } from '../support/objects.ts';

function aPod(status: JsonObject, spec: JsonObject = {}, metadata: JsonObject = {}) {
  return readPod({
    metadata: { name: 'p', namespace: 'default', ...metadata },
    spec: { containers: [{ name: 'app', image: 'app:1' }], ...spec },
    status,
  });
}

const container = (state: JsonObject, more: JsonObject = {}) => ({
  name: 'app',
  ready: false,
  restartCount: 0,
  state,
  ...more,
});

/** The STATUS that kubectl prints, by what the pod says of itself. */
const words: readonly [string, Parameters<typeof aPod>][] = [
  ['Pending', [{ phase: 'Pending' }]],
  [
    'ContainerCreating',
    [{ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ContainerCreating' } })] }],
  ],
  [
    'ImagePullBackOff',
    [{ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'ImagePullBackOff' } })] }],
  ],
  [
    'Error',
    [{ phase: 'Running', containerStatuses: [container({ terminated: { reason: 'Error', exitCode: 1 } })] }],
  ],
  ['ExitCode:3', [{ phase: 'Failed', containerStatuses: [container({ terminated: { exitCode: 3 } })] }]],
  [
    'Signal:9',
    [{ phase: 'Failed', containerStatuses: [container({ terminated: { signal: 9, exitCode: 137 } })] }],
  ],
  [
    'OOMKilled',
    [{ phase: 'Running', containerStatuses: [container({ terminated: { reason: 'OOMKilled' } })] }],
  ],
  [
    'Completed',
    [{ phase: 'Succeeded', containerStatuses: [container({ terminated: { reason: 'Completed' } })] }],
  ],
  ['Evicted', [{ phase: 'Failed', reason: 'Evicted' }]],
  ['Terminating', [{ phase: 'Running' }, {}, { deletionTimestamp: '2026-11-23T06:00:00Z' }]],
  ['Unknown', [{ phase: 'Running', reason: 'NodeLost' }, {}, { deletionTimestamp: '2026-11-23T06:00:00Z' }]],
  [
    'Init:0/2',
    [
      { phase: 'Pending', initContainerStatuses: [container({ running: {} })] },
      { initContainers: [{ name: 'app' }, { name: 'two' }] },
    ],
  ],
  [
    'Init:ExitCode:2',
    [
      { phase: 'Pending', initContainerStatuses: [container({ terminated: { exitCode: 2 } })] },
      { initContainers: [{ name: 'app' }] },
    ],
  ],
  [
    'Init:CrashLoopBackOff',
    [
      { phase: 'Pending', initContainerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })] },
      { initContainers: [{ name: 'app' }] },
    ],
  ],
  [
    'SchedulingGated',
    [
      {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      },
    ],
  ],
];

describe('STATUS of a pod', () => {
  it.each(words)('is %s', (expected, pod) => {
    expect(aPod(...pod).status).toBe(expected);
  });

  it('counts a native sidecar in READY', () => {
    const pod = aPod(
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [container({ running: {} }, { ready: true })],
        initContainerStatuses: [
          { name: 'istio-proxy', ready: true, started: true, restartCount: 0, state: { running: {} } },
        ],
      },
      { initContainers: [{ name: 'istio-proxy', restartPolicy: 'Always' }] },
    );
    expect(pod).toMatchObject({ status: 'Running', readyContainers: 2, containers: 2, isReady: true });
  });

  it('is no endpoint while it terminates', () => {
    const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    expect(aPod(ready, {}, { deletionTimestamp: '2026-11-23T06:00:00Z' }).isReady).toBe(false);
  });
});

describe('why a pod is not well', () => {
  it('names the reason, the restarts and the last exit', () => {
    const [, , , , , v2] = fixtureObjects('crash-looping');
    if (!v2) throw new Error('the fixture has changed');
    expect(readPod(v2)).toMatchObject({
      status: 'CrashLoopBackOff',
      readyContainers: 0,
      containers: 1,
      restarts: 4,
      why: 'CrashLoopBackOff, 4 restarts: exit 1',
    });
  });

  it('says what the scheduler says', () => {
    const pod = aPod({
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/1 nodes: Insufficient memory.',
        },
      ],
    });
    expect(pod.why).toBe('0/1 nodes: Insufficient memory.');
  });

  it('shows no control characters of a message', () => {
    const state = { waiting: { reason: 'Oops\u001b[2J', message: 'a\u202eb\n\u001b]0;x\u0007' } };
    const pod = aPod({ phase: 'Pending', containerStatuses: [container(state)] });
    expect(`${pod.status} ${pod.why}`).toBe('Oops Oops: ab');
  });
});

it('survives a pod that says nothing of itself', () => {
  expect(readPod({ metadata: { name: 'p' } })).toMatchObject({
    status: 'Unknown',
    isReady: false,
    containers: 0,
  });
});
