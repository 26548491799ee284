import { describe, expect, it } from 'vitest';
import { humanDuration } from '../../src/demo/kinds/column.ts';
import type { Node, Pod, Service } from '../../src/demo/kinds/core.ts';
import { NODE_COLUMNS } from '../../src/demo/kinds/node.ts';
import { POD_COLUMNS } from '../../src/demo/kinds/pod-columns.ts';
import type { ContainerState, ContainerStatus, PodStatus } from '../../src/demo/kinds/pod-status.ts';
import { SERVICE_COLUMNS } from '../../src/demo/kinds/service.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('an age', () => {
  it.each([
    [-5 * SECOND, '<invalid>'],
    [-SECOND, '0s'],
    [0, '0s'],
    [119 * SECOND, '119s'],
    [120 * SECOND, '2m'],
    [192 * SECOND, '3m12s'],
    [10 * MINUTE + 59 * SECOND, '10m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR, '3h'],
    [3 * HOUR + 5 * MINUTE, '3h5m'],
    [47 * HOUR, '47h'],
    [2 * DAY, '2d'],
    [2 * DAY + 4 * HOUR, '2d4h'],
    [9 * DAY + 4 * HOUR, '9d'],
    [729 * DAY, '729d'],
    [2 * 365 * DAY, '2y'],
    [3 * 365 * DAY + 5 * DAY, '3y5d'],
    [9 * 365 * DAY, '9y'],
  ])('of %i ms reads %s', (milliseconds, text) => {
    expect(humanDuration(milliseconds)).toBe(text);
  });
});

const NOW = Date.parse('2026-11-23T12:00:00Z');

function pod(status: PodStatus, metadata: Partial<Pod['metadata']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', creationTimestamp: '2026-11-23T11:58:00Z', ...metadata },
    spec: { containers: [{ name: 'web', image: 'nginx' }] },
    status,
  };
}

function container(state: ContainerState, facts: Partial<ContainerStatus> = {}): ContainerStatus {
  return { name: 'web', ready: false, restartCount: 0, state, ...facts };
}

function shown(object: Pod): readonly unknown[] {
  return POD_COLUMNS.slice(0, 5).map(column => column.cellOf(object, NOW));
}

describe('the row of a pod', () => {
  it('that serves', () => {
    const running = container({ running: { startedAt: '2026-11-23T11:58:01Z' } }, { ready: true });
    const status = { phase: 'Running', containerStatuses: [running] };
    expect(shown(pod(status))).toEqual(['web', '1/1', 'Running', '0', '2m']);
  });

  it('that crashes says so, how often and how long ago', () => {
    const lastState = { terminated: { exitCode: 1, finishedAt: '2026-11-23T11:59:50Z' } };
    const waiting = container({ waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 4, lastState });
    const status = { phase: 'Running', containerStatuses: [waiting] };
    expect(shown(pod(status))).toEqual(['web', '0/1', 'CrashLoopBackOff', '4 (10s ago)', '2m']);
  });

  it.each([
    ['an exit code', { exitCode: 3 }, 'ExitCode:3'],
    ['a signal', { exitCode: 137, signal: 9 }, 'Signal:9'],
    ['a reason', { exitCode: 1, reason: 'Error' }, 'Error'],
  ])('that ended with %s says so', (_what, terminated, text) => {
    const status = { phase: 'Running', containerStatuses: [container({ terminated })] };
    expect(shown(pod(status))[2]).toBe(text);
  });

  it('that is on its way out is Terminating, whatever it did', () => {
    const status = { phase: 'Running', containerStatuses: [container({ waiting: { reason: 'Error' } })] };
    expect(shown(pod(status, { deletionTimestamp: '2026-11-23T12:00:20Z' }))[2]).toBe('Terminating');
  });

  it('of which nothing is known shows the phase', () => {
    expect(shown(pod({ phase: 'Pending' }))).toEqual(['web', '0/1', 'Pending', '0', '2m']);
  });
});

describe('the row of a Service', () => {
  const service = (spec: Service['spec'], status: NonNullable<Service['status']> = {}): Service => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec,
    status,
  });
  const cells = (of: Service) => SERVICE_COLUMNS.slice(1, 5).map(column => column.cellOf(of, NOW));

  it('names its ports, those of the node too', () => {
    const ports = [
      { port: 80, nodePort: 31_380, protocol: 'TCP' },
      { port: 53, protocol: 'UDP' },
    ] as const;
    const spec = { type: 'NodePort', clusterIPs: ['10.96.0.9'], ports } as const;
    expect(cells(service(spec))).toEqual(['NodePort', '10.96.0.9', '<none>', '80:31380/TCP,53/UDP']);
  });

  it('with a load balancer waits for its address', () => {
    const spec = { type: 'LoadBalancer', clusterIPs: ['10.96.0.9'] } as const;
    expect(cells(service(spec))[2]).toBe('<pending>');
    const status = { loadBalancer: { ingress: [{ ip: '1.2.3.4' }, { hostname: 'lb' }] } };
    expect(cells(service(spec, status))[2]).toBe('1.2.3.4,lb');
  });
});

describe('the row of a node', () => {
  it('says that it is not ready and takes no pods', () => {
    const node: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'minikube', labels: { 'node-role.kubernetes.io/control-plane': '' } },
      spec: { unschedulable: true },
      status: { conditions: [{ type: 'Ready', status: 'Unknown' }] },
    };
    const cells = NODE_COLUMNS.slice(0, 4).map(column => column.cellOf(node, NOW));
    expect(cells).toEqual(['minikube', 'NotReady,SchedulingDisabled', 'control-plane', '<unknown>']);
  });
});
