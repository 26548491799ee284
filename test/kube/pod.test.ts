import { describe, expect, it } from 'vitest';
import { readWarningEvent } from '../../src/kube/event.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import { readPod } from '../../src/kube/pod.ts';
import { explainPod } from '../../src/kube/pod-why.ts';
import { unschedulableWords } from '../../src/kube/unschedulable.ts';
import { fixture, fixtureObjects } from '../support/objects.ts';

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
    'Init:Signal:9',
    [
      { phase: 'Pending', initContainerStatuses: [container({ terminated: { exitCode: 137, signal: 9 } })] },
      { initContainers: [{ name: 'app' }] },
    ],
  ],
  [
    'Init:1/2',
    [
      {
        phase: 'Pending',
        initContainerStatuses: [
          container({ terminated: { exitCode: 0, reason: 'Completed' } }),
          container({ waiting: { reason: 'PodInitializing' } }, { name: 'two' }),
        ],
        containerStatuses: [container({ waiting: { reason: 'PodInitializing' } })],
      },
      { initContainers: [{ name: 'app' }, { name: 'two' }] },
    ],
  ],
  [
    'Error',
    [
      {
        phase: 'Running',
        conditions: [{ type: 'Initialized', status: 'True' }],
        initContainerStatuses: [container({ waiting: { reason: 'CrashLoopBackOff' } })],
        containerStatuses: [container({ terminated: { reason: 'Error', exitCode: 1 } })],
      },
      { initContainers: [{ name: 'app', restartPolicy: 'Always' }] },
    ],
  ],
  [
    'PodInitializing',
    [{ phase: 'Pending', containerStatuses: [container({ waiting: { reason: 'PodInitializing' } })] }],
  ],
  [
    'NotReady',
    [
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'False' }],
        containerStatuses: [
          container({ terminated: { reason: 'Completed', exitCode: 0 } }),
          container({ running: {} }, { name: 'two', ready: true }),
        ],
      },
    ],
  ],
  [
    'Running',
    [
      {
        phase: 'Running',
        conditions: [{ type: 'Ready', status: 'True' }],
        containerStatuses: [
          container({ terminated: { reason: 'Completed', exitCode: 0 } }),
          container({ running: {} }, { name: 'two', ready: true }),
        ],
      },
    ],
  ],
  ['Terminating', [{ phase: 'Pending', reason: 'x' }, {}, { deletionTimestamp: '2026-11-23T06:00:00Z' }]],
  [
    'Completed',
    [
      { phase: 'Succeeded', containerStatuses: [container({ terminated: { reason: 'Completed' } })] },
      {},
      { deletionTimestamp: '2026-11-23T06:00:00Z' },
    ],
  ],
  ['Unknown', [{ phase: 'Unknown' }]],
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

  it('counts the restarts of init containers only until the containers run', () => {
    const spec = { initContainers: [{ name: 'init' }, { name: 'istio-proxy', restartPolicy: 'Always' }] };
    const done = container({ terminated: { exitCode: 0 } }, { name: 'init', restartCount: 3 });
    const sidecar = container({ running: {} }, { name: 'istio-proxy', started: true, restartCount: 2 });
    const app = container({ running: {} }, { ready: true, restartCount: 1 });
    const started = { phase: 'Running', initContainerStatuses: [done, sidecar], containerStatuses: [app] };
    expect(aPod(started, spec)).toMatchObject({ restarts: 3, readyContainers: 1, containers: 2 });
    const failing = container({ waiting: { reason: 'CrashLoopBackOff' } }, { name: 'init', restartCount: 3 });
    const stuck = { phase: 'Pending', initContainerStatuses: [failing], containerStatuses: [app] };
    expect(aPod(stuck, spec)).toMatchObject({
      status: 'Init:CrashLoopBackOff',
      restarts: 3,
      readyContainers: 0,
    });
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

  it.each([
    ['unschedulable-memory', 'no node fits: not enough memory on 1 of 1 (asks for 64Gi)'],
    [
      'unschedulable-cpu-and-taint',
      'no node fits: a taint that the pod does not tolerate (node-role.kubernetes.io/control-plane) on 1 of 3, not enough CPU on 2 of 3 (asks for 16)',
    ],
    [
      'oom-killed',
      'CrashLoopBackOff, 3 restarts: out of memory at its limit of 64Mi (OOMKilled), exit 137 (SIGKILL)',
    ],
    ['evicted', 'Evicted: The node was low on resource: memory. Threshold quantity: 100Mi, available: 90Mi.'],
    ['readiness-fails', 'container myapp is not ready'],
  ])('is said in words for the situation %s', (name, why) => {
    expect(readPod(fixture(name, 'Pod')).why).toBe(why);
  });

  it('is completed by the newest warning event that tells more', () => {
    const pod = readPod(fixture('readiness-fails', 'Pod'));
    const events = fixtureObjects('readiness-fails')
      .filter(({ kind }) => kind === 'Event')
      .map(readWarningEvent);
    expect(explainPod(pod, events)).toBe(
      'container myapp is not ready; Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503',
    );
  });

  it('keeps a scheduler message of another form', () => {
    const message = 'persistentvolumeclaim "data" not found';
    expect(unschedulableWords(message, {})).toBe(message);
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
