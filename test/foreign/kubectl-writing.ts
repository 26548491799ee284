import { equal, match } from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aConfigMap, aDeployment, aVirtualService } from '../contract/objects.ts';
import type { Cluster } from './cluster.ts';
import { asInput, type Kubectl } from './kubectl.ts';
import type { Row } from './row.ts';

const split = (name: string, ...weights: readonly number[]) => asInput(aVirtualService(name, weights));
const weightsOf = (name: string) => `get vs ${name} -o jsonpath='{.spec.http[0].route[*].weight}'`;

/** How kubectl writes. Each row has objects of its own. */
export function writingRows(kubectl: Kubectl, cluster: Cluster): readonly Row[] {
  const { ok } = kubectl;
  return [
    ...creatingRows(kubectl),
    ...applyingRows(kubectl),
    ...patchingRows(kubectl, cluster),
    {
      what: 'replace, and not where somebody wrote since',
      run: async () => {
        await ok('create -f -', split('replaced', 50, 50));
        const old = await ok('get vs replaced -o json');
        await ok('replace -f -', old.replace('"weight": 50', '"weight": 60'));
        equal(await ok(weightsOf('replaced')), '60 50');
        const { stderr } = await kubectl.fails('replace -f -', old);
        match(stderr, /\(Conflict\): .*the object has been modified; please apply your changes/);
      },
    },
    ...deletingRows(kubectl),
  ];
}

function creatingRows({ ok, fails }: Kubectl): readonly Row[] {
  return [
    {
      what: 'create from stdin, and not twice',
      run: async () => {
        const object = split('created', 50, 50);
        equal(await ok('create -f -', object), 'virtualservice.networking.istio.io/created created\n');
        const { stderr } = await fails('create -f -', object);
        match(stderr, /\(AlreadyExists\): .*virtualservices\.networking\.istio\.io "created" already exists/);
      },
    },
    {
      what: 'create configmap and deployment by their own commands',
      run: async () => {
        await ok('create configmap by-command --from-literal=colour=blue');
        equal(await ok("get configmap by-command -o jsonpath='{.data.colour}'"), 'blue');
        await ok('create deployment by-command --image=janakiramm/myapp:v1 --port=80 --replicas=0');
        equal(await ok('expose deployment by-command --port=80'), 'service/by-command exposed\n');
      },
    },
    {
      what: 'create --dry-run=server keeps nothing',
      run: async () => {
        const text = await ok('create --dry-run=server -f -', asInput(aConfigMap('dry')));
        equal(text, 'configmap/dry created (server dry run)\n');
        match((await fails('get configmap dry')).stderr, /NotFound/);
      },
    },
  ];
}

function applyingRows({ ok, fails, attempt }: Kubectl): readonly Row[] {
  return [
    {
      what: 'apply: created, unchanged, configured',
      run: async () => {
        const name = 'virtualservice.networking.istio.io/applied';
        equal(await ok('apply -f -', split('applied', 50, 50)), `${name} created\n`);
        equal(await ok('apply -f -', split('applied', 50, 50)), `${name} unchanged\n`);
        equal(await ok('apply -f -', split('applied', 0, 100)), `${name} configured\n`);
        equal(await ok(weightsOf('applied')), '0 100');
      },
    },
    {
      what: 'apply of a Deployment: a container more, then less',
      run: async () => {
        const containers = (...names: readonly string[]) =>
          asInput(
            aDeployment('pair', {
              replicas: 0,
              template: {
                metadata: { labels: { app: 'pair' } },
                spec: { containers: names.map(name => ({ name, image: `${name}:1` })) },
              },
            }),
          );
        const names = "get deployment pair -o jsonpath='{.spec.template.spec.containers[*].name}'";
        await ok('apply -f -', containers('one', 'two'));
        equal(await ok(names), 'one two');
        await ok('apply -f -', containers('one'));
        equal(await ok(names), 'one');
      },
    },
    {
      what: 'apply of a field that the kind does not have: refused with its name',
      run: async () => {
        const object = aVirtualService('strict');
        const { stderr } = await fails(
          'apply -f -',
          asInput({ ...object, spec: { ...object.spec, colour: 1 } }),
        );
        match(stderr, /strict decoding error: unknown field "spec\.colour"/);
      },
    },
    {
      what: 'apply --server-side: a conflict names the other, force wins',
      run: async () => {
        const name = 'virtualservice.networking.istio.io/shared';
        const apply = 'apply --server-side -f - --field-manager';
        equal(await ok(`${apply}=one`, split('shared', 50, 50)), `${name} serverside-applied\n`);
        const { stderr } = await fails(`${apply}=two`, split('shared', 60, 40));
        match(stderr, /Apply failed with 1 conflict: conflict with "one": \.spec\.http/);
        await ok(`${apply}=two --force-conflicts`, split('shared', 60, 40));
        equal(await ok(weightsOf('shared')), '60 40');
      },
    },
    {
      what: 'diff: what an apply would change, and nothing where nothing would',
      run: async () => {
        await ok('apply -f -', split('differs', 50, 50));
        equal((await attempt('diff -f -', split('differs', 50, 50))).code, 0);
        const { code, stdout } = await attempt('diff -f -', split('differs', 50, 40));
        equal(code, 1);
        match(stdout, /^- +weight: 50\n\+ +weight: 40$/m);
      },
    },
  ];
}

function patchingRows({ ok, fails, attempt }: Kubectl, { folder }: Cluster): readonly Row[] {
  return [
    {
      what: 'patch --type=json, with a test',
      run: async () => {
        await ok('create -f -', split('by-json', 50, 50));
        const path = '/spec/http/0/route/0/weight';
        const operations = (expected: number) =>
          JSON.stringify([
            { op: 'test', path, value: expected },
            { op: 'replace', path, value: 30 },
          ]);
        equal(
          await ok(`patch vs by-json --type=json -p '${operations(50)}'`),
          'virtualservice.networking.istio.io/by-json patched\n',
        );
        equal(await ok(weightsOf('by-json')), '30 50');
        const { stderr } = await fails(`patch vs by-json --type=json -p '${operations(50)}'`);
        match(stderr, /the server rejected our request due to an error in our request/);
      },
    },
    {
      what: 'patch --type=merge',
      run: async () => {
        await ok('create -f -', split('by-merge', 50, 50));
        await ok(`patch vs by-merge --type=merge -p '{"spec":{"hosts":["other"]}}'`);
        equal(await ok("get vs by-merge -o jsonpath='{.spec.hosts}'"), '["other"]');
      },
    },
    {
      what: 'patch --type=strategic of a Deployment: a container by its name',
      run: async () => {
        await ok('create -f -', asInput(aDeployment('by-name', { replicas: 0 })));
        const body = { spec: { template: { spec: { containers: [{ name: 'myapp', image: 'other:1' }] } } } };
        await ok(`patch deployment by-name -p '${JSON.stringify(body)}'`);
        const container = "get deployment by-name -o jsonpath='{.spec.template.spec.containers[*].image}'";
        equal(await ok(container), 'other:1');
      },
    },
    {
      what: 'patch that changes nothing: says so',
      run: async () => {
        await ok('create -f -', asInput(aConfigMap('same')));
        equal(
          await ok(`patch configmap same --type=merge -p '{"data":{"colour":"blue"}}'`),
          'configmap/same patched (no change)\n',
        );
      },
    },
    {
      what: 'edit, with a script for an editor',
      run: async () => {
        await ok('create -f -', split('edited', 50, 50));
        const editor = join(folder, 'editor.sh');
        writeFileSync(editor, '#!/bin/sh\nsed -i.old "s/weight: 50/weight: 70/" "$1"\n');
        chmodSync(editor, 0o755);
        const { stdout, stderr } = await attempt('edit vs edited', '', { EDITOR: editor });
        equal(stdout, 'virtualservice.networking.istio.io/edited edited\n', stderr);
        equal(await ok(weightsOf('edited')), '70 70');
      },
    },
    {
      what: 'label and annotate, and not over what is there',
      run: async () => {
        await ok('create -f -', asInput(aConfigMap('labelled')));
        await ok('label configmap labelled team=blue');
        match((await fails('label configmap labelled team=green')).stderr, /--overwrite is false/);
        await ok('label configmap labelled team=green --overwrite');
        await ok('annotate configmap labelled note=x');
        equal(
          await ok(
            "get configmap labelled -o jsonpath='{.metadata.labels.team} {.metadata.annotations.note}'",
          ),
          'green x',
        );
        await ok('label configmap labelled team-');
        equal(await ok("get configmap labelled -o jsonpath='{.metadata.labels.team}'"), '');
      },
    },
  ];
}

function deletingRows({ ok, fails }: Kubectl): readonly Row[] {
  return [
    {
      what: 'delete --wait: gone when it returns',
      run: async () => {
        await ok('create -f -', asInput(aDeployment('deleted')));
        await ok('rollout status deployment deleted --timeout=30s');
        await ok('delete deployment deleted --wait --cascade=foreground --timeout=30s');
        match((await fails('get deployment deleted')).stderr, /NotFound/);
        equal(await ok('get replicasets -l app=deleted -o name'), '');
      },
    },
    {
      what: 'delete by labels, and of what is not there',
      run: async () => {
        await ok('create -f -', asInput(...['a', 'b'].map(name => aConfigMap(name, { goes: 'away' }))));
        match(
          await ok('delete configmaps -l goes=away'),
          /^configmap "a" deleted.*\nconfigmap "b" deleted.*\n$/,
        );
        match((await fails('delete configmap a')).stderr, /configmaps "a" not found/);
        equal(await ok('delete configmap a --ignore-not-found'), '');
      },
    },
    {
      what: 'wait --for=delete',
      run: async () => {
        await ok('create -f -', asInput(aConfigMap('awaited')));
        await ok('delete configmap awaited --wait=false');
        await ok('wait --for=delete configmap/awaited --timeout=20s');
      },
    },
  ];
}
