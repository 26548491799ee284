import type { Check } from '../../src/kube/checks.ts';

/** What an examination says where v2 crashes and a port's name tells no protocol. */
export const someChecks: readonly Check[] = [
  {
    group: 'cluster',
    id: 'nodes',
    sentence: '1 node ready, nothing short',
    hint: 'kubectl get nodes',
    isJudged: true,
    findings: [],
  },
  {
    group: 'istio',
    id: 'gateway pods',
    sentence: 'gateway 1.30.3: 1 pod ready',
    hint: 'kubectl -n istio-system get pods -l istio',
    isJudged: true,
    findings: [
      {
        severity: 'info',
        code: 'WB0607',
        object: 'Deployment istio-system/istio-ingressgateway',
        sentence: 'The gateway has one replica: while its pod restarts, connections are refused.',
        fix: 'kubectl -n istio-system scale deployment/istio-ingressgateway --replicas=2',
      },
    ],
  },
  {
    group: 'versions',
    id: 'pods',
    sentence: '2 versions ready',
    hint: 'kubectl -n default get deployments,pods',
    isJudged: true,
    findings: [
      {
        severity: 'error',
        code: 'WB0403',
        object: 'Deployment default/myapp-v2',
        sentence:
          'Version v2 has no ready pod (0 of 1): CrashLoopBackOff, 4 restarts: exit 1. Its share is answered 503.',
        fix: 'kubectl -n default logs myapp-v2-788c7bb89c-hfg5m --previous',
      },
    ],
  },
  {
    group: 'route',
    id: 'destinations',
    sentence: 'every host, subset and port exists',
    hint: 'kubectl -n default get services,destinationrules',
    isJudged: true,
    findings: [
      {
        severity: 'warning',
        code: 'IST0118',
        object: 'Service default/myapp',
        sentence:
          'Port 80 of Service myapp is named web, which tells Istio no protocol: it has to guess from the first bytes.',
        fix: 'kubectl -n default edit service myapp: name the port http, or http-something, or set appProtocol: http.',
      },
    ],
  },
  {
    group: 'gateway',
    id: 'gateways',
    sentence: 'not judged: what it takes may not be read',
    hint: 'kubectl get gateways.networking.istio.io -A',
    isJudged: false,
    findings: [],
  },
];
