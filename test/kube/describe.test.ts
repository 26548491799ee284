import { describe, expect, it } from 'vitest';
import { describeDeployment } from '../../src/kube/describe-deployment.ts';
import { eventsSection } from '../../src/kube/describe-events.ts';
import { describeNode } from '../../src/kube/describe-node.ts';
import { describePod, tellingContainer } from '../../src/kube/describe-pod.ts';
import type { DescribedSection } from '../../src/kube/described.ts';
import type { JsonObject } from '../../src/kube/json.ts';
import type { KubeObject } from '../../src/kube/metadata.ts';
import { fixture, fixtureObjects } from '../support/objects.ts';

const podsOf = (name: string) => fixtureObjects(name).filter(({ kind }) => kind === 'Pod');
/** Each row as a line: its status, its label and its text; rows below another one indented. */
const written = (sections: readonly DescribedSection[]) =>
  sections.map(({ heading, rows, empty }) => [
    heading,
    ...rows.map(row => {
      if (row.kind !== 'fact') return JSON.stringify(row);
      return `${row.isBelow ? '  ' : ''}${row.label} | ${row.text} | ${row.status ?? ''}`;
    }),
    ...(rows.length === 0 ? [empty] : []),
  ]);

describe('a pod in full', () => {
  it('says why its container does not run, how often it was started again, and how it ended', () => {
    const [, pod] = podsOf('crash-looping');
    if (!pod) throw new Error('no pod');
    expect(written(describePod(pod))).toEqual([
      [
        '',
        'Status | CrashLoopBackOff, 4 restarts: exit 1 | failing',
        'Node | none yet | ',
        'IP | none yet | ',
        'Namespace | default | ',
        'Age |  | ',
      ],
      [
        'Containers',
        'myapp | Waiting: CrashLoopBackOff: back-off 1m20s restarting failed container=myapp pod=myapp-v2-788c7bb89c-hfg5m_default(q2) | failing',
        '  Image | janakiramm/myapp:v2 | ',
        '  Restart Count | 4 | ',
        '  Last State | Terminated: Error, exit code 1 | ',
      ],
      ['Conditions', 'Ready | False, ContainersNotReady | warning'],
    ]);
  });

  it('names its controller, and counts how long it runs', () => {
    const [pod] = podsOf('crash-looping');
    const startedAt = '2026-11-20T06:00:05Z';
    const ownerReferences = [{ kind: 'ReplicaSet', name: 'myapp-v1-66bbb8f55c', controller: true }];
    const running = {
      ...pod,
      metadata: { ...pod?.metadata, ownerReferences },
      status: {
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: startedAt }],
        containerStatuses: [
          { name: 'myapp', ready: true, restartCount: 0, state: { running: { startedAt } } },
        ],
      },
    } as KubeObject;
    const [facts, containers, conditions] = describePod(running);
    expect(facts?.rows).toContainEqual({
      kind: 'fact',
      label: 'Controlled By',
      text: 'ReplicaSet/myapp-v1-66bbb8f55c',
    });
    const sinceMs = Date.parse(startedAt);
    expect(containers?.rows[0]).toEqual({
      kind: 'fact',
      label: 'myapp',
      text: 'Running',
      status: 'well',
      sinceMs,
    });
    expect(conditions?.rows[0]).toMatchObject({ label: 'Ready', text: 'True', status: 'well', sinceMs });
  });

  it('lets nothing through that a terminal would act on', () => {
    const evil = '\u001b[2Jevil\u202e';
    const object: KubeObject = {
      metadata: { name: evil, namespace: evil, labels: { 'app.kubernetes.io/managed-by': evil } },
      spec: { nodeName: evil, containers: [{ name: evil, image: evil }] },
      status: {
        podIP: evil,
        reason: evil,
        conditions: [{ type: evil, status: evil, reason: evil, message: evil }],
        containerStatuses: [{ name: evil, state: { waiting: { reason: evil, message: evil } } }],
      },
    };
    expect(JSON.stringify(describePod(object))).not.toMatch(/\\u001b|\u202e/);
    expect(JSON.stringify(describeNode(object))).not.toMatch(/\\u001b|\u202e/);
    expect(JSON.stringify(describeDeployment(object))).not.toMatch(/\\u001b|\u202e/);
  });
});

describe('the container whose log is shown', () => {
  const pod = (containerStatuses: readonly JsonObject[], metadata: JsonObject = {}): KubeObject => ({
    metadata: { name: 'p', ...metadata },
    spec: { containers: [{ name: 'proxy' }, { name: 'app' }] },
    status: { containerStatuses },
  });
  const ready = (name: string) => ({ name, ready: true, restartCount: 0, state: { running: {} } });

  it.each([
    [
      'the first that is not ready',
      pod([ready('proxy'), { name: 'app', ready: false, restartCount: 2 }]),
      'app',
    ],
    ['the first where all are', pod([ready('proxy'), ready('app')]), 'proxy'],
    [
      'the one that kubectl takes where all are ready',
      pod([ready('proxy'), ready('app')], {
        annotations: { 'kubectl.kubernetes.io/default-container': 'app' },
      }),
      'app',
    ],
    ['the first where none has begun', pod([{ name: 'app', ready: false, restartCount: 0 }]), 'proxy'],
  ])('is %s', (_what, object, name) => {
    expect(tellingContainer(object)).toBe(name);
  });
});

it('a Deployment in full has its replicas, its rollout and its conditions', () => {
  const [deployment] = fixtureObjects('crash-looping').filter(
    ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'myapp-v2',
  );
  if (!deployment) throw new Error('no Deployment');
  expect(written(describeDeployment(deployment))).toEqual([
    [
      '',
      'Replicas | 1 desired, 1 updated, 1 total, 0 available, 0 unavailable | ',
      'Rollout | 0 of 1 updated replicas are available | waiting',
      'Image | janakiramm/myapp:v2 | ',
      'StrategyType | RollingUpdate | ',
      'Pod Labels | app=myapp,version=v2 | ',
      'Namespace | default | ',
      'Age |  | ',
    ],
    ['Conditions', 'none'],
  ]);
});

it('a node in full has what keeps pods off it', () => {
  const node: KubeObject = {
    metadata: { name: 'minikube' },
    spec: { taints: [{ key: 'disk', value: 'slow', effect: 'NoSchedule' }] },
    status: {
      nodeInfo: { kubeletVersion: 'v1.36.3', osImage: 'Ubuntu 24.04', architecture: 'arm64' },
      allocatable: { cpu: '4', memory: '8Gi', pods: 110, 'hugepages-2Mi': '0' },
      conditions: [
        { type: 'MemoryPressure', status: 'True', reason: 'KubeletHasInsufficientMemory' },
        { type: 'Ready', status: 'True', reason: 'KubeletReady' },
        { type: 'DiskPressure', status: 'Unknown' },
      ],
    },
  };
  expect(written(describeNode(node))).toEqual([
    [
      '',
      'Status | Ready: MemoryPressure | warning',
      'Version | v1.36.3 | ',
      'Internal IP | none | ',
      'System | Ubuntu 24.04, arm64 | ',
      'Taints | disk=slow:NoSchedule | ',
      'Allocatable | cpu 4, memory 8Gi, pods 110 | ',
    ],
    [
      'Conditions',
      'MemoryPressure | True, KubeletHasInsufficientMemory | warning',
      'Ready | True, KubeletReady | well',
      'DiskPressure | Unknown | waiting',
    ],
  ]);
});

describe('events', () => {
  const event = (name: string, at: string, more: JsonObject = {}): KubeObject => ({
    metadata: { name },
    involvedObject: { kind: 'Pod', name: 'p' },
    type: 'Normal',
    reason: name,
    message: `${name}.`,
    source: { component: 'kubelet' },
    firstTimestamp: '2026-11-23T06:00:00Z',
    lastTimestamp: at,
    count: 1,
    ...more,
  });

  it('have the newest last, and are those of the object alone', () => {
    const section = eventsSection(
      [
        event('Started', '2026-11-23T06:00:09Z'),
        event('Pulled', '2026-11-23T06:00:02Z', { count: 3 }),
        event('Other', '2026-11-23T06:00:05Z', { involvedObject: { kind: 'Node', name: 'p' } }),
        event('Killing', '', {
          firstTimestamp: null,
          lastTimestamp: null,
          source: {},
          reportingComponent: 'node-controller',
          eventTime: '2026-11-23T06:00:01.5Z',
          series: { count: 4, lastObservedTime: '2026-11-23T06:00:07Z' },
        }),
      ],
      'Pod',
      'p',
    );
    const told = section.rows.map(row => (row.kind === 'event' ? [row.reason, row.count, row.from] : []));
    expect(told).toEqual([
      ['Pulled', 3, 'kubelet'],
      ['Killing', 4, 'node-controller'],
      ['Started', 1, 'kubelet'],
    ]);
    expect(section.heading).toBe('Events of Pod p');
  });

  it('are the newest twenty of many', () => {
    const many = Array.from({ length: 70 }, (_, at) =>
      event(`E${at}`, new Date(Date.parse('2026-11-23T06:00:00Z') + at * 1_000).toISOString()),
    );
    const { rows } = eventsSection(many, 'Pod', 'p');
    expect(rows).toHaveLength(20);
    expect(rows.at(-1)).toMatchObject({ reason: 'E69' });
  });
});

it('reads a fixture of every kind without a failure', () => {
  for (const name of ['oom-killed', 'readiness-fails', 'unschedulable-memory']) {
    expect(describePod(fixture(name, 'Pod'))[0]?.rows[0]).toMatchObject({
      label: 'Status',
      status: 'failing',
    });
  }
});
