import { describe, expect, it } from 'vitest';
import { trackWrite, type Writer } from '../../src/demo/api/managed-fields.ts';

const writer = (manager: string, time: string): Writer => ({
  manager,
  time,
  apiVersion: 'networking.istio.io/v1',
  isCustom: true,
});

const before = {
  metadata: { name: 'myapp' },
  spec: { hosts: ['*'], http: [{ route: [{ weight: 50 }, { weight: 50 }] }] },
};
const after = { ...before, spec: { ...before.spec, http: [{ route: [{ weight: 60 }, { weight: 40 }] }] } };

describe('managed fields', () => {
  const created = trackWrite(undefined, before, [], writer('kubectl', 't1'));

  it('name the creator of every field', () => {
    expect(created).toEqual([
      {
        manager: 'kubectl',
        operation: 'Update',
        apiVersion: 'networking.istio.io/v1',
        time: 't1',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { '.': {}, 'f:hosts': {}, 'f:http': {} } },
      },
    ]);
  });

  it('give a changed route to who changed it, and leave the hosts to the creator', () => {
    const entries = trackWrite(before, after, created, writer('weighbridge', 't2'));
    expect(entries.map(({ manager, time, fieldsV1 }) => ({ manager, time, fieldsV1 }))).toEqual([
      { manager: 'kubectl', time: 't1', fieldsV1: { 'f:spec': { '.': {}, 'f:hosts': {} } } },
      { manager: 'weighbridge', time: 't2', fieldsV1: { 'f:spec': { 'f:http': {} } } },
    ]);
  });

  it('forget a manager who owns nothing any more', () => {
    const first = trackWrite(before, after, created, writer('argocd', 't2'));
    const second = trackWrite(after, before, first, writer('weighbridge', 't3'));
    expect(second.map(({ manager }) => manager)).toEqual(['kubectl', 'weighbridge']);
  });

  it('keep the time of a write that changed nothing', () => {
    const entries = trackWrite(before, before, created, writer('kubectl', 't9'));
    expect(entries).toEqual(created);
  });

  it('tell containers of built-in kinds apart by name', () => {
    const deployment = {
      spec: { template: { spec: { containers: [{ name: 'myapp', image: 'myapp:v1' }] } } },
    };
    const [entry] = trackWrite(undefined, deployment, [], { ...writer('kubectl', 't1'), isCustom: false });
    expect(entry?.fieldsV1).toEqual({
      'f:spec': {
        'f:template': {
          'f:spec': { 'f:containers': { 'k:{"name":"myapp"}': { '.': {}, 'f:image': {}, 'f:name': {} } } },
        },
      },
    });
  });
});
