import { describe, expect, it } from 'vitest';
import { type GatewayWay, gatewayWays } from '../../src/kube/gateway-ways.ts';
import { clusterPlace } from '../../src/kube/local-cluster.ts';
import { minikubeProblem, originAt } from '../../src/kube/minikube-service.ts';
import { readNode } from '../../src/kube/node.ts';
import { readPod } from '../../src/kube/pod.ts';
import { publishedPorts } from '../../src/kube/published-ports.ts';
import { readService } from '../../src/kube/service.ts';
import { readGateway } from '../../src/kube/traffic-objects.ts';
import { readVirtualService } from '../../src/kube/virtual-service.ts';
import { aVirtualService } from '../support/objects.ts';

const pod = (name: string, isReady = true) =>
  readPod({
    metadata: { name, uid: name, namespace: 'edge', labels: { app: 'front-door', istio: 'ingressgateway' } },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  });

type NodeSpec = {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly providerID?: string;
  readonly internal?: string;
  readonly external?: string;
};

const node = ({ name = 'node-1', labels = {}, providerID, internal, external }: NodeSpec) =>
  readNode({
    metadata: { name, labels },
    spec: providerID === undefined ? {} : { providerID },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [
        ...(internal === undefined ? [] : [{ type: 'InternalIP', address: internal }]),
        ...(external === undefined ? [] : [{ type: 'ExternalIP', address: external }]),
      ],
    },
  } as never);

const http = { port: { number: 80, protocol: 'HTTP' }, hosts: ['*'] };
const gatewayWith = (...servers: readonly object[]) =>
  readGateway({
    metadata: { name: 'app-gateway', namespace: 'default' },
    spec: { selector: { istio: 'ingressgateway' }, servers },
  } as never);

const service = (type: string, ingress: readonly object[] = [], hasNodePort = type !== 'ClusterIP') =>
  readService({
    metadata: { name: 'front', namespace: 'edge' },
    spec: {
      type,
      selector: { app: 'front-door' },
      ports: [
        { name: 'status-port', port: 15021, ...(hasNodePort ? { nodePort: 31021 } : {}) },
        { name: 'http2', port: 80, targetPort: 8080, ...(hasNodePort ? { nodePort: 31380 } : {}) },
        { name: 'https', port: 443, targetPort: 'https', ...(hasNodePort ? { nodePort: 31390 } : {}) },
      ],
    },
    status: { loadBalancer: { ingress } },
  } as never);

const nothing = {
  gateways: [gatewayWith(http)],
  pods: [pod('gw-1')],
  services: [service('NodePort')],
  servicesProblem: '',
  nodes: [node({ internal: '10.0.0.5' })],
  place: { kind: 'elsewhere' },
  publishedPorts: new Map<number, readonly number[]>(),
} as const;

type Sources = Parameters<typeof gatewayWays>[1];

const waysWith = (sources: Partial<Sources>, virtualService = aVirtualService([50, 50])) => {
  const found = gatewayWays(virtualService, { ...nothing, ...sources });
  if (found.kind !== 'ways') throw new Error(JSON.stringify(found));
  return found.ways;
};

/** The ways that exist, by kind and where they lead. */
const existing = (ways: readonly GatewayWay[]): readonly string[] =>
  ways.flatMap(way => ('absent' in way ? [] : [`${way.kind} ${leadsTo(way.reach)}`]));

function leadsTo(reach: Extract<GatewayWay, { reach: unknown }>['reach']): string {
  switch (reach.kind) {
    case 'url':
      return reach.url;
    case 'minikube-service':
      return `${reach.profile} ${reach.namespace}/${reach.service} line ${reach.line}`;
    case 'port-forward':
      return `${reach.scheme} ${reach.namespace} ${reach.port}`;
  }
}

const minikube = { name: 'm', labels: { 'minikube.k8s.io/name': 'tutorial' } };
const forwarded = 'port-forward http edge 8080';

describe('the ways to the gateway, best first', () => {
  it.each<
    readonly [string, string, readonly NodeSpec[], ReturnType<typeof service>, string, readonly string[]]
  >([
    [
      'a minikube, whose driver the probe of its node puts to the test',
      'tutorial',
      [{ ...minikube, internal: '192.168.49.2' }],
      service('NodePort'),
      '',
      [
        'minikube-node-port http://192.168.49.2:31380',
        'minikube-service tutorial edge/front line 1',
        forwarded,
      ],
    ],
    [
      'a minikube with a running tunnel',
      'tutorial',
      [{ ...minikube, internal: '192.168.49.2' }],
      service('LoadBalancer', [{ ip: '10.96.4.7' }]),
      '',
      [
        'load-balancer http://10.96.4.7',
        'minikube-node-port http://192.168.49.2:31380',
        'minikube-service tutorial edge/front line 1',
        forwarded,
      ],
    ],
    [
      'a minikube under another context, whose command line may mean another cluster',
      'work',
      [{ ...minikube, internal: '192.168.49.2' }],
      service('NodePort'),
      '',
      ['minikube-node-port http://192.168.49.2:31380', forwarded],
    ],
    [
      'kind with extraPortMappings',
      'kind-kind',
      [
        {
          name: 'kind-control-plane',
          providerID: 'kind://docker/kind/kind-control-plane',
          internal: '172.18.0.2',
        },
      ],
      service('NodePort'),
      '31380/tcp -> 0.0.0.0:8080\n6443/tcp -> 127.0.0.1:45123\n',
      [
        'localhost http://localhost:8080',
        'localhost http://localhost:31380',
        'node-port http://172.18.0.2:31380',
        forwarded,
      ],
    ],
    [
      'k3d with a published load balancer',
      'k3d-dev',
      [{ name: 'k3d-dev-server-0', providerID: 'k3s://k3d-dev-server-0', internal: '172.19.0.3' }],
      service('LoadBalancer', [{ ip: '172.19.0.3' }]),
      '80/tcp -> 0.0.0.0:8081\n80/tcp -> [::]:8081\n',
      [
        'load-balancer http://172.19.0.3',
        'localhost http://localhost:8081',
        'localhost http://localhost',
        'localhost http://localhost:31380',
        'node-port http://172.19.0.3:31380',
        forwarded,
      ],
    ],
    [
      'Docker Desktop',
      'docker-desktop',
      [{ name: 'docker-desktop', internal: '192.168.65.3' }],
      service('LoadBalancer', [{ hostname: 'localhost' }]),
      '',
      [
        'load-balancer http://localhost',
        'localhost http://localhost',
        'localhost http://localhost:31380',
        'node-port http://192.168.65.3:31380',
        forwarded,
      ],
    ],
    [
      'Rancher Desktop',
      'rancher-desktop',
      [{ name: 'lima-rancher-desktop', providerID: 'k3s://lima-rancher-desktop', internal: '192.168.5.15' }],
      service('LoadBalancer', [{ ip: '192.168.5.15' }]),
      '',
      [
        'load-balancer http://192.168.5.15',
        'localhost http://localhost',
        'localhost http://localhost:31380',
        'node-port http://192.168.5.15:31380',
        forwarded,
      ],
    ],
    [
      'a cloud whose load balancer has a name',
      'eks',
      [{ internal: '10.0.0.5', external: '203.0.113.9' }],
      service('LoadBalancer', [{ hostname: 'a1.elb.example.com' }]),
      '',
      [
        'load-balancer http://a1.elb.example.com',
        'node-port http://203.0.113.9:31380',
        'node-port http://10.0.0.5:31380',
        forwarded,
      ],
    ],
    [
      'IPv6, in brackets',
      'six',
      [{ internal: 'fd00::5' }],
      service('LoadBalancer', [{ ip: '2001:db8::1' }]),
      '',
      ['load-balancer http://[2001:db8::1]', 'node-port http://[fd00::5]:31380', forwarded],
    ],
    [
      'bare metal with a NodePort',
      'metal',
      [{ internal: '10.0.0.5' }, { name: 'node-2', internal: '10.0.0.6' }],
      service('NodePort'),
      '',
      ['node-port http://10.0.0.5:31380', 'node-port http://10.0.0.6:31380', forwarded],
    ],
    [
      'a gateway of type ClusterIP',
      'inside',
      [{ internal: '10.0.0.5' }],
      service('ClusterIP'),
      '',
      [forwarded],
    ],
  ])('of %s', (_, context, specs, front, docker, expected) => {
    const nodes = specs.map(node);
    const place = clusterPlace(context, nodes);
    const ways = waysWith({ nodes, place, services: [front], publishedPorts: publishedPorts(docker) });
    expect(existing(ways)).toEqual(expected);
  });

  it('say of each kind that does not exist why not', () => {
    const ways = waysWith({ services: [service('ClusterIP')] });
    expect(ways.map(way => [way.kind, 'absent' in way ? way.absent : ''])).toEqual([
      ['load-balancer', 'Service edge/front is of type ClusterIP'],
      ['minikube-node-port', 'the cluster is not a minikube'],
      ['localhost', 'the cluster does not publish ports on localhost'],
      ['node-port', 'Service edge/front is of type ClusterIP, without a NodePort'],
      ['minikube-service', 'the cluster is not a minikube'],
      ['port-forward', ''],
    ]);
  });

  it('of a big cluster try three nodes, those that are ready first', () => {
    const nodes = Array.from({ length: 1_000 }, (_, at) => ({
      ...node({ name: `n${at}`, internal: `10.0.${at >> 8}.${at & 255}` }),
      isReady: at >= 500,
    }));
    expect(existing(waysWith({ nodes }))).toEqual([
      'node-port http://10.0.1.244:31380',
      'node-port http://10.0.1.245:31380',
      'node-port http://10.0.1.246:31380',
      forwarded,
    ]);
  });

  it('leave out what is no address', () => {
    const nodes = ['fe80::1%eth0', 'my node', '', 'a/b', '\u001b[2J'].map(internal => node({ internal }));
    expect(existing(waysWith({ nodes }))).toEqual([forwarded]);
  });

  it('lead to the Gateway port itself where no Service maps it, and nowhere without a ready pod', () => {
    expect(existing(waysWith({ services: [] }))).toEqual(['port-forward http edge 80']);
    const ways = waysWith({ services: [], pods: [pod('gw-1', false)] });
    expect(existing(ways)).toEqual([]);
    expect(ways.at(-1)).toMatchObject({ absent: "none of the gateway's pods is ready" });
  });

  it('count the pods that are ready', () => {
    const pods = [pod('gw-1'), pod('gw-2', false), pod('gw-3')];
    expect(gatewayWays(aVirtualService([50, 50]), { ...nothing, pods })).toMatchObject({ readyPods: 2 });
  });
});

describe('the servers of a Gateway', () => {
  const tls = { port: { number: 443, protocol: 'HTTPS' }, hosts: ['*'], tls: { mode: 'SIMPLE' } };

  it('are taken with TLS, plain ones first, and by the name of a port', () => {
    expect(existing(waysWith({ gateways: [gatewayWith(tls, http)] }))).toEqual([
      'node-port http://10.0.0.5:31380',
      'node-port https://10.0.0.5:31390',
      forwarded,
      'port-forward https edge https',
    ]);
  });

  it('that only send on to https come after those with TLS', () => {
    const redirecting = { ...http, tls: { httpsRedirect: true } };
    const [first] = existing(waysWith({ gateways: [gatewayWith(tls, redirecting)] }));
    expect(first).toBe('node-port https://10.0.0.5:31390');
  });

  it("are those for the VirtualService's hosts", () => {
    const shop = readVirtualService({
      metadata: { name: 'x', namespace: 'default' },
      spec: { hosts: ['shop.example.com'], gateways: ['app-gateway'] },
    } as never);
    const gateways = [
      gatewayWith({ ...http, hosts: ['other.example.com'] }, { ...tls, hosts: ['default/*.example.com'] }),
    ];
    expect(existing(waysWith({ gateways }, shop))).toEqual([
      'node-port https://10.0.0.5:31390',
      'port-forward https edge https',
    ]);
  });

  it('that pass TLS through or carry TCP are said to carry no HTTP', () => {
    const gateways = [
      gatewayWith(
        { ...tls, tls: { mode: 'PASSTHROUGH' } },
        { port: { number: 9000, protocol: 'TCP' }, hosts: ['*'] },
      ),
    ];
    expect(gatewayWays(aVirtualService([50, 50]), { ...nothing, gateways })).toEqual({
      kind: 'unknown',
      reason:
        'Gateway default/app-gateway carries no HTTP that can be read (443 HTTPS PASSTHROUGH, 9000 TCP)',
    });
  });

  it('are none where the Gateway is missing, or the VirtualService is for sidecars only', () => {
    expect(gatewayWays(aVirtualService([50, 50]), { ...nothing, gateways: [] })).toEqual({
      kind: 'unknown',
      reason: 'there is no Gateway app-gateway in namespace default',
    });
    const meshOnly = readVirtualService({
      metadata: { name: 'x', namespace: 'default' },
      spec: { gateways: ['mesh'] },
    } as never);
    expect(gatewayWays(meshOnly, nothing)).toEqual({ kind: 'mesh-only' });
  });
});

describe("minikube's command", () => {
  it('prints a line for each port, between others', () => {
    const printed = ['* Starting tunnel', 'http://127.0.0.1:40001', 'http://127.0.0.1:40002 '];
    expect([0, 1, 2].map(line => originAt(printed, line, 'http'))).toEqual([
      'http://127.0.0.1:40001',
      'http://127.0.0.1:40002',
      undefined,
    ]);
    expect(originAt(printed, 0, 'https')).toBe('https://127.0.0.1:40001');
  });

  it.each([
    [
      "X Exiting due to SVC_NOT_FOUND: Service 'front' was not found in 'edge' namespace.\n* Try again\n",
      "minikube: SVC_NOT_FOUND: Service 'front' was not found in 'edge' namespace.",
    ],
    ['\u001b[31m* Profile "tutorial" not found.\u001b[0m\n', 'minikube: * Profile "tutorial" not found.'],
    ['', 'minikube: it ended and said nothing'],
  ])('explains what it wrote to stderr: %j', (words, expected) => {
    expect(minikubeProblem({ kind: 'ended', exit: '1', output: '', words })).toBe(expected);
  });

  it('is said to be missing where it is', () => {
    const missing = { kind: 'not-started', code: 'ENOENT', words: '' } as const;
    expect(minikubeProblem(missing)).toBe('minikube is not on the PATH');
  });
});
