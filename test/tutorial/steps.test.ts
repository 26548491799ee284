import { describe, expect, it } from 'vitest';
import { keymap } from '../../src/components/keymap.ts';
import { whyNotWritten } from '../../src/tutorial/consent.ts';
import { clusterSize } from '../../src/tutorial/minikube.ts';
import { pageWords } from '../../src/tutorial/page.ts';
import { SHIFT_KEYS } from '../../src/tutorial/shift.ts';
import { STEP_IDS } from '../../src/tutorial/step.ts';
import { isOlder } from '../../src/tutorial/tools.ts';
import { tutorialOf } from '../../src/tutorial/tutorial.ts';
import { manifests } from '../support/tutorial-cluster.ts';
import { bare, driver, found, linesOf, machine, NONE, place, stepOf } from '../support/tutorial-facts.ts';

describe('the steps', () => {
  it('each say what, why, how it is seen, and what can go wrong with a fix', () => {
    const { steps } = tutorialOf({ machine: machine(), cluster: NONE, manifests });
    expect(steps.map(({ id }) => id)).toEqual(STEP_IDS);
    for (const { title, why, seenBy, mayGoWrong } of steps) {
      expect(title).not.toBe('');
      expect(why.length).toBeGreaterThan(1);
      expect(why.length).toBeLessThan(4);
      expect(seenBy).toMatch(/\.$/);
      expect(mayGoWrong.length).toBeGreaterThan(0);
      expect(mayGoWrong.filter(({ sentence, fix }) => sentence === '' || fix === '')).toEqual([]);
    }
  });

  it('name keys that the key map has, as it shows them', () => {
    for (const { binding, shown } of SHIFT_KEYS) {
      const named = keymap.find(({ id }) => id === binding);
      expect(named?.shown.split(' or ')).toContain(shown);
    }
  });

  it('begin with the cluster where the tools are there and nothing else is', () => {
    expect(tutorialOf({ machine: machine(), cluster: NONE, manifests }).next).toBe('cluster');
  });

  it('begin with the tools where one is missing', () => {
    const tools = { ...machine().tools, istioctl: { kind: 'missing' } } as const;
    expect(tutorialOf({ machine: machine({ tools }), cluster: NONE, manifests }).next).toBe('tools');
  });
});

describe('the step of the tools', () => {
  const missing = { kind: 'missing' } as const;
  const none = { minikube: missing, kubectl: missing, istioctl: missing };

  it.each(['macos', 'linux', 'windows'] as const)('says how each is installed on %s', platform => {
    const lines = linesOf(stepOf('tools', { machine: machine({ platform, tools: none }) }));
    expect(lines).toHaveLength(3);
    for (const [index, tool] of ['minikube', 'kubectl', 'istioctl'].entries()) {
      expect(lines[index]).toContain(tool);
    }
  });

  it('downloads for the processor of the machine', () => {
    const lines = linesOf(stepOf('tools', { machine: machine({ architecture: 'arm64', tools: none }) }));
    expect(lines[0]).toContain('minikube-linux-arm64');
    expect(lines[1]).toContain('/linux/arm64/kubectl');
  });

  it('needs nothing but istioctl where a cluster answers that has no Istio', () => {
    const tools = { ...none, istioctl: found('1.30.3') };
    const step = stepOf('tools', { machine: machine({ tools, drivers: [] }), cluster: bare });
    expect(step.progress).toMatchObject({ kind: 'not-needed' });
    const without = stepOf('tools', { machine: machine({ tools: none }), cluster: bare });
    expect(without.progress.kind).toBe('to-do');
  });

  it('needs nothing where the cluster has Istio', () => {
    const cluster = { ...bare, istioVersion: 'v1' };
    const step = stepOf('tools', { machine: machine({ tools: none, drivers: [] }), cluster });
    expect(step.progress.kind).toBe('not-needed');
    expect(step.notes).toContain('istioctl is not on the PATH.');
  });

  it.each([
    ['1.21.9', '1.22.0', true],
    ['1.22.0', '1.22.0', false],
    ['1.9.12', '1.22.0', true],
    ['v2.0.0', '1.22.0', false],
    ['1.22', '1.22.0', false],
    ['unknown', '1.22.0', false],
    ['1.22.0-rc.1', '1.22.0', false],
  ])('takes %s for older than %s: %s', (version, than, isIt) => {
    expect(isOlder(version, than)).toBe(isIt);
  });
});

describe('the step of the cluster', () => {
  it.each([
    [16_000, 8, { memoryMb: 8192, cpus: 4 }],
    [8192, 4, { memoryMb: 8192, cpus: 4 }],
    [7837.9, 2, { memoryMb: 7837, cpus: 2 }],
    [4096, 1, { memoryMb: 4096, cpus: 1 }],
    [4095, 8, undefined],
  ])(
    'takes of a driver with %d MB and %d CPUs what the tutorial needs, or what there is',
    (memoryMb, cpus, size) => {
      expect(clusterSize({ memoryMb, cpus })).toEqual(size);
    },
  );

  it('starts minikube with its size said', () => {
    expect(linesOf(stepOf('cluster', { machine: machine({ drivers: [driver(7900, 2)] }) }))).toEqual([
      'minikube start --driver=docker --memory=7900 --cpus=2 -o json',
    ]);
  });

  it.each(['macos', 'linux', 'windows'] as const)(
    'stops where memory is short, with the setting to raise on %s',
    platform => {
      const step = stepOf('cluster', { machine: machine({ platform, drivers: [driver(1984, 2)] }) });
      expect(step.runs).toEqual([]);
      expect(step.troubles).toMatchObject([
        {
          id: 'too-little-memory',
          sentence: 'Driver docker has 1984 MB of memory: less than the 4096 MB that Istio needs.',
        },
      ]);
      expect(step.troubles[0]?.fix).toMatch(
        { macos: /Resources/, linux: /--context/, windows: /wslconfig/ }[platform],
      );
    },
  );

  it('takes another driver where the first has too little', () => {
    const drivers = [driver(2000, 2), { kind: 'works', name: 'kvm2', memoryMb: 32_000, cpus: 16 } as const];
    const step = stepOf('cluster', { machine: machine({ drivers }) });
    expect(step.troubles).toEqual([]);
    expect(linesOf(step)).toEqual(['minikube start --driver=kvm2 --memory=8192 --cpus=4 -o json']);
  });

  it('starts again the cluster that minikube has, and deletes none', () => {
    const profile = { name: 'minikube', status: 'Stopped', driver: 'docker', memoryMb: 8192, cpus: 4 };
    const step = stepOf('cluster', { machine: machine({ profiles: [profile] }) });
    expect(linesOf(step)).toEqual(['minikube start -p minikube -o json']);
    expect(step.troubles).toMatchObject([{ id: 'minikube-stopped' }]);
    expect(step.undo).toEqual([]);
  });

  it('is done where a cluster answers whose nodes may not be read', () => {
    expect(stepOf('cluster', { cluster: bare })).toMatchObject({
      progress: { kind: 'done', evidence: ['the cluster of context minikube answers, Kubernetes v1.36.3'] },
      notes: bare.unread,
    });
  });
});

describe('the step of Istio', () => {
  it('installs it with the context named, as a list of arguments', () => {
    const [run] = stepOf('istio', { cluster: bare }).runs;
    expect(run && 'command' in run && run.command).toEqual([
      'istioctl',
      'install',
      '--context=minikube',
      '--set',
      'profile=demo',
      '--set',
      'values.gateways.istio-ingressgateway.type=NodePort',
      '-y',
    ]);
  });

  it('names the kubeconfig that was named', () => {
    const cluster = { ...bare, place: { ...place, kubeconfig: "/tmp/it's/config" } };
    expect(linesOf(stepOf('istio', { cluster }))[0]).toContain(
      String.raw`istioctl install '--kubeconfig=/tmp/it'\''s/config' --context=minikube `,
    );
  });

  it('waits for a cluster', () => {
    expect(stepOf('istio', {}).progress.kind).toBe('unknown');
  });
});

describe('what may not be read', () => {
  it('is not taken for absent: nothing is applied over it', () => {
    const unread = ["Can't list services: forbidden. Ask for `list` on services in namespace default."];
    const cluster = { ...bare, istioVersion: 'v1', istioPods: undefined, unreadKinds: ['Service'], unread };
    const versions = stepOf('versions', { cluster });
    expect(versions.progress).toEqual({ kind: 'unknown', reason: unread[0] });
    expect(versions.runs.filter(({ kind }) => kind === 'apply')).toEqual([]);
    expect(stepOf('routing', { cluster }).runs.filter(({ kind }) => kind === 'apply')).toEqual([]);
  });
});

describe('consent without a screen', () => {
  const yes = { isGiven: true, isContextNamed: false, isReadOnly: false };

  it.each([
    ['on this computer', {}, yes, undefined],
    ['on the demo cluster', { isDemo: true, isLocal: false }, yes, undefined],
    ['nobody having agreed', {}, { ...yes, isGiven: false }, 'nobody has agreed to it: add --yes'],
    ['read-only', {}, { ...yes, isReadOnly: true }, 'read-only: --read-only was given'],
    [
      'elsewhere',
      { isLocal: false },
      yes,
      'context minikube is not a cluster on this computer: name it with --context minikube',
    ],
    ['elsewhere, named', { isLocal: false }, { ...yes, isContextNamed: true }, undefined],
    [
      'protected',
      { isProtected: true },
      yes,
      'context minikube is protected: name it with --context minikube',
    ],
    ['protected, named', { isProtected: true }, { ...yes, isContextNamed: true }, undefined],
  ])('%s', (_where, change, consent, reason) => {
    expect(whyNotWritten({ ...place, ...change }, consent)).toBe(reason);
  });
});

describe('a page at a glance', () => {
  it.each([
    ['<title>a</title><body style="background-color: blue"><h1>Version v1</h1>', '"Version v1" on blue'],
    ['<title>only a title</title>', '"only a title"'],
    ['<h1>\u001b[31mred\u001b[0m</h1><style>body{background:#0f0}</style>', '"red" on #0f0'],
    ['plain words', '"plain words"'],
    ['', '""'],
  ])('%s', (html, words) => {
    expect(pageWords(html)).toBe(words);
  });
});
