import { describe, expect, it } from 'vitest';
import { emptyObject } from '../../src/demo/api/decode-object.ts';
import { applyConfiguration, managersAfterUpdate, type Writer } from '../../src/demo/api/fields/managers.ts';
import type { JsonObject } from '../../src/demo/json.ts';
import { DEPLOYMENTS } from '../../src/demo/kinds/apps.ts';
import { CONFIG_MAPS } from '../../src/demo/kinds/core.ts';
import { VIRTUAL_SERVICES } from '../../src/demo/kinds/istio.ts';
import type { Kind, ManagedFieldsEntry } from '../../src/demo/kinds/kind.ts';

function writer(manager: string, time: string, operation: Writer['operation'] = 'Update'): Writer {
  return { manager, operation, apiVersion: 'v1', time, subresource: '' };
}

const route = (...weights: readonly number[]) => [{ route: weights.map(weight => ({ weight })) }];
const before = { metadata: { name: 'myapp' }, spec: { hosts: ['*'], http: route(50, 50) } };
const after = { metadata: { name: 'myapp' }, spec: { hosts: ['*'], http: route(60, 40) } };

const { shape } = VIRTUAL_SERVICES;

function update(
  from: JsonObject,
  to: JsonObject,
  entries: readonly ManagedFieldsEntry[],
  by: Writer,
): readonly ManagedFieldsEntry[] {
  return managersAfterUpdate(shape, from, to, entries, by);
}

function summary(entries: readonly ManagedFieldsEntry[]) {
  return entries.map(({ manager, operation, time, fieldsV1 }) => ({ manager, operation, time, fieldsV1 }));
}

describe('managed fields', () => {
  const created = update(emptyObject(shape), before, [], writer('kubectl', 't1'));

  it('name the creator of every field', () => {
    expect(created).toEqual([
      {
        manager: 'kubectl',
        operation: 'Update',
        apiVersion: 'v1',
        time: 't1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { '.': {}, 'f:hosts': {}, 'f:http': {} } },
      },
    ]);
  });

  it('give a changed route to who changed it, and leave the hosts to the creator', () => {
    const entries = update(before, after, created, writer('weighbridge', 't2'));
    expect(summary(entries)).toEqual([
      {
        manager: 'kubectl',
        operation: 'Update',
        time: 't1',
        fieldsV1: { 'f:spec': { '.': {}, 'f:hosts': {} } },
      },
      { manager: 'weighbridge', operation: 'Update', time: 't2', fieldsV1: { 'f:spec': { 'f:http': {} } } },
    ]);
  });

  it('forget a manager who owns nothing any more', () => {
    const first = update(before, after, created, writer('argocd', 't2'));
    const second = update(after, before, first, writer('weighbridge', 't3'));
    expect(second.map(({ manager }) => manager)).toEqual(['kubectl', 'weighbridge']);
  });

  it('keep the time of a write that changed nothing', () => {
    expect(update(before, before, created, writer('kubectl', 't9'))).toEqual(created);
  });

  it('of a Deployment tell containers apart by name and ports by number and protocol', () => {
    const container = { name: 'myapp', image: 'myapp:v1', ports: [{ containerPort: 80, protocol: 'TCP' }] };
    const deployment = { spec: { replicas: 1, template: { spec: { containers: [container] } } } };
    const empty = emptyObject(DEPLOYMENTS.shape);
    const [entry] = managersAfterUpdate(DEPLOYMENTS.shape, empty, deployment, [], writer('kubectl', 't1'));
    expect(entry?.fieldsV1).toEqual({
      'f:spec': {
        'f:replicas': {},
        'f:template': {
          'f:spec': {
            'f:containers': {
              'k:{"name":"myapp"}': {
                '.': {},
                'f:image': {},
                'f:name': {},
                'f:ports': {
                  '.': {},
                  'k:{"containerPort":80,"protocol":"TCP"}': {
                    '.': {},
                    'f:containerPort': {},
                    'f:protocol': {},
                  },
                },
              },
            },
          },
        },
      },
    });
  });
});

/** Objects of one kind as appliers leave them, one after the other. */
function applying(kind: Kind, live: JsonObject = emptyObject(kind.shape)) {
  let object = live;
  let entries: readonly ManagedFieldsEntry[] = [];
  return {
    apply: (manager: string, configuration: JsonObject, isForced = false) => {
      const by = writer(manager, 't', 'Apply');
      const outcome = applyConfiguration(kind.shape, object, configuration, entries, by, isForced);
      if ('conflicts' in outcome) return outcome.conflicts.map(({ owner, path }) => [owner.manager, ...path]);
      object = outcome.object;
      entries = outcome.managedFields;
      return object;
    },
    update: (manager: string, changed: JsonObject) => {
      entries = managersAfterUpdate(kind.shape, object, changed, entries, writer(manager, 'u'));
      object = changed;
    },
    owners: () => Object.fromEntries(entries.map(({ manager, fieldsV1 }) => [manager, fieldsV1])),
  };
}

describe('an applied configuration', () => {
  it('owns what it names and nothing else', () => {
    const { apply, owners } = applying(CONFIG_MAPS);
    apply('a', { data: { x: '1', y: '2' } });
    expect(owners()).toEqual({ a: { 'f:data': { 'f:x': {}, 'f:y': {} } } });
  });

  it('takes away what it named before and names no longer', () => {
    const { apply } = applying(CONFIG_MAPS, { data: { z: '3' } });
    apply('a', { data: { x: '1', y: '2' } });
    expect(apply('a', { data: { x: '1' } })).toEqual({ data: { z: '3', x: '1' } });
  });

  it('leaves what somebody else applies too, until nobody does', () => {
    const { apply, owners } = applying(CONFIG_MAPS);
    apply('a', { data: { x: '1', y: '2' } });
    apply('b', { data: { x: '1' } });
    expect(apply('a', { data: { y: '2' } })).toEqual({ metadata: {}, data: { x: '1', y: '2' } });
    expect(owners()).toEqual({ a: { 'f:data': { 'f:y': {} } }, b: { 'f:data': { 'f:x': {} } } });
    expect(apply('b', { data: { q: '1' } })).toEqual({ metadata: {}, data: { y: '2', q: '1' } });
  });

  it('conflicts with whoever set a field to something else, and takes it when it is forced to', () => {
    const { apply, update, owners } = applying(CONFIG_MAPS);
    apply('a', { data: { x: '1' } });
    update('u', { data: { x: '5', z: '1' } });
    expect(apply('a', { data: { x: '1' } })).toEqual([['u', 'f:data', 'f:x']]);
    expect(apply('a', { data: { x: '1' } }, true)).toEqual({ data: { x: '1', z: '1' } });
    expect(owners()).toEqual({ a: { 'f:data': { 'f:x': {} } }, u: { 'f:data': { 'f:z': {} } } });
  });

  it('has the routes of a VirtualService as one, which nobody else changes without a conflict', () => {
    const { apply } = applying(VIRTUAL_SERVICES);
    apply('argocd', before);
    expect(apply('weighbridge', { spec: { http: route(60, 40) } })).toEqual([['argocd', 'f:spec', 'f:http']]);
    expect(apply('weighbridge', { spec: { http: route(50, 50) } })).toMatchObject(before);
  });

  it('merges items by their keys, and keeps the order of both sides', () => {
    const env = (...names: readonly string[]) => names.map(name => ({ name, value: name }));
    const of = (...names: readonly string[]) => ({
      spec: { template: { spec: { containers: [{ name: 'c', env: env(...names) }] } } },
    });
    const { apply, update } = applying(DEPLOYMENTS);
    apply('a', of('A', 'C'));
    update('u', of('A', 'B', 'C'));
    expect(apply('a', of('C', 'X', 'A'))).toMatchObject(of('B', 'C', 'X', 'A'));
    expect(apply('a', of('C'))).toMatchObject(of('B', 'C'));
  });
});
