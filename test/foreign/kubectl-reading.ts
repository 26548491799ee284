import { deepEqual, equal, match } from 'node:assert/strict';
import { load } from 'js-yaml';
import { aConfigMap } from '../contract/objects.ts';
import { asInput, type Kubectl, whileRunning } from './kubectl.ts';
import type { Row } from './row.ts';

const linesOf = (text: string) => text.trimEnd().split('\n');
const WEIGHTS = "jsonpath='{.spec.http[0].route[*].weight}'";

/** What kubectl shows of the tutorial's objects, which are there and ready. */
export function readingRows({ ok, fails, start }: Kubectl): readonly Row[] {
  return [
    {
      what: 'get pods: a table',
      run: async () => {
        const [head, ...rows] = linesOf(await ok('get pods -l app=myapp'));
        match(head ?? '', /^NAME +READY +STATUS +RESTARTS +AGE$/);
        equal(rows.length, 2);
        for (const row of rows) match(row, /^myapp-v[12]-\w+-\w{5} +1\/1 +Running +0 +\d+[sm]/);
      },
    },
    {
      what: 'get pods -o wide',
      run: async () => {
        const [head, row = ''] = linesOf(await ok('get pods -l version=v1 -o wide'));
        match(head ?? '', /^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES$/);
        match(row, /\d+\.\d+\.\d+\.\d+ +minikube +<none> +<none>$/);
      },
    },
    {
      what: 'get deployments,services,virtualservices,destinationrules: a table each',
      run: async () => {
        const text = await ok('get deploy,svc,vs,dr');
        match(text, /^NAME +READY +UP-TO-DATE +AVAILABLE +AGE$/m);
        match(text, /^deployment\.apps\/myapp-v1 +1\/1 +1 +1 +\d+/m);
        match(text, /^service\/myapp +ClusterIP +[\d.]+ +<none> +80\/TCP +\d+/m);
        match(text, /^virtualservice\.networking\.istio\.io\/myapp +\["app-gateway"\] +\["\*"\] +\d+/m);
        match(text, /^destinationrule\.networking\.istio\.io\/myapp +myapp +\d+/m);
      },
    },
    {
      what: 'get all',
      run: async () => {
        const text = await ok('get all');
        for (const kind of ['pod', 'service', 'deployment.apps', 'replicaset.apps'])
          match(text, new RegExp(`^${kind}/myapp`, 'm'));
      },
    },
    {
      what: 'get -A: a column for the namespace',
      run: async () => {
        const text = await ok('get deployments -A');
        match(text, /^NAMESPACE +NAME +READY/);
        match(text, /^istio-system +istiod +1\/1/m);
      },
    },
    {
      what: 'get -o yaml and -o json: the same object',
      run: async () => {
        const yaml = load(await ok('get virtualservice myapp -o yaml'));
        deepEqual(yaml, JSON.parse(await ok('get virtualservice myapp -o json')));
      },
    },
    {
      what: 'get -o jsonpath',
      run: async () => equal(await ok(`get vs myapp -o ${WEIGHTS}`), '50 50'),
    },
    {
      what: 'get -o custom-columns',
      run: async () => {
        const text = await ok('get vs myapp -o custom-columns=NAME:.metadata.name,FIRST:.spec.hosts[0]');
        match(text, /^NAME +FIRST\nmyapp +\*\n$/);
      },
    },
    {
      what: 'get -o name',
      run: async () => equal(await ok('get vs -o name'), 'virtualservice.networking.istio.io/myapp\n'),
    },
    {
      what: 'get -o go-template',
      run: async () =>
        equal(await ok("get vs myapp -o go-template='{{(index .spec.http 0).route | len}}'"), '2'),
    },
    {
      what: 'get by labels and by fields',
      run: async () => {
        match(await ok('get pods -l version=v2 -o name'), /^pod\/myapp-v2-[\w-]+\n$/);
        match(await ok('get pods --field-selector status.phase=Running -o name'), /^(pod\/.*\n)+$/);
        equal(await ok('get pods --field-selector status.phase=Failed -o name'), '');
      },
    },
    {
      what: 'get --show-labels --sort-by',
      run: async () => {
        const text = await ok('get deployments -l app=myapp --show-labels --sort-by=.metadata.name');
        match(text, /LABELS\nmyapp-v1 .*app=myapp,version=v1\nmyapp-v2 .*app=myapp,version=v2\n$/);
      },
    },
    {
      what: 'get --chunk-size=1: a list in pages',
      run: async () =>
        equal(linesOf(await ok('get deployments -l app=myapp -o name --chunk-size=1')).length, 2),
    },
    {
      what: 'get -w: what is there, then what changes',
      run: async () => {
        await ok('create -f -', asInput(aConfigMap('watched')));
        const command = 'get configmaps --field-selector metadata.name=watched -w --output-watch-events';
        await whileRunning(start(command), async ({ until }) => {
          await until(text => /^EVENT +NAME +DATA +AGE\nADDED +watched +1/.exec(text) ?? undefined);
          await ok('label configmap watched colour=green');
          await until(text => /^MODIFIED +watched/m.exec(text) ?? undefined);
          await ok('delete configmap watched');
          await until(text => /^DELETED +watched/m.exec(text) ?? undefined);
        });
      },
    },
    {
      what: 'get of what is not there: says so',
      run: async () => {
        const { stderr } = await fails('get pod nope');
        match(stderr, /^Error from server \(NotFound\): pods "nope" not found$/m);
      },
    },
    {
      what: 'get of a kind that is not there: says so',
      run: async () => {
        const { stderr } = await fails('get nopes');
        match(stderr, /the server doesn't have a resource type "nopes"/);
      },
    },
    {
      what: 'describe pod: with its events',
      run: async () => {
        const text = await ok('describe pod -l version=v1');
        match(text, /^Controlled By: +ReplicaSet\/myapp-v1-/m);
        match(text, /^ +Image: +janakiramm\/myapp:v1$/m);
        match(text, /^ +Normal +Scheduled .*Successfully assigned/m);
        match(text, /^ +Normal +Started .*Container started$/m);
      },
    },
    {
      what: 'describe deployment: with its ReplicaSets',
      run: async () => {
        const text = await ok('describe deployment myapp-v1');
        match(text, /^Replicas: +1 desired \| 1 updated \| 1 total \| 1 available \| 0 unavailable$/m);
        match(text, /^NewReplicaSet: +myapp-v1-\w+ \(1\/1 replicas created\)$/m);
        match(text, /^ +Progressing +True +NewReplicaSetAvailable$/m);
      },
    },
    {
      what: 'describe service: with its endpoints',
      run: async () => {
        const text = await ok('describe service myapp');
        match(text, /^Endpoints: +\d+\.\d+\.\d+\.\d+:80,\d+\.\d+\.\d+\.\d+:80$/m);
      },
    },
    {
      what: 'describe virtualservice',
      run: async () => match(await ok('describe vs myapp'), /^ +Subset: +v2\n +Weight: +50$/m),
    },
    {
      what: 'describe node',
      run: async () => match(await ok('describe node minikube'), /^ +Ready +True .*KubeletReady/m),
    },
    {
      what: 'get events, the latest last',
      run: async () => {
        const text = await ok('get events --sort-by=.lastTimestamp');
        match(text, /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE$/m);
        match(text, /Normal +ScalingReplicaSet +deployment\/myapp-v1 +Scaled up replica set/);
      },
    },
    {
      what: 'events --for a deployment',
      run: async () =>
        match(await ok('events --for deployment/myapp-v1'), /ScalingReplicaSet +Deployment\/myapp-v1/),
    },
    {
      what: 'api-resources and api-versions',
      run: async () => {
        const text = await ok('api-resources');
        match(text, /^virtualservices +vs +networking\.istio\.io\/v1 +true +VirtualService$/m);
        match(text, /^pods +po +v1 +true +Pod$/m);
        match(await ok('api-versions'), /^networking\.istio\.io\/v1beta1$/m);
      },
    },
    {
      what: 'explain: the fields of a kind',
      run: async () => {
        const text = await ok('explain virtualservice.spec.http.route.weight');
        match(text, /^FIELD: weight <integer>$/m);
        match(await ok('explain deployment.spec.replicas'), /^FIELD: replicas <integer>$/m);
      },
    },
    {
      what: 'auth can-i',
      run: async () => {
        equal(await ok('auth can-i patch virtualservices'), 'yes\n');
        equal(await ok('auth can-i create pods/portforward'), 'yes\n');
      },
    },
    {
      what: 'version and get --raw',
      run: async () => {
        match(await ok('version -o json'), /"gitVersion": "v1\.\d+/);
        equal(await ok('get --raw /readyz'), 'ok');
      },
    },
  ];
}
